"""Carries a stop out against a fake, and remembers what was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.model import Secret
from keyguard.respond.revoke import Outcome, Stop, Target, carry_out, find_target
from tests.respond.fakes.keys import Key, Ring
from tests.respond.findings import finding, text_of

if TYPE_CHECKING:
    from keyguard.http import Settings
    from keyguard.model import Finding
    from keyguard.state.revocations import Entry

ADMIN = {"credential": Secret(b"admin-credential-for-tests")}


def ring(one: Finding, **more: str) -> Ring:
    others = [text_of(finding(one.rule, seed=seed)) for seed in (2, 3)]
    keys = [Key(text_of(one), "key_1", "ci", more=more), *(Key(value, f"key_{n}") for n, value in enumerate(others, 2))]
    return Ring(keys[::-1])


def carried(
    stop: Stop,
    settings: Settings,
    credential: dict[str, Secret] | None = None,
    target: Target | None = None,
    written: list[Entry] | None = None,
) -> tuple[Outcome, list[Entry]]:
    """What came of it, and what was recorded: in `written` even where it fails."""
    written = [] if written is None else written
    credential = ADMIN if credential is None else credential
    known = find_target(stop, credential, settings) if target is None else target
    return carry_out(stop, known, credential, settings, written.append, "ada"), written


def events(written: list[Entry]) -> list[str]:
    return [entry.event for entry in written]
