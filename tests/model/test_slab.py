from __future__ import annotations

from array import array

import pytest

from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT, Piece, Slab
from keyguard.sources.slabs import SlabBuilder

LEFT, RIGHT = FRAGMENT | CLIPPED_LEFT, FRAGMENT | CLIPPED_RIGHT


@pytest.fixture
def slab() -> Slab:
    rows = array("i", (10, 3, LEFT, 40, 1, RIGHT)).tobytes()
    return Slab(b"ab\ncd\nxyz\nw\n\n\n\n", [0, 6, 12, 13], [7, 9, 8, 3], [0, 0, 2, 2, 2], rows, [6, 10])


def test_every_byte_is_in_its_piece(slab: Slab) -> None:
    pieces = [slab.piece(at) for at in range(len(slab.text))]
    first, second, third = Piece(7, 0, 5, 0, 0), Piece(9, 6, 9, 10, LEFT), Piece(9, 10, 11, 40, RIGHT)
    assert pieces == [first] * 6 + [second] * 4 + [third] * 2 + [Piece(8, 12, 12, 0, 0)] + [Piece(3, 13, 14, 0, 0)] * 2


def test_every_piece_is_followed_by_a_newline(slab: Slab) -> None:
    assert slab.text == b"ab\ncd\nxyz\nw\n\n\n\n"
    assert all(slab.text[slab.piece(at).end] == 0x0A for at in range(len(slab.text)))


def test_behind_the_last_window_is_nothing() -> None:
    slab = Slab(b"w\n", [0], [1], [0, 1], array("i", (40, 1, FRAGMENT)).tobytes(), [0])
    with pytest.raises(IndexError):
        slab.piece(2)


def test_which_stand_in_windows(slab: Slab) -> None:
    assert slab.in_windows() == {9}


def test_whole_objects_make_a_slab() -> None:
    builder = SlabBuilder()
    builder.add_whole(7, b"ab\ncd")
    builder.add_whole(8, b"")
    assert builder.take() == Slab(b"ab\ncd\n\n", [0, 6], [7, 8], [0, 0, 0], b"", [])


def test_a_builder_is_full_at_its_size_and_empty_when_taken() -> None:
    builder = SlabBuilder(4)
    builder.add_whole(1, b"ab")
    assert not builder.full
    builder.add_whole(2, b"")
    assert builder.full
    assert builder.take().owners == [1, 2]
    assert not builder.full
    assert builder.take() == Slab(b"", [], [], [0], b"", [])
