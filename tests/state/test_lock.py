from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import StateError
from keyguard.state.lock import held


def test_one_holds_it_at_a_time(tmp_path: Path) -> None:
    place = tmp_path / "state.sqlite3"
    with held(place, "rotation"):
        with pytest.raises(StateError, match="another keyguard"), held(place, "rotation"):
            pass
        with held(place, "other"):
            pass
    with held(place, "rotation"):
        pass
