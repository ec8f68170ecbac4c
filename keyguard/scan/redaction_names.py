"""Names for what is replaced: the same placeholder for the same value, and never one that the text has already."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keyguard.model import Rule

PLACEHOLDER: Final = re.compile(rb"\[[A-Z][A-Z0-9]*(?:_[A-Z0-9]+){0,12}\]")
LONGEST: Final = 120
_MOST: Final = 200_000
_KINDS: Final = frozenset(
    {"key", "token", "secret", "password", "url", "pat", "webhook", "credential", "jwt", "pair", "hash", "seed"}
)
_NO_NAMES: Final = frozenset({"generic"})
_OTHER: Final = re.compile(r"[^A-Z0-9]+")


class Entry(NamedTuple):
    """What one placeholder stands for: `text` as it stood, which holds `value` (the same, unless it was encoded)."""

    placeholder: bytes
    value: bytes
    text: bytes


def name_of(rule: Rule) -> str:
    """`OPENAI_KEY` for the rule `openai-project-key` of the provider openai."""
    kind = next((word for word in reversed(rule.id.split("-")) if word in _KINDS), "secret")
    words = [kind] if rule.provider in _NO_NAMES else [rule.provider, kind]
    return _OTHER.sub("_", "_".join(words).upper()).strip("_")[:40] or "SECRET"


class Register:
    """Gives out placeholders. With `keeps`, what they stand for is kept in `entries`, to be put back later.

    Without, only digests are kept, and of the most recent values: memory is bounded, whatever comes.
    """

    def __init__(self, known: Iterable[Entry] = (), *, keeps: bool = False) -> None:
        self._keeps = keeps
        self._salt = os.urandom(16)
        self._stems: dict[bytes, str] = {}
        self._forms: dict[tuple[bytes, bytes], bytes] = {}
        self._counts: dict[str, int] = {}
        self._taken: set[bytes] = set()
        self._known: set[bytes] = set()
        self.entries: dict[bytes, Entry] = {}
        for entry in known:
            self._learn(entry)

    def placeholder(self, name: str, value: bytes, text: bytes, steps: Sequence[str] = ()) -> bytes:
        """The placeholder for `text`, which is `value` encoded in `steps`. Raises KeyguardError where a map is full."""
        digest = self._digest(value)
        form = (digest, self._digest(text))
        if form not in self._forms:
            self._make_room()
            stem = self._stems.get(digest) or self._new_stem(name)
            self._stems[digest] = stem
            made = self._new_form(stem, steps if text != value else ())
            self._forms[form] = made
            if self._keeps:
                self.entries[made] = Entry(made, value, text)
        return self._forms[form]

    def literal(self, text: bytes) -> bytes:
        """What to write for a text that looks like a placeholder and is none of ours: itself, if that can be."""
        if not self._keeps or text in self._known:
            return text
        if text in self.entries:
            return self.placeholder("TEXT", text, text)
        if len(self._taken) >= _MOST:
            raise _full()
        self._taken.add(text)
        return text

    def _learn(self, entry: Entry) -> None:
        digest = self._digest(entry.value)
        self._known.add(entry.placeholder)
        self.entries[entry.placeholder] = entry
        self._forms[digest, self._digest(entry.text)] = entry.placeholder
        stem = re.match(r"\[([A-Z0-9_]*?)_([0-9]+)(?=[_\]])", entry.placeholder.decode("ascii", "replace"))
        if stem:
            name, number = stem[1], int(stem[2])
            self._stems.setdefault(digest, f"{name}_{number}")
            self._counts[name] = max(number, self._counts.get(name, 0))

    def _new_stem(self, name: str) -> str:
        while True:
            self._counts[name] = number = self._counts.get(name, 0) + 1
            if not self._is_taken(_bracketed(f"{name}_{number}")):
                return f"{name}_{number}"

    def _new_form(self, stem: str, steps: Sequence[str]) -> bytes:
        base = "_".join([stem, *(_OTHER.sub("", step.upper()) for step in steps)])
        made, number = _bracketed(base), 1
        while self._is_taken(made):
            number += 1
            made = _bracketed(f"{base}_{number}")
        return made

    def _is_taken(self, placeholder: bytes) -> bool:
        return placeholder in self._taken or placeholder in self.entries

    def _make_room(self) -> None:
        if len(self._forms) < _MOST:
            return
        if self._keeps:
            raise _full()
        for old in list(self._forms)[: _MOST // 2]:
            del self._forms[old]
            self._stems.pop(old[0], None)

    def _digest(self, value: bytes) -> bytes:
        return hashlib.blake2b(value, digest_size=16, key=self._salt).digest()


def _bracketed(name: str) -> bytes:
    return f"[{name}]".encode("ascii")


def _full() -> KeyguardError:
    return KeyguardError(f"the map is full: it holds {_MOST:,} values", "begin a new one")
