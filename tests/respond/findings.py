"""Findings of made-up secrets, and the doors that lead to fakes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.http import Settings
from keyguard.model import Confidence, Finding, Location, Occurrence, Secret, Severity
from tests.http.clocks import StillClock
from tests.secrets import made_up

if TYPE_CHECKING:
    from tests.http.server import Server


def finding(rule: str, value: bytes = b"", parts: tuple[tuple[str, bytes], ...] = (), seed: int = 1) -> Finding:
    """A finding of a rule of provider files that come with keyguard; a made-up secret unless `value` is given."""
    provider = rule.partition("-")[0]
    secret = Secret(value or made_up(provider, rule, seed).secrets[0])
    place = Occurrence(Location("stdin", b"", 1, 1, 1, 2, 0, 1), None)
    return Finding(
        rule,
        provider,
        rule,
        Severity.HIGH,
        Confidence.HIGH,
        secret,
        secret.fingerprint(rule, b"key"),
        "unverified",
        "",
        (place,),
        parts=parts,
    )


def text_of(one: Finding) -> str:
    return one.secret.reveal().decode()


def led(server: Server | str, *hosts: str, clock: StillClock | None = None) -> Settings:
    """Settings that lead hosts to a server; time passes only by sleeping."""
    address = server if isinstance(server, str) else server.address
    return Settings(endpoints=dict.fromkeys(hosts, address), clock=(clock or StillClock()).clock(), per_second=0)
