"""The lines around a finding, with every secret in them masked."""

from __future__ import annotations

from collections.abc import Sequence

from keyguard.errors import KeyguardError
from keyguard.git.catfile import CatFile
from keyguard.git.repository import Repository
from keyguard.model import Occurrence, Secret
from keyguard.odb.commits import message_start
from keyguard.sources.text import text_view

_AROUND = 2
_WIDEST = 200
_LEAST_LINE = 8
_LARGEST = 64 << 20


def excerpt(occurrence: Occurrence, secrets: Sequence[Secret], repository: Repository | None) -> tuple[str, ...]:
    """Numbered lines; none where the text cannot be read any more."""
    content = _content(occurrence, repository)
    view = text_view(content)
    lines = (content if view is None else view).split(b"\n")
    location = occurrence.location
    first = max(1, location.line - _AROUND)
    chosen = b"\n".join(lines[first - 1 : location.end_line + _AROUND])
    for secret in sorted(secrets, key=lambda each: -len(each.reveal())):
        chosen = _masked(chosen, secret)
    return tuple(_numbered(first, line) for first, line in enumerate(chosen.split(b"\n"), first) if chosen)


def _content(occurrence: Occurrence, repository: Repository | None) -> bytes:
    location, provenance = occurrence
    if location.kind in ("path", "ref"):
        return location.path
    try:
        if provenance is None:
            with open(location.path, "rb") as file:
                return file.read(_LARGEST)
        if repository is None:
            return b""
        with CatFile(repository) as git:
            kind, content = git.read(provenance.object, _LARGEST)
    except (OSError, KeyguardError):
        return b""
    return content[message_start(content) :] if kind in ("commit", "tag") else content


def _masked(text: bytes, secret: Secret) -> bytes:
    """Also where a part of a long value is all there is to see."""
    value, mask = secret.reveal(), secret.masked.encode()
    text = text.replace(value, mask)
    for line in value.split(b"\n"):
        if len(line.strip()) >= _LEAST_LINE and line != value:
            text = text.replace(line.strip(), b"*" * _LEAST_LINE)
    return text


def _numbered(number: int, line: bytes) -> str:
    text = line.decode("utf-8", "replace").rstrip("\r")
    shown = "".join(char if char.isprintable() else " " for char in text)
    return f"{number:>5}  {shown[:_WIDEST]}{'…' if len(shown) > _WIDEST else ''}"
