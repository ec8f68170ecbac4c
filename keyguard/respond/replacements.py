"""The file that tells git-filter-repo what to replace: the one place where a secret is written, when asked for.

Format: https://github.com/newren/git-filter-repo (manual, --replace-text): one expression a line.
"""

from __future__ import annotations

import os
import re
import tempfile
from typing import TYPE_CHECKING

from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.model import Secret

_INSTEAD = b"***REMOVED***"
_ARROW = b"==>"


def write_replacements(secrets: Sequence[Secret]) -> str:
    """The name of a new file, 0600 in a folder of its own, 0700; KeyguardError where a secret is not known any more."""
    values = list(dict.fromkeys(secret.reveal() for secret in secrets))
    if not values or not all(values):
        raise KeyguardError("the secret is not at its place any more, so it cannot be written", "try --history")
    folder = tempfile.mkdtemp(prefix="keyguard-")
    path = os.path.join(folder, "replacements.txt")
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "wb") as file:
        file.writelines(_line(value) for value in values)
    return path


def _line(value: bytes) -> bytes:
    """A literal, or an expression where the value has what a line cannot hold as it is."""
    if any(sign in value for sign in (b"\n", b"\r", _ARROW)) or value != value.strip():
        escaped = b"".join(_escaped(bytes([each])) for each in value)
        return b"regex:" + escaped + _ARROW + _INSTEAD + b"\n"
    return b"literal:" + value + _ARROW + _INSTEAD + b"\n"


def _escaped(sign: bytes) -> bytes:
    return re.escape(sign) if sign.isalnum() else b"\\x%02x" % sign[0]
