"""Cutting streams: any text no longer than the overlap lies whole in some piece."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.git.pieces import overlapping


@pytest.mark.parametrize(("size", "overlap"), [(10, 10), (10, 11), (0, 0), (10, -1)])
def test_an_overlap_must_leave_room(size: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="overlap"):
        next(overlapping(io.BytesIO(b"text").read, size, overlap))


@given(st.binary(max_size=200), st.integers(1, 50), st.integers(0, 49), st.integers(1, 60))
def test_pieces_cover_the_stream(content: bytes, size: int, overlap: int, gulp: int) -> None:
    overlap = min(overlap, size - 1)
    stream = io.BytesIO(content)
    pieces = list(overlapping(lambda wanted: stream.read(min(wanted, gulp)), size, overlap))
    assert all(content[start : start + size] == piece for start, piece in pieces)
    assert b"".join(piece[overlap if start else 0 :] for start, piece in pieces) == content
    assert all(len(piece) == size for _, piece in pieces[:-1])
