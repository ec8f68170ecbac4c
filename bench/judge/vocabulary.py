"""Counts letters and words of the training text, and makes the table of `keyguard.triage.judge.words` from them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import log2
from pathlib import Path
from typing import NamedTuple

from keyguard.triage.judge.words import _FOLD, Words

_WORD = re.compile(rb"[A-Z]?[a-z]{2,15}|[A-Z]{3,15}")
_MOST = 400_000  # bytes read of one file
_COMMON = 6000


class Counts(NamedTuple):
    """Of the files of one owner: how often each trigram of letters is there, and in how many files each word."""

    trigrams: Counter[bytes]
    words: Counter[bytes]


def count(root: Path, paths: Iterable[str]) -> Counts:
    trigrams: Counter[bytes] = Counter()
    words: Counter[bytes] = Counter()
    for path in paths:
        found = Counter(word.lower() for word in _WORD.findall((root / path).read_bytes()[:_MOST]))
        words.update(found.keys())
        for word in found:
            codes = b"\0" + word.translate(_FOLD) + b"\0"
            for at in range(len(codes) - 2):
                trigrams[codes[at : at + 3]] += 1
    return Counts(trigrams, words)


def make_words(counts: Iterable[Counts]) -> Words:
    """The table of several owners together; a word counts where two of them have it."""
    trigrams: Counter[bytes] = Counter()
    owners: Counter[bytes] = Counter()
    for each in counts:
        trigrams.update(each.trigrams)
        owners.update(each.words.keys())
    contexts: Counter[bytes] = Counter()
    for trigram, number in trigrams.items():
        contexts[trigram[:2]] += number
    table = bytearray(27**3)
    for one in range(27):
        for two in range(27):
            most = contexts[bytes((one, two))]
            for three in range(27):
                chance = (trigrams[bytes((one, two, three))] + 0.5) / (most + 13.5)
                table[one * 729 + two * 27 + three] = min(127, round(-8 * log2(chance)))
    table[0] = 40  # three signs in a row
    ranked = sorted((-number, word) for word, number in owners.items() if number > 2 and len(word) > 2)[:_COMMON]
    common = {word: 4 - 4 * place // _COMMON for place, (_, word) in enumerate(ranked)}
    return Words(bytes(table), common)
