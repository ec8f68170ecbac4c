from __future__ import annotations

from pathlib import Path

from keyguard.state.settings import settings_file


def test_lies_in_the_folder_of_this_user(cage: Path) -> None:
    assert settings_file().is_relative_to(cage)
