"""The failures a person can act on."""

from __future__ import annotations


class KeyguardError(Exception):
    """An expected failure: what happened, and in `hint` what to do about it. Only `cli` prints it."""

    exit_code = 2

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class RuleError(KeyguardError):
    """A provider file is wrong; the message names file, line or key, and what was expected."""


class ConfigError(KeyguardError):
    """A configuration file is wrong; the message names file and key."""


class GitError(KeyguardError):
    """git is missing, refused, or failed; the message carries git's own last words."""


class ObjectError(KeyguardError):
    """One stored object cannot be read. Becomes a `Skip`, never the end of a scan."""

    exit_code = 3


class StateError(KeyguardError):
    """The state file cannot be used: of a newer version, damaged, locked, or the disk is full."""

    exit_code = 3
