from __future__ import annotations

from keyguard.triage.judge.weights import read_weights
from keyguard.triage.judge.words import Words


def test_what_is_learned_tells_words_from_noise() -> None:
    words = read_weights().words
    assert words.strangeness(b"xqzkvjwq")[0] > 1.5 * words.strangeness(b"password")[0]
    assert words.rank(b"server") > 0
    assert words.rank(b"xqzkvjwq") == 0


def test_known_words_cover_letters() -> None:
    words = Words(bytes(27**3), {b"data": 1, b"base": 1, b"database": 1})
    assert words.share(b"") == 0
    assert words.share(b"1234") == 0
    assert words.share(b"database9") == 100
    assert words.share(b"dataxxxx") == 50
