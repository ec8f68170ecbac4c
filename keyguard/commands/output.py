"""Where reports go: which format to which file, whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from keyguard.errors import KeyguardError
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

FORMATS: Final = ("text", "json", "jsonl", "sarif", "csv", "junit", "github", "gitlab", "markdown", "html")
STDOUT: Final = "-"
_EXTENSIONS: Final = {
    ".txt": "text",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".sarif": "sarif",
    ".csv": "csv",
    ".xml": "junit",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
}
# Formats that go into files of another one's extension.
_RELATED: Final = {"json": "gitlab", "text": "github"}


class Destination(NamedTuple):
    """One report to write: its format, and a path or "-" for standard output."""

    format: str
    path: str


def pair(formats: Sequence[str], outputs: Sequence[str]) -> list[Destination]:
    """Match the formats asked for with the files asked for.

    A file whose extension names a format that was asked for gets it. As many formats as files: the rest are matched in
    order. Otherwise extensions speak for the files, and one format that is left goes to standard output.
    """
    if len(set(outputs)) < len(outputs):
        raise KeyguardError("the same --output is named twice")
    left = list(formats)
    chosen = {path: _take(left, format_of(path)) for path in outputs}
    chosen = {path: found or _take(left, _RELATED.get(format_of(path), "")) for path, found in chosen.items()}
    in_order = len(formats) == len(outputs)
    for path in outputs:
        guess = "" if in_order else format_of(path)
        chosen[path] = chosen[path] or guess or (left.pop(0) if left else format_of(path))
    unknown = [path for path in outputs if not chosen[path]]
    if unknown:
        raise KeyguardError(f"cannot tell the format of {unknown[0]}", "name it: --format json --output FILE")
    if len(left) > 1 or (left and STDOUT in outputs):
        raise KeyguardError(f"two formats for standard output: {', '.join(left)}", "give each a --output FILE")
    found = [Destination(chosen[path], path) for path in outputs]
    if left or not outputs:
        found.append(Destination(left[0] if left else "text", STDOUT))
    return found


def check(destinations: Sequence[Destination]) -> None:
    """Fail before a long scan, not after it, where a folder is missing."""
    for _, path in destinations:
        folder = os.path.dirname(path) or os.curdir
        if path != STDOUT and not os.path.isdir(folder):
            raise KeyguardError(f"cannot write {path}: there is no folder {folder}")


def write_file(path: str, write: Callable[[TextIO], None], *, private: bool) -> None:
    """Write beside `path` and rename, so that a full disk leaves the old file and no half of a new one.

    `private` makes the file readable by its owner only.
    """
    target = os.path.realpath(path)
    special = os.path.exists(target) and not os.path.isfile(target)
    written = target if special else f"{target}.{os.urandom(4).hex()}.tmp"
    flags = os.O_WRONLY if special else os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        descriptor = os.open(written, flags, 0o600 if private else 0o666)
        with open(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as stream:
            write(stream)
        if not special:
            os.replace(written, target)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise KeyguardError(f"cannot write {path}: {error.strerror}") from error
    finally:
        if not special:
            with suppress(OSError):
                os.unlink(written)


def write_stdout(format: str, write: Callable[[TextIO], None]) -> None:  # noqa: A002 - the report layer's own word
    """Write to standard output; the formats for machines are UTF-8 whatever the terminal speaks."""
    stream = sys.stdout
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(errors="backslashreplace", **({} if format == "text" else {"encoding": "utf-8", "newline": "\n"}))
    try:
        write(stream)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise KeyguardError(f"cannot write standard output: {error.strerror}") from error


def colored(terminal: bool) -> bool:
    """Whether to colour: as NO_COLOR (no-color.org) and FORCE_COLOR say, else on a terminal that can."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return terminal and os.environ.get("TERM") != "dumb"


def format_of(path: str) -> str:
    """The format that a file's extension names; "" where it names none."""
    return _EXTENSIONS.get(os.path.splitext(path)[1].lower(), "")


def _take(left: list[str], format: str) -> str:  # noqa: A002 - the report layer's own word
    if format not in left:
        return ""
    left.remove(format)
    return format
