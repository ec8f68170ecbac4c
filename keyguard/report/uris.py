"""Turns raw paths into URI references (RFC 3986) for SARIF."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from keyguard.model import Location, Provenance

_FOLDERS = {"commit": "commits", "tag": "tags"}


def path_uri(path: bytes, separator: str = "/") -> str:
    """A relative reference for a relative path, a file URI for an absolute one.

    Every byte outside the unreserved set is percent-encoded, a ":" too: a relative reference must not look like it
    has a scheme. `separator` is the machine's own, a backslash on Windows, where drives and shares are known too.
    """
    if separator == "\\":
        path = path.replace(b"\\", b"/")
        if path[1:3] == b":/":
            return f"file:///{chr(path[0])}:{quote(path[2:])}"
        if path.startswith(b"//"):
            return "file:" + quote(path)
    if path.startswith(b"/"):
        return "file://" + quote(path)
    while path.startswith(b"./"):
        path = path[2:].lstrip(b"/")
    return quote(path)


def place_uri(location: Location, provenance: Provenance | None, path: bytes, separator: str) -> str:
    """Where an occurrence is. `path` is the path to show, secrets masked.

    GitHub refuses a whole SARIF file for one result without a physical location
    (https://github.com/forcedotcom/code-analyzer/issues/1970). So what is not a file gets a name inside `.git`, which
    no tracked file can have.
    """
    if location.kind == "stdin":
        return "stdin"
    if location.kind == "ref":
        return ".git/" + quote(path)
    if location.kind in ("file", "path") and path:
        # Paths in history are git's own and use "/" on every machine.
        return path_uri(path, "/" if provenance else separator)
    return f".git/{_FOLDERS.get(location.kind, 'objects')}/{_object_id(provenance)}"


def _object_id(provenance: Provenance | None) -> str:
    return quote((provenance.object or provenance.commit) if provenance else "") or "unknown"
