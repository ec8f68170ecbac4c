"""Puts back what placeholders stand for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.scan.redaction_names import LONGEST, PLACEHOLDER

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from keyguard.scan.redaction_names import Entry


class Restorer:
    """Takes a text in parts and gives it back without placeholders. `restored` counts them; unknown ones stay."""

    def __init__(self, entries: Mapping[bytes, Entry]) -> None:
        self._entries = entries
        self._held = b""
        self.restored = 0

    def feed(self, data: bytes) -> bytes:
        """What can be written now: a placeholder may go on in the next part."""
        text = self._held + data
        bracket = text.rfind(b"[", max(0, len(text) - LONGEST))
        cut = bracket if bracket >= 0 and b"]" not in text[bracket:] else len(text)
        self._held = text[cut:]
        return self._replaced(text[:cut])

    def flush(self) -> bytes:
        """Nothing: no more than the start of a placeholder is ever held."""
        return b""

    def close(self) -> bytes:
        held, self._held = self._held, b""
        return self._replaced(held)

    def _replaced(self, text: bytes) -> bytes:
        return PLACEHOLDER.sub(self._original, text)

    def _original(self, match: re.Match[bytes]) -> bytes:
        entry = self._entries.get(match[0])
        if entry is None:
            return match[0]
        self.restored += 1
        return entry.text
