from __future__ import annotations

from pathlib import Path

from keyguard.state.database import dump_state, open_state
from keyguard.state.revocations import AREA, Entry, append, entries, last_stop

ONE = Entry("a1", 1.0, "started", "ada", "openai", "openai-project-key", "f" * 32, "sk-p…kMpm", "delete")


def test_nothing_is_known_of_what_was_never_stopped(tmp_path: Path) -> None:
    with open_state(tmp_path / "state", [AREA]) as state:
        append(state, ONE)
        append(state, ONE._replace(event="refused"))
        assert last_stop(state, "f" * 32) is None
        assert entries(state, "0" * 32) == ()


def test_a_stop_that_broke_off_may_have_been_carried_out(tmp_path: Path) -> None:
    with open_state(tmp_path / "state", [AREA]) as state:
        append(state, ONE)
        append(state, ONE._replace(attempt="a2"))
        append(state, ONE._replace(attempt="a2", event="refused"))
        last = last_stop(state, "f" * 32)
    assert last == ONE


def test_keeps_entries_in_order(tmp_path: Path) -> None:
    with open_state(tmp_path / "state", [AREA]) as state:
        for event in ("started", "accepted", "dead"):
            append(state, ONE._replace(event=event, target="key_1", target_in="proj"))
        append(state, ONE._replace(event="accepted", undoing=True))
    with open_state(tmp_path / "state", [AREA]) as state:
        assert [(each.event, each.undoing) for each in entries(state)] == [
            ("started", False),
            ("accepted", False),
            ("dead", False),
            ("accepted", True),
        ]
        last = last_stop(state, "f" * 32)
        assert last is not None
        assert (last.event, last.target, last.target_in) == ("dead", "key_1", "proj")
    assert "revocation_entry" in {name for name, _, _ in dump_state(tmp_path / "state")}
