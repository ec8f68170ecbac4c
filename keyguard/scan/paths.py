"""Paths that a person does not want to be told about."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate


class Excluded:
    """Globs on whole paths, on their last part, or on any folder: `docs/*`, `*.lock`, `vendor/`."""

    def __init__(self, globs: Iterable[str]) -> None:
        self._patterns = [re.compile(part.encode()) for glob in globs for part in _patterns(glob)]

    def without(self, paths: list[bytes]) -> list[bytes]:
        """The paths that are left."""
        return [path for path in paths if not self.matches(path)] if self._patterns else paths

    def matches(self, path: bytes) -> bool:
        return any(pattern.match(path) for pattern in self._patterns)


def _patterns(glob: str) -> list[str]:
    folder = glob.rstrip("/")
    anchored = "/" in folder
    bare = translate(folder.lstrip("/"))
    inside = translate(folder.lstrip("/") + "/*")
    if anchored or glob.startswith("/"):
        return [bare, inside]
    return [bare, inside, translate("*/" + folder), translate("*/" + folder + "/*")]
