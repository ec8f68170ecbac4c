from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyguard.model import Location, Occurrence, Provenance
from keyguard.model.verdict import Verdict
from keyguard.respond.incident import (
    IncidentError,
    absorb,
    accept,
    case_of,
    close,
    key_body,
    note,
    open_incident,
    verdict_body,
)
from keyguard.respond.incident_report import timeline, write_incident
from keyguard.state import incidents, revocations
from keyguard.state.database import Database, open_state
from tests.respond.findings import finding, text_of

NOW = 1_800_000_000.0


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Database]:
    with open_state(tmp_path / "state.sqlite3", [incidents.AREA, revocations.AREA]) as opened:
        yield opened


def _open(state: Database) -> tuple[str, str, str]:
    """An incident of two keys, its id and their fingerprints."""
    one, two = finding("openai-project-key"), finding("github-personal-token")
    commit = Provenance("b" * 40, "c" * 40, "Ada", "ada@example.com", "2026-01-01T01:00:00+00:00", "head")
    place = Occurrence(Location("file", b"a|b.py", 3, 1, 3, 9, 0, 1), commit)
    one = one._replace(occurrences=(place,))
    bodies = [key_body(one, Verdict("live", owner="ada")), key_body(two, Verdict("live"))]
    return open_incident(state, NOW, "ada", "", bodies), one.fingerprint, two.fingerprint


def test_it_stays_open_while_a_key_is_not_settled(state: Database) -> None:
    incident, first, second = _open(state)
    with pytest.raises(IncidentError, match=r"openai-project-key .* is live; github"):
        close(state, incident, NOW + 1, "ada", "")
    note(state, incident, NOW + 60, "ada", "verdict", verdict_body(first, Verdict("dead")))
    accept(state, incident, NOW + 120, "bob", second[:8], "a test key")
    close(state, incident, NOW + 180, "ada", "done")
    case = case_of(state, incident)
    assert [key.state for key in case.keys] == ["dead", "accepted"]
    assert (case.contained, case.closed) == (NOW + 120, NOW + 180)
    with pytest.raises(IncidentError, match="closed already"):
        close(state, incident, NOW + 200, "ada", "")


def test_a_key_that_lives_again_is_not_settled(state: Database) -> None:
    incident, first, _ = _open(state)
    for state_name in ("dead", "unknown", "live"):
        note(state, incident, NOW + 1, "ada", "verdict", verdict_body(first, Verdict(state_name)))
    assert case_of(state, incident).keys[0].ended == 0


def test_nobody_and_nothing_is_refused(state: Database) -> None:
    incident, first, _ = _open(state)
    for named, problem in (("zzzz", "no key"), ("", "more than one key")):
        with pytest.raises(IncidentError, match=problem):
            accept(state, incident, NOW, "ada", named, "x")
    with pytest.raises(IncidentError, match="no finding"):
        open_incident(state, NOW, "ada", "", [])
    with pytest.raises(IncidentError, match="there is no incident"):
        case_of(state, "none")
    assert first


def test_what_revoke_did_is_taken_in_once(state: Database) -> None:
    incident, first, _ = _open(state)
    for event in ("started", "accepted", "dead"):
        entry = revocations.Entry("try", NOW + 5, event, "ada", "openai", "openai-project-key", first, "sk…", "delete")
        revocations.append(state, entry)
    assert (absorb(state, incident), absorb(state, incident)) == (3, 0)
    assert case_of(state, incident).keys[0].state == "dead"


@pytest.mark.parametrize(("found", "state_after"), [("unknown", "dead"), ("live", "live"), ("dead", "dead")])
def test_what_was_stopped_before_the_opening_counts_unless_it_lives(
    state: Database, found: str, state_after: str
) -> None:
    one = finding("datadog-api-key")
    for at, event in ((NOW - 90, "started"), (NOW - 60, "dead")):
        entry = revocations.Entry("try", at, event, "ada", "datadog", one.rule, one.fingerprint, "c9…", "delete")
        revocations.append(state, entry)
    incident = open_incident(state, NOW, "ada", "", [key_body(one, Verdict(found))])
    assert absorb(state, incident) == 2
    case = case_of(state, incident)
    assert case.keys[0].state == state_after
    assert bool(case.contained) == (state_after == "dead")
    assert [row.since for row in timeline(case)][:2] == ["-00:01:30", "-00:01:00"]


def test_reports_tell_the_same(state: Database) -> None:
    incident, first, second = _open(state)
    note(state, incident, NOW + 90_000, "bob", "step", {"text": "told | the <b>customer</b>"})
    case = case_of(state, incident)
    rows = [row.what for row in timeline(case)]
    assert [row for row in rows if "hours" in row or "minutes" in row] == rows[3:5]
    markdown, page = write_incident(case, "md"), write_incident(case, "html")
    assert "told \\| the &lt;b>customer" in markdown
    assert "<b>" not in page
    assert "2026-01-01T01:00:00+00:00 to now" in page
    told = json.loads(write_incident(case, "json"))
    assert (told["within_5_minutes"], told["contained"], told["unchanged"]) == (False, None, True)
    for value in (text_of(finding("openai-project-key")), text_of(finding("github-personal-token"))):
        assert not any(value in text for text in (markdown, page, json.dumps(told)))
    assert first != second


def test_what_was_asked_and_answered_is_evidence(state: Database) -> None:
    one = finding("github-personal-token")
    said = Verdict(
        "live", request="GET https://api.github.com/user\nAuthorization: Bearer <secret>", answer='{"id": 42}'
    )
    case = case_of(state, open_incident(state, NOW, "ada", "", [key_body(one, said)]))
    assert json.loads(write_incident(case, "json"))["keys"][0]["verdict"]["answer"] == '{"id": 42}'
    for shape in ("md", "html"):
        text = write_incident(case, shape)
        assert "request: GET https://api.github.com/user" in text
        assert "42}" in text
