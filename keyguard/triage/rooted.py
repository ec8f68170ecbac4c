"""Paths as patterns see them: from the root of what is scanned, with "/" between their parts."""

from __future__ import annotations

import os

from keyguard.model.namedtuple import NamedTuple


class Root(NamedTuple):
    """`folder`: an absolute path; empty where paths are taken as they are."""

    folder: bytes = b""

    def seen(self, path: bytes) -> bytes:
        """A path that opens from the current folder, as seen from the root."""
        if not self.folder or not path:
            return path
        whole = os.path.abspath(path)
        if not whole.startswith(self.folder):
            whole = os.path.realpath(whole)
        try:
            seen = os.path.relpath(whole, self.folder)
        except ValueError:  # two drives
            return path
        return seen.replace(b"\\", b"/") if os.sep == "\\" else seen
