"""How usual letters and words are: trigrams of letters, and a list of common words."""

from __future__ import annotations

from collections.abc import Mapping
from operator import add

_FOLD = bytes(
    byte - 0x60 if 0x61 <= byte <= 0x7A else byte - 0x40 if 0x41 <= byte <= 0x5A else 0 for byte in range(256)
)
_NOT_SMALL = bytes(byte for byte in range(256) if not 0x61 <= byte <= 0x7A)
_MOST = 48
_SHORTEST, _LONGEST = 3, 12


class Words:
    """`trigrams`: 27³ bytes, how rare each is (eighths of a bit), sign and end being one letter; `common`: ranks."""

    def __init__(self, trigrams: bytes, common: Mapping[bytes, int]) -> None:
        self.trigrams = trigrams
        self.common = common
        self._rarity = _Rarity(trigrams)
        self._beginnings = {word[:_SHORTEST] for word in common}

    def strangeness(self, text: bytes) -> tuple[int, int]:
        """The mean rarity of the trigrams of letters, and the greatest mean of four in a row."""
        codes = b"\0" + text[:_MOST].translate(_FOLD) + b"\0"
        rare = list(map(self._rarity.__getitem__, zip(codes, codes[1:], codes[2:])))
        if len(rare) < 4:
            return sum(rare) * 4 // len(rare), sum(rare)
        pairs = list(map(add, rare, rare[1:]))
        return sum(rare) * 4 // len(rare), max(map(add, pairs, pairs[2:]))

    def rank(self, word: bytes) -> int:
        """0 for an unknown word, else 1 (rare) to 4 (in every project)."""
        return self.common.get(word, 0)

    def share(self, text: bytes) -> int:
        """The percentage of letters (small ones) that known words of 3 or more cover, longest first from the left."""
        text = text[:_MOST]
        letters = len(text.translate(None, _NOT_SMALL))
        covered = at = 0
        last = len(text) - _SHORTEST
        while at <= last:
            size = self._known_at(text, at) if text[at : at + _SHORTEST] in self._beginnings else 0
            covered += size
            at += size or 1
        return 100 * covered // letters if letters else 0

    def _known_at(self, text: bytes, at: int) -> int:
        """The length of the longest common word that begins there; 0 for none."""
        common = self.common
        for end in range(min(len(text), at + _LONGEST), at + _SHORTEST - 1, -1):
            if text[at:end] in common:
                return end - at
        return 0


class _Rarity(dict[tuple[int, int, int], int]):
    """The rarity of trigrams that were asked for."""

    def __init__(self, table: bytes) -> None:
        super().__init__()
        self._table = table

    def __missing__(self, trigram: tuple[int, int, int]) -> int:
        one, two, three = trigram
        rare = self[trigram] = self._table[one * 729 + two * 27 + three]
        return rare
