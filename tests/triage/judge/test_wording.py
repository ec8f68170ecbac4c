from __future__ import annotations

import pytest

from keyguard.triage.judge.wording import NAMES, wording, words_in
from keyguard.triage.judge.words import Words

WORDS = Words(bytes(27**3), {b"connection": 4, b"token": 3, b"zebra": 1})


def _told(value: bytes) -> dict[str, int]:
    return dict(zip(NAMES, wording(WORDS, value), strict=True))


@pytest.mark.parametrize("value", [b"1", b"\xff\xfe", b"--", b"q7"])
def test_a_value_without_words(value: bytes) -> None:
    assert _told(value) == dict(zip(NAMES, (0, -1, 0, 0, 0), strict=True))


def test_usual_and_unknown_words() -> None:
    told = _told(b"connectionToken")
    assert (told["most-usual-word"], told["unknown-words"]) == (4, 0)
    told = _told(b"zebra_hensaria1")
    assert (told["most-usual-word"], told["unknown-words"], told["longest-unknown"]) == (1, 1, 8)
    assert told["unknown-share"] == 100 * 8 // 15


def test_a_value_that_is_a_known_word_as_a_whole() -> None:
    assert _told(b"connec-tion")["known-whole"] == 4
    assert _told(b"connected")["known-whole"] == 0


def test_words_of_camel_case() -> None:
    assert words_in(b"myPassWord-x") == [b"my", b"pass", b"word"]
