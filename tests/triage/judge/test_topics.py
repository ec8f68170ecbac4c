from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.triage.judge.tables import LINE_WORDS, NAME_ENDS, NAME_WORDS, NEAR_WORDS, PATH_WORDS, VALUE_WORDS
from keyguard.triage.judge.topics import Marks, Topics, texts_of

ROWS = (("one", b"pass pw"), ("two", b"< my-"), ("three", b"test -x"))


def test_marks() -> None:
    marks = Marks(ROWS)
    assert marks.of(b"") == [False, False, False]
    assert marks.of(b"p<") == [False, True, False]
    assert marks.of(b"my-passtest") == [True, True, True]


@settings(deadline=None)
@given(st.text("paswtemyx-<", max_size=12).map(str.encode))
def test_marks_find_every_text(text: bytes) -> None:
    assert Marks(ROWS).of(text) == [any(each in text for each in texts.split()) for _, texts in ROWS]


def test_topics_count_words_once_and_signs_everywhere() -> None:
    topics = Topics(ROWS)
    assert topics.counts(b"myPassword passpass, TESTpass -x-x") == [3, 0, 3]
    assert topics.counts(b"my-my- pAss <") == [0, 3, 0]
    assert topics.counts(b"a test") == topics.counts(b"a test") == [0, 0, 1]


def test_spaces_in_texts() -> None:
    assert Topics((("one", b"not\\x20 -\\x20"),)).counts(b"not nothing - -x is not") == [2]


@pytest.mark.parametrize("rows", [VALUE_WORDS, NAME_WORDS, NAME_ENDS, LINE_WORDS, NEAR_WORDS, PATH_WORDS])
def test_no_text_is_empty(rows: tuple[tuple[str, bytes], ...]) -> None:
    """An empty one would be found everywhere."""
    assert all(all(texts) for texts in texts_of(rows))
