from __future__ import annotations

import sqlite3
from pathlib import Path

from keyguard.state.database import open_state
from keyguard.state.incidents import AREA, append, breaks, entries, incidents


def _filled(path: Path) -> None:
    with open_state(path, [AREA]) as state:
        for number in range(4):
            append(state, "one", 1000.5 + number, "ada", "step", {"text": f"step {number} é", "more": [1, None]})
        append(state, "two", 1.0, "bob", "open", {})


def test_a_later_edit_shows(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    _filled(path)
    edits = {
        "entry 2 was changed": "UPDATE incident_entry SET body = '{}' WHERE number = 2 AND incident = 'one'",
        "entry 3 is missing": "DELETE FROM incident_entry WHERE number = 3 AND incident = 'one'",
        "entry 1 was changed": "UPDATE incident_entry SET at = 5 WHERE number = 1 AND incident = 'one'",
    }
    for told, statement in edits.items():
        copy = tmp_path / "copy.sqlite3"
        copy.write_bytes(path.read_bytes())
        with sqlite3.connect(copy) as connection:
            connection.execute(statement)
        connection.close()
        with open_state(copy, [AREA]) as state:
            assert told in breaks(entries(state, "one"))
            assert breaks(entries(state, "two")) == []


def test_a_changed_entry_with_a_new_hash_breaks_the_next(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    _filled(path)
    with open_state(path, [AREA]) as state:
        chain = list(entries(state, "one"))
    forged = chain[1]._replace(hash="f" * 64)
    assert breaks((chain[0], forged, *chain[2:])) == [
        "entry 2 was changed",
        "entry 3 does not follow the one before it",
    ]


def test_a_chain_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    _filled(path)
    with open_state(path, [AREA]) as state:
        chain = entries(state, "one")
        assert breaks(chain) == []
        assert [entry.number for entry in chain] == [1, 2, 3, 4]
        assert chain[1].previous == chain[0].hash
        assert incidents(state) == ["two", "one"]
