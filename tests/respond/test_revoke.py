from __future__ import annotations

from typing import Any

import pytest

from keyguard.http import HttpError, Settings
from keyguard.model import Secret
from keyguard.respond.revoke import RevokeError, Target, carry_out, plan_stop, shown
from keyguard.state.revocations import Entry
from tests.http.clocks import StillClock
from tests.http.server import Asked, Reply, Server
from tests.respond.fakes.keys import Key, Ring
from tests.respond.fakes.stops import (
    StoppingAnthropic,
    StoppingGitHub,
    StoppingOpenAI,
    StoppingOpenRouter,
    slow,
)
from tests.respond.findings import finding, led, text_of
from tests.respond.stopping import ADMIN, carried, events, ring

OPENAI, HOST = "openai-project-key", "api.openai.com"


def test_the_wrong_credential_does_nothing() -> None:
    one = finding(OPENAI)
    keys = ring(one)
    written: list[Entry] = []
    wrong = {"credential": Secret(b"wrong-credential-value")}
    with Server(StoppingOpenAI(keys)) as server, pytest.raises(RevokeError) as caught:
        carry_out(plan_stop(one), Target("key_1", "proj_one"), wrong, led(server, HOST), written.append, "")
    assert "answered 401: the credential (an organization admin key (sk-admin-…)) is not accepted" in str(caught.value)
    assert "nothing was done" in str(caught.value)
    assert "wrong-credential-value" not in str(caught.value)
    assert events(written) == ["started", "refused"]


def test_a_server_that_fails_leaves_a_record_that_it_is_not_known() -> None:
    one = finding(OPENAI)
    fake = StoppingOpenAI(ring(one))
    written: list[Entry] = []

    def handle(asked: Asked) -> Reply:
        return Reply(503) if asked.method == "DELETE" else fake(asked)

    with Server(handle) as server, pytest.raises(RevokeError, match="answered 503, which is not known to mean"):
        carry_out(plan_stop(one), Target("key_1", "proj_one"), ADMIN, led(server, HOST), written.append, "")
    assert events(written) == ["started", "unclear"]


def test_a_network_that_breaks_in_the_middle_is_told_and_recorded() -> None:
    one = finding(OPENAI)
    written: list[Entry] = []
    stop = plan_stop(one)
    with pytest.raises(RevokeError, match="whether the request was carried out is not known") as caught:
        carry_out(stop, Target("key_1", "proj_one"), ADMIN, led("http://127.0.0.1:1", HOST), written.append, "")
    assert events(written) == ["started", "unclear"]
    assert text_of(one) not in f"{caught.value}{caught.value.hint}{written}"


def test_an_answer_that_was_lost_is_made_good_by_a_check() -> None:
    one = finding("github-personal-token")
    fake = StoppingGitHub(Ring([Key(text_of(one))]))
    written: list[Entry] = []

    def handle(asked: Asked) -> Reply:
        reply = fake(asked)
        return Reply(302, {}, {"Location": "https://elsewhere.example/"}) if asked.method == "POST" else reply

    with Server(handle) as server:
        outcome = carry_out(plan_stop(one), Target(), {}, led(server, "api.github.com"), written.append, "")
    assert (outcome.event, outcome.proven) == ("dead", True)
    assert events(written) == ["started", "unclear", "dead"]


def test_too_many_requests_are_refusals() -> None:
    one = finding("github-personal-token")
    written: list[Entry] = []
    fake = StoppingGitHub(Ring([Key(text_of(one))]))

    def handle(asked: Asked) -> Reply:
        return Reply(429, {}, {"Retry-After": "1"}) if asked.method == "POST" else fake(asked)

    with Server(handle) as server, pytest.raises(RevokeError, match="nothing was done"):
        carry_out(plan_stop(one), Target(), {}, led(server, "api.github.com"), written.append, "")
    assert events(written) == ["started", "refused"]


def test_offline_sends_nothing() -> None:
    one = finding("github-personal-token")
    written: list[Entry] = []
    with pytest.raises(HttpError, match="offline"):
        carry_out(plan_stop(one), Target(), {}, Settings(offline=True), written.append, "")
    assert written == []


def test_a_key_of_a_service_account_is_refused_with_the_way_out() -> None:
    one = finding(OPENAI)
    keys = ring(one, owner="service_account")
    with Server(StoppingOpenAI(keys)) as server, pytest.raises(RevokeError, match="answered 400"):
        carried(plan_stop(one), led(server, HOST))
    assert keys.keys[-1].state == "live"


@pytest.mark.parametrize(
    ("rule", "options", "said"),
    [
        (OPENAI, {"way": "disable"}, "no such way as 'disable'"),
        (OPENAI, {"undoing": True, "way": "delete"}, "no such way as 'delete'"),
        ("github-personal-token", {"undoing": True}, "cannot be undone"),
        ("deepseek-api-key", {}, "has no API for keys"),
        ("npm-access-token", {}, "its provider's own command"),
        ("adafruit-io-key", {}, "it is stopped at https://"),
        ("generic-assigned", {}, "there is no provider to ask"),
        ("twilio-account-token", {}, "promoting the secondary"),
    ],
)
def test_says_why_there_is_no_way(rule: str, options: dict[str, Any], said: str) -> None:
    with pytest.raises(RevokeError) as caught:
        plan_stop(finding(rule), **options)
    assert said in str(caught.value)


def test_openai_deletes_the_one_key_in_its_project() -> None:
    one = finding(OPENAI)
    keys = ring(one, project="three")
    clock = StillClock()
    with Server(StoppingOpenAI(keys)) as server:
        outcome, written = carried(plan_stop(one), led(server, HOST, clock=clock))
    assert (outcome.event, outcome.proven, clock.slept) == ("dead", True, [])
    assert [key.state for key in keys.keys] == ["live", "live", "dead"]
    assert events(written) == ["started", "accepted", "dead"]
    assert {(entry.target, entry.target_in, entry.person, entry.way) for entry in written} == {
        ("key_1", "proj_three", "ada", "delete")
    }
    assert text_of(one) not in repr(written)


def test_a_spend_limit_is_set_and_lifted() -> None:
    one = finding(OPENAI)
    fake = StoppingOpenAI(ring(one))
    with Server(fake) as server:
        outcome, _ = carried(plan_stop(one, way="spend-limit"), led(server, HOST))
        assert (outcome.event, outcome.proven, fake.limits) == ("accepted", False, {"proj_one": 1})
        carried(plan_stop(one, way="spend-limit", undoing=True), led(server, HOST))
    assert fake.limits == {}


def test_anthropic_is_stopped_and_started_again() -> None:
    one = finding("anthropic-api-key")
    keys = ring(one)
    with Server(StoppingAnthropic(keys)) as server:
        settings = led(server, StoppingAnthropic.host)
        assert carried(plan_stop(one), settings)[0].event == "dead"
        outcome, written = carried(plan_stop(one, undoing=True), settings)
        assert (outcome.event, outcome.proven) == ("live", True)
        assert all(entry.undoing for entry in written)
        assert carried(plan_stop(one, delete=True), settings)[1][0].way == "archive"


def test_openrouter_needs_no_list() -> None:
    one = finding("openrouter-api-key")
    with Server(StoppingOpenRouter(ring(one))) as server:
        settings = led(server, "openrouter.ai")
        assert carried(plan_stop(one), settings)[0].proven
        assert carried(plan_stop(one, undoing=True), settings)[0].proven
        assert carried(plan_stop(one, delete=True), settings)[0].proven
        outcome, written = carried(plan_stop(one, delete=True), settings)
    assert events(written) == ["started", "absent", "dead"]
    assert outcome.proven


def test_waits_until_the_provider_has_noticed() -> None:
    one = finding("github-personal-token")
    clock = StillClock()
    with Server(slow(StoppingGitHub(Ring([Key(text_of(one))])), 3)) as server:
        outcome, written = carried(plan_stop(one), led(server, "api.github.com", clock=clock), credential={})
    assert (outcome.proven, clock.slept) == (True, [1.0, 2.0, 4.0])
    assert events(written) == ["started", "accepted", "dead"]


def test_says_that_it_still_lives_when_the_time_is_over() -> None:
    one = finding("github-personal-token")
    clock = StillClock()
    with Server(slow(StoppingGitHub(Ring([Key(text_of(one))])), 999)) as server:
        outcome, written = carried(plan_stop(one), led(server, "api.github.com", clock=clock), credential={})
    assert (outcome.event, outcome.proven) == ("live", False)
    assert 60 <= sum(clock.slept) <= 61
    assert events(written) == ["started", "accepted", "live"]


@pytest.mark.parametrize("rule", [OPENAI, "github-personal-token", "discord-webhook", "openrouter-api-key"])
def test_shows_the_request_without_the_secret(rule: str) -> None:
    one = finding(rule)
    text = shown(plan_stop(one), Target(), {})
    assert text_of(one) not in text
    assert text.startswith(("DELETE https://", "POST https://", "PATCH https://"))


def test_a_secret_that_is_lost_is_asked_for() -> None:
    lost = finding("github-personal-token")._replace(secret=Secret(b""))
    written: list[Entry] = []
    with pytest.raises(RevokeError, match="the secret is not known") as caught:
        carry_out(plan_stop(lost), Target(), {}, led("http://127.0.0.1:1", "api.github.com"), written.append, "")
    assert "--stdin --rule" in caught.value.hint
    assert written == []
