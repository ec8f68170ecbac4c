from __future__ import annotations

from keyguard.triage.judge.characters import CLASSES, FIGURES_APART, LETTERS_APART, NOT_HEX, SIGNS, long_tokens, longest


def test_every_byte_is_of_one_class() -> None:
    assert b"09azAZ_~ \x00\x80\xff".translate(CLASSES) == bytes((0, 0, 1, 1, 2, 2, 3, 3, 3, 3, 4, 4))
    assert len(SIGNS) == 128 - 62
    assert b"0x1F-g".translate(None, NOT_HEX) == b"01F"


def test_longest_runs() -> None:
    assert longest(b"ab1Cde22_f".translate(LETTERS_APART)) == 3
    assert longest(b"ab1Cde22_f".translate(FIGURES_APART)) == 2
    assert longest(b"--".translate(LETTERS_APART)) == 0


def test_long_tokens() -> None:
    assert long_tokens(b"short, " + b"a1-_" * 4 + b"; " + b"0/+=" * 5 + b" " + b"a" * 15) == 2
