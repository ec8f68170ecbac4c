"""Secrets in names."""

from __future__ import annotations

from keyguard.model import Occurrence, Report, Secret, Stats
from keyguard.report.redaction import Redaction, redaction_of
from tests.report.sample import NAMED, TOKEN, finding, history_report, location


def test_nothing_is_masked_when_secrets_are_shown() -> None:
    assert redaction_of(history_report(), shown=True).name(NAMED) == NAMED


def test_only_secrets_of_names_are_looked_for_everywhere() -> None:
    redaction = redaction_of(history_report(), shown=False)
    assert [secret.reveal() for secret in redaction.secrets] == [NAMED]
    assert redaction.name(b"x/" + NAMED) == "x/kgna…9z8y".encode()
    assert redaction.text(f"cannot open {NAMED.decode()}") == "cannot open kgna…9z8y"


def test_the_finding_itself_is_masked_in_its_own_places() -> None:
    redaction = Redaction((), shown=False)
    assert redaction.name(b"x/" + TOKEN, Secret(TOKEN)) == "x/kgsa…2c3d".encode()
    assert redaction.name(b"config/app.yml", Secret(b"config")) == b"config/app.yml"


def test_a_secret_that_holds_another_goes_first() -> None:
    inner, outer = b"abcdefgh", b"abcdefghijklmnop-abcdefgh"
    findings = tuple(finding(0, value, (Occurrence(location("path", value, 1, 1), None),)) for value in (inner, outer))
    redaction = redaction_of(Report(".", "tree", findings, (), Stats(), ()), shown=False)
    assert redaction.name(outer) == "abcd…efgh".encode()


def test_lone_surrogates_become_replacement_characters() -> None:
    assert set(Redaction((), shown=False).text("\udcff\ud800")) == {"\ufffd"}
