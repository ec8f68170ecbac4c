"""Where a person's own settings lie: a file that no repository can bring along."""

from __future__ import annotations

from pathlib import Path


def settings_file() -> Path:
    """The settings of this user, for what is not a matter of one repository."""
    from platformdirs import user_config_dir

    return Path(user_config_dir("keyguard", appauthor=False)) / "keyguard.toml"
