from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from keyguard.http import HttpError
from keyguard.respond.verify import plan, verify, verify_one
from tests.http.server import Asked, Reply, Server
from tests.respond.fakes.keys import Key, Ring
from tests.respond.fakes.openai import FakeOpenAI
from tests.respond.findings import finding, led, text_of

RULE, HOST = "openai-project-key", "api.openai.com"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(500), "api.openai.com: answered 500 to each of 3 tries"),
        (Reply(429, b"", {"Retry-After": "900"}), "api.openai.com: answered 429 and wants 900 s of peace"),
        (Reply(302, b"", {"Location": "https://evil.example.net/"}), "leads elsewhere, which is not followed"),
        (Reply(200, b"{oops"), "the answer is not data"),
        (Reply(200, b"<html><body>sign in</body></html>"), "the answer is not data"),
        (Reply(418, {}), "answered 418, which settles nothing"),
    ],
)
def test_says_why_it_does_not_know(reply: Reply, reason: str) -> None:
    with Server(lambda _: reply) as server:
        verdict = verify_one(finding(RULE), led(server, HOST))
    assert verdict.state == "unknown"
    assert reason in verdict.reason


def test_a_silent_provider_is_unknown() -> None:
    def sleepy(_: Asked) -> Reply:
        time.sleep(0.4)
        return Reply(200)

    with Server(sleepy) as server:
        verdict = verify_one(finding(RULE), replace(led(server, HOST), read_timeout=0.05, tries=1))
    assert (verdict.state, verdict.reason) == ("unknown", "api.openai.com: no answer in time")


def test_offline_asks_nobody() -> None:
    with Server(lambda _: Reply(200, {})) as server, pytest.raises(HttpError, match="offline"):
        verify(plan([finding(RULE)]), replace(led(server, HOST), offline=True))
    assert not server.asked


def test_asks_once_for_each_distinct_secret() -> None:
    one, twin = finding(RULE), finding(RULE)._replace(fingerprint="f" * 32)
    other = finding(RULE, seed=2)
    with Server(FakeOpenAI(Ring([Key(text_of(one))]))) as server:
        verified = verify(plan([one, twin, other]), led(server, HOST))
    assert [each.verdict for each in verified] == ["live", "live", "dead"]
    assert len(server.asked) == 2


def test_names_the_hosts_before_it_asks() -> None:
    made = plan([finding(RULE), finding("github-personal-token"), finding("privatekey-pem")])
    assert made.hosts == ("api.github.com", "api.openai.com")


def test_a_rule_without_a_request_says_why() -> None:
    with Server(lambda _: Reply(200)) as server:
        verified = verify(plan([finding("github-refresh-token"), finding("npm-access-token")]), led(server, HOST))
    assert [each.verdict for each in verified] == ["unknown", "unknown"]
    assert verified[0].details
    assert verified[0].details.reason == "using a refresh token changes it"
    assert not server.asked


def test_a_file_that_is_not_trusted_asks_nobody() -> None:
    stranger = finding(RULE)._replace(provider="acme", rule="acme-key")
    details = verify(plan([stranger]), led("http://127.0.0.1:1", HOST))[0].details
    assert details
    assert "--trust-rules" in details.reason


def test_says_which_part_is_missing() -> None:
    lone = finding("aws-secret-key", b"x" * 40)
    verdict = verify_one(lone, led("http://127.0.0.1:1", "sts.amazonaws.com"))
    assert verdict.state == "unknown"
    assert re.search("the id is not known", verdict.reason)


def test_the_secret_is_nowhere_in_what_is_told() -> None:
    one = finding(RULE)
    value = text_of(one)
    mirror = {"error": {"message": f"bad key {value}"}, "login": value, "id": value}
    for rule, host in ((RULE, HOST), ("github-personal-token", "api.github.com")):
        spoken = finding(rule, value.encode())
        for reply in (
            Reply(200, mirror),
            Reply(500, mirror),
            Reply(302, mirror, {"Location": f"https://{value}.net/"}),
        ):
            with Server(lambda _, reply=reply: reply) as server:  # type: ignore[misc]
                verdict = verify_one(spoken, led(server, host))
            assert value not in repr(verdict)


def test_the_part_of_an_address_stays_in_the_address() -> None:
    """A secret with signs of a URL cannot lead the request elsewhere."""
    odd = finding("telegram-bot-token", b"1/../../evil?x=#@evil.example.net/")
    with Server(lambda _: Reply(404, {"ok": False})) as server:
        assert verify_one(odd, led(server, "api.telegram.org")).state == "dead"
    assert server.asked[0].path == "/bot1%2F..%2F..%2Fevil%3Fx%3D%23@evil.example.net%2F/getMe"


def test_a_host_is_made_of_plain_parts_only() -> None:
    odd = finding("mailchimp-api-key", b"0123456789abcdef0123456789abcdef-a.b/c")
    verdict = verify_one(odd, led("http://127.0.0.1:1", "api.mailchimp.com"))
    assert verdict.state == "unknown"
    assert "no part of a host name" in verdict.reason
