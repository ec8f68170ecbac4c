"""`.keyguardignore`: secrets and paths that a team has decided on, with reasons and days on which decisions end.

A line is `FINGERPRINT [until DATE] [# REASON]`, `PATTERN [until DATE] [# REASON]` with a pattern as in gitignore(5),
`salt TEXT`, or a comment.
"""

from __future__ import annotations

import datetime as dt
import re

from keyguard.errors import ConfigError
from keyguard.model.silence import IgnoreFile, IgnoreLine
from keyguard.triage.globs import gitignore

IGNORE_NAME = ".keyguardignore"
SALT = re.compile(r"[0-9A-Za-z_-]{8,128}")
_FINGERPRINT = re.compile(r"[0-9a-fA-F]{32}")
_HEX = re.compile(r"[0-9a-fA-F]{24,}")
_UNTIL = re.compile(r"(?:^|\s)until(?:\s+(\S+))?\s*$")
_REASON = re.compile(r"(?:^|\s)#")
_HINT = "a line is: FINGERPRINT or PATTERN, then optionally `until 2027-01-31`, then optionally `# reason`"


def parse_ignore(text: str, path: str, folder: bytes) -> IgnoreFile:
    """Read an ignore file. ConfigError names file and line of what is wrong."""
    salt = ""
    lines: list[IgnoreLine] = []
    for number, raw in enumerate(text.splitlines(), 1):
        where = f"{path}:{number}"
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.split()[0] == "salt":
            salt = _salt(where, line, salt)
        else:
            lines.append(_entry(where, line))
    return IgnoreFile(path, folder, salt, tuple(lines))


def _salt(where: str, line: str, before: str) -> str:
    words = _REASON.split(line, maxsplit=1)[0].split()
    if len(words) != 2 or not SALT.fullmatch(words[1]):
        raise ConfigError(f"{where}: expected `salt TEXT`, of 8 to 128 letters, digits, - and _", _HINT)
    if before:
        raise ConfigError(f"{where}: a second salt", "a file has one salt")
    return words[1]


def _entry(where: str, line: str) -> IgnoreLine:
    what, _, reason = _split(line)
    until = ""
    if dated := _UNTIL.search(what):
        until = _date(where, dated[1] or "")
        what = what[: dated.start()].rstrip()
    if not what:
        raise ConfigError(f"{where}: neither a fingerprint nor a path pattern", _HINT)
    if _FINGERPRINT.fullmatch(what):
        return IgnoreLine(where, what.lower(), "", until, reason)
    if _HEX.fullmatch(what):
        raise ConfigError(f"{where}: a fingerprint has 32 hex digits, this one has {len(what)}", _HINT)
    if _FINGERPRINT.fullmatch(what.split()[0]):
        raise ConfigError(f"{where}: {what.split(maxsplit=1)[1]!r} after the fingerprint is not understood", _HINT)
    return IgnoreLine(where, "", _pattern(where, what), until, reason)


def _split(line: str) -> tuple[str, str, str]:
    mark = _REASON.search(line)
    if mark is None:
        return line, "", ""
    return line[: mark.start()].rstrip(), "#", line[mark.end() :].strip()


def _date(where: str, text: str) -> str:
    try:
        return dt.date.fromisoformat(text).isoformat()
    except ValueError:
        raise ConfigError(f"{where}: {text!r} is not a date such as 2027-01-31", _HINT) from None


def _pattern(where: str, pattern: str) -> str:
    try:
        gitignore(pattern.removeprefix("!"))
    except ValueError as error:
        raise ConfigError(f"{where}: {pattern!r}: {error}", _HINT) from None
    return pattern
