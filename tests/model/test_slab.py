from __future__ import annotations

from array import array

import pytest

from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT, Piece, Slab
from keyguard.sources.slabs import SlabBuilder

LEFT, RIGHT = FRAGMENT | CLIPPED_LEFT, FRAGMENT | CLIPPED_RIGHT


@pytest.fixture
def slab() -> Slab:
    builder = SlabBuilder()
    builder.add_whole(7, b"ab\ncd")
    builder.add_windows(9, b"xyz\nw\n", array("i", (10, 3, LEFT, 40, 1, RIGHT)).tobytes())
    builder.add_whole(8, b"")
    builder.add_whole(3, b"\n")
    return builder.take()


def test_every_byte_is_in_its_piece(slab: Slab) -> None:
    pieces = [slab.piece(at) for at in range(len(slab.text))]
    first, second, third = Piece(7, 0, 5, 0, 0), Piece(9, 6, 9, 10, LEFT), Piece(9, 10, 11, 40, RIGHT)
    assert pieces == [first] * 6 + [second] * 4 + [third] * 2 + [Piece(8, 12, 12, 0, 0)] + [Piece(3, 13, 14, 0, 0)] * 2


def test_every_piece_is_followed_by_a_newline(slab: Slab) -> None:
    assert slab.text == b"ab\ncd\nxyz\nw\n\n\n\n"
    assert all(slab.text[slab.piece(at).end] == 0x0A for at in range(len(slab.text)))


def test_behind_the_last_window_is_nothing() -> None:
    builder = SlabBuilder()
    builder.add_windows(1, b"w\n", array("i", (40, 1, FRAGMENT)).tobytes())
    with pytest.raises(IndexError):
        builder.take().piece(2)


def test_a_builder_is_full_at_its_size_and_empty_when_taken() -> None:
    builder = SlabBuilder(4)
    builder.add_whole(1, b"ab")
    assert not builder.full
    builder.add_whole(2, b"")
    assert builder.full
    assert builder.take().owners == [1, 2]
    assert not builder.full
    assert builder.take() == Slab(b"", [], [], [])
