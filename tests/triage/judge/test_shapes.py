from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.triage.judge.shapes import Shapes
from keyguard.triage.judge.tables import VALUE_SHAPES

SHAPES = Shapes(VALUE_SHAPES)
PLACES = {name: place for place, (name, *_) in enumerate(VALUE_SHAPES)}


def test_what_is_needed_is_there() -> None:
    assert SHAPES.of(b"snake_case")[PLACES["snake"]]
    assert not SHAPES.of(b"snake-case")[PLACES["snake"]]
    assert SHAPES.of(b"a\xe2\x80\xa6")[PLACES["dots"]]


@settings(deadline=None)
@given(
    st.binary(min_size=1).filter(lambda value: b"\n" not in value) | st.text("aZ0_-.:/@=", min_size=1).map(str.encode)
)
def test_nothing_is_left_out_that_the_patterns_find(value: bytes) -> None:
    assert SHAPES.of(value) == [re.search(pattern, value, re.DOTALL) is not None for _, pattern, _ in VALUE_SHAPES]


@pytest.mark.parametrize("row", VALUE_SHAPES, ids=lambda row: row[0])
def test_every_match_has_what_its_row_says(row: tuple[str, bytes, bytes | None]) -> None:
    name, pattern, _ = row

    @settings(deadline=None)
    @given(st.from_regex(re.compile(pattern, re.DOTALL)).filter(lambda value: b"\n" not in value))
    def check(value: bytes) -> None:
        assert SHAPES.of(value)[PLACES[name]]

    check()
