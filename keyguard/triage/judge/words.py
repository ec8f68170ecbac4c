"""How usual letters and words are: trigrams of letters, and a list of common words."""

from __future__ import annotations

from collections.abc import Mapping

_FOLD = bytes(
    byte - 0x60 if 0x61 <= byte <= 0x7A else byte - 0x40 if 0x41 <= byte <= 0x5A else 0 for byte in range(256)
)
_MOST = 48


class Words:
    """`trigrams`: 27³ bytes, how rare each is (eighths of a bit), sign and end being one letter; `common`: ranks."""

    def __init__(self, trigrams: bytes, common: Mapping[bytes, int]) -> None:
        self.trigrams = trigrams
        self.common = common

    def strangeness(self, text: bytes) -> tuple[int, int]:
        """The mean rarity of the trigrams of letters, and the greatest mean of four in a row."""
        codes = b"\0" + text[:_MOST].translate(_FOLD) + b"\0"
        table = self.trigrams
        rare = [table[one * 729 + two * 27 + three] for one, two, three in zip(codes, codes[1:], codes[2:])]
        worst = max((sum(rare[at : at + 4]) for at in range(len(rare) - 3)), default=sum(rare))
        return sum(rare) * 4 // len(rare), worst

    def rank(self, word: bytes) -> int:
        """0 for an unknown word, else 1 (rare) to 4 (in every project)."""
        return self.common.get(word, 0)

    def share(self, text: bytes) -> int:
        """The percentage of letters (small ones) that known words of 3 or more cover, longest first from the left."""
        text = text[:_MOST]
        covered = letters = at = 0
        size = len(text)
        common = self.common
        while at < size:
            if not 0x61 <= text[at] <= 0x7A:
                at += 1
                continue
            for end in range(min(size, at + 12), at + 2, -1):
                if text[at:end] in common:
                    covered += end - at
                    letters += end - at
                    at = end
                    break
            else:
                letters += 1
                at += 1
        return 100 * covered // letters if letters else 0
