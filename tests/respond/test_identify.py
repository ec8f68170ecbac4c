from __future__ import annotations

import pytest

from keyguard.http import HttpError
from keyguard.model import Secret
from keyguard.respond.identify import IdentifyError, identify
from tests.http.server import Asked, Reply, Server
from tests.respond.fakes.anthropic import FakeAnthropic
from tests.respond.fakes.forges import FakeGitLab
from tests.respond.fakes.keys import Key, Ring
from tests.respond.fakes.openai import FakeOpenAI
from tests.respond.fakes.routers import FakeMistral, FakeOpenRouter, FakeSendGrid
from tests.respond.fakes.services import FakeElevenLabs
from tests.respond.findings import finding, led, text_of

RULE, HOST = "openai-project-key", "api.openai.com"
ADMIN = {"credential": Secret(b"admin-credential-for-tests")}


def keys(rule: str, count: int = 5) -> list[Key]:
    """Keys of one rule, the first of them the one that `finding(rule)` found."""
    values = [text_of(finding(rule, seed=number)) for number in range(1, count + 1)]
    return [Key(value, f"key_{number}", f"key {number}") for number, value in enumerate(values, 1)]


def test_refuses_to_choose_among_two_that_look_alike() -> None:
    one = finding(RULE)
    value = text_of(one)
    twin = Key(value[:60] + "x" + value[61:], "key_2", "other")
    with Server(FakeOpenAI(Ring([Key(value), twin]))) as server, pytest.raises(IdentifyError) as caught:
        identify(one, ADMIN, led(server, HOST))
    assert "2 keys look like it, none is chosen" in str(caught.value)
    assert [record.id for record in caught.value.records] == ["key_1", "key_2"]
    assert value not in f"{caught.value}{caught.value.records}"


def test_says_that_a_credential_is_needed() -> None:
    with pytest.raises(IdentifyError, match="needs an organization admin key") as caught:
        identify(finding(RULE), {}, led("http://127.0.0.1:1", HOST))
    assert '[credentials] openai = "env:NAME"' in caught.value.hint


def test_says_that_the_credential_is_refused() -> None:
    with Server(FakeOpenAI(Ring(keys(RULE)))) as server, pytest.raises(IdentifyError) as caught:
        identify(finding(RULE), {"credential": Secret(b"wrong-credential")}, led(server, HOST))
    assert "answered 401: the credential (an organization admin key (sk-admin-…)) is not accepted" in str(caught.value)
    assert "wrong-credential" not in str(caught.value)


def test_says_that_the_key_is_of_somebody_else() -> None:
    with Server(FakeOpenAI(Ring(keys(RULE)[1:]))) as server, pytest.raises(IdentifyError) as caught:
        identify(finding(RULE), ADMIN, led(server, HOST))
    assert "no record that fits" in str(caught.value)
    assert "another account or organization" in caught.value.hint


def test_a_network_that_goes_away_is_an_error_and_no_record() -> None:
    fake, count = FakeOpenAI(Ring(keys(RULE))), iter(range(99))

    def failing(asked: Asked) -> Reply:
        return fake(asked) if next(count) < 2 else Reply(503)

    with Server(failing) as server, pytest.raises(HttpError, match="answered 503"):
        identify(finding(RULE), ADMIN, led(server, HOST))


@pytest.mark.parametrize("rule", ["github-refresh-token", "privatekey-pem", "deepseek-api-key"])
def test_says_why_there_is_no_way(rule: str) -> None:
    with pytest.raises(IdentifyError, match="cannot be identified: "):
        identify(finding(rule), ADMIN, led("http://127.0.0.1:1", HOST))


def test_looks_through_all_pages_of_all_projects() -> None:
    ring = Ring(keys(RULE))
    for key in ring.keys:
        key.more["project"] = "three"
    ring.keys.reverse()
    with Server(FakeOpenAI(ring)) as server:
        record = identify(finding(RULE), ADMIN, led(server, HOST))
    assert (record.id, record.over, record.owner) == ("key_1", "proj_three", "ada@example.com")
    assert record.created == "2026-09-21T14:13:20Z"


def test_anthropic_by_its_hint() -> None:
    rule = "anthropic-api-key"
    ring = Ring(keys(rule)[::-1])
    with Server(FakeAnthropic(ring)) as server:
        record = identify(finding(rule), ADMIN, led(server, "api.anthropic.com"))
    assert (record.id, record.state, record.title) == ("key_1", "active", "key 1")


def test_openrouter_by_its_hash() -> None:
    rule = "openrouter-api-key"
    with Server(FakeOpenRouter(Ring(keys(rule)))) as server:
        record = identify(finding(rule), ADMIN, led(server, "openrouter.ai"))
        with pytest.raises(IdentifyError, match="no record that fits"):
            identify(finding(rule, seed=9), ADMIN, led(server, "openrouter.ai"))
    assert record.link == f"https://openrouter.ai/keys/{record.id}"
    assert record.title == "key 1"


def test_mistral_by_its_last_signs() -> None:
    rule = "mistral-api-key"
    with Server(FakeMistral(Ring(keys(rule)))) as server:
        record = identify(finding(rule), ADMIN, led(server, "api.mistral.ai"))
        assert server.asked[0].query == {"name": text_of(finding(rule))[-4:]}
    assert (record.id, record.owner) == ("key_1", "ada@example.com")


def test_sendgrid_by_the_id_within_it() -> None:
    rule = "sendgrid-api-key"
    with Server(FakeSendGrid(Ring(keys(rule)))) as server:
        record = identify(finding(rule), ADMIN, led(server, "api.sendgrid.com"))
    assert record.id == text_of(finding(rule)).split(".")[1]


def test_gitlab_by_itself() -> None:
    rule = "gitlab-personal-token"
    with Server(FakeGitLab(Ring(keys(rule)))) as server:
        record = identify(finding(rule), {}, led(server, "gitlab.com"))
        with pytest.raises(IdentifyError, match="the secret itself is not accepted"):
            identify(finding(rule, seed=9), {}, led(server, "gitlab.com"))
    assert (record.id, record.owner, record.expires) == ("5", "3", "2027-01-01")


def test_a_switch_is_told_by_its_name() -> None:
    one = finding("elevenlabs-api-key")
    ring = Ring([Key(text_of(one), "key_1", state="dead")])
    with Server(FakeElevenLabs(ring)) as server:
        assert identify(one, ADMIN, led(server, "api.elevenlabs.io")).state == "disabled: yes"
