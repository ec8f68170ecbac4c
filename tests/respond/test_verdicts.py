"""Each provider's fake asked about a key that lives, then is blocked, then dead; and while it is not well itself."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec

import pytest

from keyguard.http import Settings
from keyguard.model.verdict import Verdict
from keyguard.respond.verify import Plan, plan, verify
from tests.http.clocks import StillClock
from tests.http.server import Asked, Reply, Server
from tests.respond.fakes.catalogue import BY_RULE, STORIES, Story
from tests.respond.findings import led, text_of

AILING = (
    (Reply(500), "answered 500 to each of 3 tries"),
    (Reply(429, b"", {"Retry-After": "900"}), "answered 429 and wants 900 s of peace"),
    (Reply(302, b"", {"Location": "https://elsewhere.example/"}), "leads elsewhere, which is not followed"),
    (Reply(200, b'{"cut": '), ""),
)
everywhere = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.rule)


@pytest.fixture(autouse=True)
def _needs(request: pytest.FixtureRequest) -> None:
    story = request.node.callspec.params["story"]
    if story.rule.startswith("google-service") and not all(map(find_spec, ("google", "cryptography"))):
        pytest.skip("needs google-auth")


@lru_cache
def planned(rule: str) -> Plan:
    """Reading a provider's file takes longer than asking."""
    return plan([BY_RULE[rule].finding()])


def asked(story: Story, settings: Settings) -> Verdict:
    details = verify(planned(story.rule), settings)[0].details
    assert details
    return details


def hosts(story: Story) -> tuple[str, ...]:
    return tuple(host.replace("{resource}", story.parts.get("resource", "")) for host in story.hosts)


@everywhere
def test_tells_dead_from_restricted_from_live(story: Story) -> None:
    one = story.finding()
    ring = story.ring(one)
    key = ring.keys[-1]
    with Server(story.fake(ring)) as server:
        settings = led(server, *hosts(story))
        key.state = "dead"
        assert asked(story, settings).state == story.dead
        if story.restricted:
            key.state = "restricted"
            assert asked(story, settings).state == story.restricted
        key.state = "live"
        verdict = asked(story, settings)
    assert (verdict.state, verdict.checked) == ("live", "2027-01-15T08:00:00Z")
    told = (story.owner, story.account, story.scopes, story.expires)
    for wanted, seen in zip(told, (verdict.owner, verdict.account, verdict.scopes, verdict.expires)):
        assert bool(seen) if wanted == "*" else seen == wanted
    assert text_of(one) not in repr(verdict)


@everywhere
def test_a_provider_that_is_busy_is_asked_again(story: Story) -> None:
    clock = StillClock()
    fake = story.fake(story.ring(story.finding()))
    answers = iter([Reply(429, b"", {"Retry-After": "3"}), Reply(500)])
    with Server(lambda one: next(answers, None) or fake(one)) as server:
        assert asked(story, led(server, *hosts(story), clock=clock)).state == "live"
    assert clock.slept[0] == 3.0
    assert len(clock.slept) == 2


@everywhere
def test_a_provider_that_is_not_well_settles_nothing(story: Story) -> None:
    replies = [Reply(500)]
    with Server(lambda _: replies[0]) as server:
        settings = led(server, *hosts(story))
        for replies[0], reason in AILING:
            verdict = asked(story, settings)
            assert verdict.state == "unknown"
            assert reason in verdict.reason


@everywhere
def test_a_provider_that_is_silent_settles_nothing(story: Story) -> None:
    def sleepy(_: Asked) -> Reply:
        time.sleep(0.1)
        return Reply(200)

    with Server(sleepy) as server:
        verdict = asked(story, replace(led(server, *hosts(story)), read_timeout=0.02, tries=1))
    assert verdict.state == "unknown"
    assert verdict.reason.endswith("no answer in time")
