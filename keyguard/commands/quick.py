"""The command lines of hooks that run at each commit: answered at once where there is nothing to say.

Anything else (a finding, a failure, an option) is left to the command itself, which does it all again. Only time is
won: half of what starting takes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.commands.changes import ChangeScan

_QUIET: Final = frozenset({"-q", "--quiet"})


def is_clean(arguments: Sequence[str]) -> bool:
    """Whether this is a quiet scan of a hook, and it finds nothing."""
    change = _change(arguments)
    if change is None:
        return False
    from keyguard.commands.changes import scan_change
    from keyguard.commands.wishes import Wishes, configuration, scan_options
    from keyguard.errors import KeyguardError

    try:
        config = configuration()
        report = scan_change(change, scan_options(Wishes(), config, os.curdir), os.environ)
    except (KeyguardError, OSError):
        return False
    return report.exit_code == 0 and not report.notes


def _change(arguments: Sequence[str]) -> ChangeScan | None:
    """The scan that these words ask for where they are exactly those of a hook."""
    if not arguments or arguments[0] != "scan" or "_KEYGUARD_COMPLETE" in os.environ:
        return None
    words = [word for word in arguments[1:] if word not in _QUIET]
    if len(words) == len(arguments) - 1:
        return None
    from keyguard.commands.changes import MESSAGE, STAGED, ChangeScan

    if words == ["--staged"]:
        return ChangeScan(STAGED)
    if len(words) == 2 and words[0] == "--commit-msg" and words[1] and not words[1].startswith("-"):
        return ChangeScan(MESSAGE, file=words[1])
    return None
