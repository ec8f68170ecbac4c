"""An env file: written whole or not at all, 0600, its comments, order and other lines as they were."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path

from keyguard.model import Secret
from keyguard.respond.sinks.sink import SinkError, Values

_LINE = re.compile(rb"(\s*(?:export\s+)?)([A-Za-z_][A-Za-z0-9_]*)(\s*=\s*)(.*?)(\r?\n?)", re.DOTALL)
_PLAIN = re.compile(rb"[A-Za-z0-9_./+=:@%,~-]*")
_QUOTED = re.compile(
    rb"""(?:"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|(?P<plain>[^\s#]*))(?P<rest>\s*(?:#.*)?)"""
)


class EnvFile:
    """`path` as the person named it. A link is followed: the file behind it is replaced."""

    readable = True

    def __init__(self, path: str) -> None:
        self.name = f"env:{path}"
        self._path = Path(os.path.realpath(os.path.expanduser(path)))

    def check(self) -> None:
        if self._path.is_dir():
            raise SinkError(f"{self.name}: is a folder")
        if not self._path.parent.is_dir() or not os.access(self._path.parent, os.W_OK):
            raise SinkError(f"{self.name}: its folder is not there, or cannot be written to")
        self._lines()

    def write(self, values: Values) -> None:
        lines = self._lines()
        for name, secret in values.items():
            _put(lines, name.encode(), secret.reveal(), self.name)
        self._replace(b"".join(lines))

    def read(self, names: tuple[str, ...]) -> Values | None:
        found: dict[str, Secret] = {}
        for line in self._lines():
            match = _LINE.fullmatch(line)
            if match and match[2].decode() in names:
                found[match[2].decode()] = Secret(_unquoted(match[4]))
        return found if len(found) == len(set(names)) else None

    def _lines(self) -> list[bytes]:
        try:
            return self._path.read_bytes().splitlines(keepends=True)
        except FileNotFoundError:
            return []
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or 'cannot be read'}") from None

    def _replace(self, content: bytes) -> None:
        """A crash can leave a file beside it: it holds no more than the target does a moment later, and is 0600."""
        self._sweep()
        try:
            handle, name = tempfile.mkstemp(prefix=f".{self._path.name}.keyguard-", dir=self._path.parent)
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or 'cannot be written'}") from None
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self._path)
        except OSError as error:
            raise SinkError(f"{self.name}: {error.strerror or 'cannot be written'}") from None
        finally:
            with suppress(OSError):
                os.unlink(name)

    def _sweep(self) -> None:
        """Remove what an earlier write left when it was killed."""
        for left in self._path.parent.glob(f".{self._path.name}.keyguard-*"):
            with suppress(OSError):
                left.unlink()


def _put(lines: list[bytes], name: bytes, value: bytes, place: str) -> None:
    """Set every line of that name (a shell takes the last), keeping a comment behind it; append where there is none."""
    if b"\n" in value or b"\r" in value:
        raise SinkError(f"{place}: a value of several lines does not fit an env file")
    text = value if _PLAIN.fullmatch(value) else shlex.quote(value.decode("utf-8", "surrogateescape")).encode()
    done = False
    for number, line in enumerate(lines):
        match = _LINE.fullmatch(line)
        if match and match[2] == name:
            old = _QUOTED.fullmatch(match[4])
            rest = old["rest"] if old else b""
            lines[number] = match[1] + name + match[3] + text + rest + match[5]
            done = True
    if not done:
        if lines and not lines[-1].endswith((b"\n", b"\r")):
            lines[-1] += b"\n"
        lines.append(name + b"=" + text + b"\n")


def _unquoted(text: bytes) -> bytes:
    match = _QUOTED.fullmatch(text.strip())
    if match is None:
        return text.strip()
    if match["double"] is not None:
        return re.sub(rb"\\(.)", rb"\1", match["double"])
    return match["single"] if match["single"] is not None else match["plain"]
