from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import StateError
from keyguard.state.database import open_state
from keyguard.state.rotations import AREA, DONE, Entry, Rotation, add, append, entries, rotations


def test_a_second_one_of_the_same_key_is_refused(tmp_path: Path) -> None:
    one = Rotation("a", "aws", "", "AKIA", {"sinks": ["env:x"]}, 1.0)
    with open_state(tmp_path / "state.sqlite3", [AREA]) as state:
        add(state, one)
        with pytest.raises(StateError, match="under way"):
            add(state, one._replace(id="b"))
        append(state, "a", Entry(2.0, "make", "begin", {"mark": "m"}))
        append(state, "a", Entry(3.0, "done", "end", {}), DONE)
        assert [entry.step for entry in entries(state, "a")] == ["make", "done"]
        assert rotations(state, only_open=True) == []
        add(state, one._replace(id="b", opened=4.0))
        assert [each.id for each in rotations(state)] == ["a", "b"]
