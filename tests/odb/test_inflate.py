"""Zlib streams: what they declare is what they give, or they are refused."""

from __future__ import annotations

import random
import tracemalloc
import zlib

import numpy as np
import numpy.typing as npt
import pytest

from keyguard.odb.delta import IMPLEMENTATION
from keyguard.odb.inflate import PACKED, _inflate_each, _native, inflate, inflate_head, inflate_many

SMALL = random.Random(1).randbytes(3000)
LARGE = random.Random(2).randbytes(200_000)  # over the size up to which a stream is inflated in one go


@pytest.mark.parametrize("content", [b"", b"x", SMALL, LARGE], ids=len)
@pytest.mark.parametrize("after", [b"", b"the next object"])
def test_what_is_declared(content: bytes, after: bytes) -> None:
    assert inflate(zlib.compress(content) + after, len(content)) == content
    assert inflate(memoryview(zlib.compress(content) + after), len(content)) == content


@pytest.mark.parametrize("content", [b"x", SMALL, LARGE], ids=len)
@pytest.mark.parametrize("off", [-1, 1, 1 << 20, 1 << 60])
def test_another_size_is_refused(content: bytes, off: int) -> None:
    with pytest.raises(ValueError, match="another size"):
        inflate(zlib.compress(content), len(content) + off)


@pytest.mark.parametrize("content", [b"x", SMALL, LARGE], ids=len)
def test_every_cut_is_refused(content: bytes) -> None:
    packed = zlib.compress(content)
    for end in {0, 1, 2, len(packed) // 2, *range(max(0, len(packed) - 8), len(packed))}:
        with pytest.raises(ValueError, match=r"broken|another size|cut short"):
            inflate(packed[:end], len(content))


@pytest.mark.parametrize("content", [SMALL, LARGE], ids=len)
def test_every_flipped_bit_is_refused(content: bytes) -> None:
    rng = random.Random(3)
    packed = zlib.compress(content)
    for place in [*range(12), *range(len(packed) - 8, len(packed)), *(rng.randrange(len(packed)) for _ in range(60))]:
        flipped = bytearray(packed)
        flipped[place] ^= 1 << rng.randrange(8)
        try:
            found = inflate(bytes(flipped), len(content))
        except ValueError:
            continue
        assert found == content


def test_bombs_do_not_go_off() -> None:
    """Nothing but zeros, less than 64 KiB of them when packed, and more."""
    deflater = zlib.compressobj(9)
    packed = b"".join(deflater.compress(bytes(1 << 20)) for _ in range(128)) + deflater.flush()
    for bomb, most in ((zlib.compress(bytes(60 << 20), 9), 150 << 20), (packed, 4 << 20)):
        for declared in (0, 10, 1 << 20):
            tracemalloc.start()
            with pytest.raises(ValueError, match="another size"):
                inflate(bomb, declared)
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < most


def test_heads() -> None:
    assert inflate_head(zlib.compress(SMALL), 10) == SMALL[:10]
    assert inflate_head(zlib.compress(b"abc"), 10) == b"abc"
    assert inflate_head(zlib.compress(b"abc")[:4], 10) in (b"", b"a", b"ab", b"abc")
    with pytest.raises(ValueError, match="broken"):
        inflate_head(b"not zlib", 10)


def packed(contents: list[bytes]) -> tuple[bytes, npt.NDArray[np.int64]]:
    """Objects as a pack holds them, with two bytes for a header, and what `inflate_many` is told of them."""
    data, rows = b"", []
    for content in contents:
        start, stream = len(data), zlib.compress(content)
        data += b"hh" + stream
        rows.append((start, start + 2, len(data), len(content), zlib.crc32(b"hh" + stream)))
    return data, np.array(rows, np.int64).reshape(-1, PACKED)


ways = pytest.mark.parametrize("run", [inflate_many, _inflate_each], ids=["C", "python"])


def test_the_c_step_is_used_where_it_is() -> None:
    assert (_native() is None) == (IMPLEMENTATION != "C")


@ways
def test_many_come_one_after_another(run) -> None:  # type: ignore[no-untyped-def]
    contents = [SMALL, b"", b"x", LARGE, bytes(1 << 20)]
    data, rows = packed(contents)
    assert run(memoryview(data), rows) == b"".join(contents)
    assert run(memoryview(data), rows[1:3]) == b"x"
    assert run(memoryview(data), rows[:0]) == b""


@ways
@pytest.mark.parametrize("column", range(PACKED))
@pytest.mark.parametrize("off", [-(1 << 40), -(1 << 20), -3, -1, 1, 3, 1 << 20, 1 << 40, 1 << 62])
def test_one_that_is_not_as_told_spoils_all(run, column: int, off: int) -> None:  # type: ignore[no-untyped-def]
    data, rows = packed([SMALL, b"some text", b"x"])
    rows[1, column] += off
    if rows[1, 4] < 0 or (run is _inflate_each and column < 3):
        pytest.skip("it is not looked at, or slices forgive it")
    with pytest.raises(ValueError, match=r"not what|broken|size|checksum|cut short|non-negative"):
        run(memoryview(data), rows)


@ways
def test_none_gives_less_than_it_holds(run) -> None:  # type: ignore[no-untyped-def]
    for content in (b"x", SMALL):
        data, rows = packed([content])
        rows[0, 3] = 0
        with pytest.raises(ValueError, match=r"not what|another size"):
            run(memoryview(data), rows)


@ways
def test_a_checksum_may_be_left_out(run) -> None:  # type: ignore[no-untyped-def]
    data, rows = packed([SMALL, b"x"])
    rows[:, 4] = -1
    assert run(memoryview(b"ii" + data[2:]), rows) == SMALL + b"x"


@ways
def test_every_flipped_byte_of_many_is_refused(run) -> None:  # type: ignore[no-untyped-def]
    data, rows = packed([SMALL, b"some text", b"x"])
    for place in range(len(data)):
        flipped = bytearray(data)
        flipped[place] ^= 1 << place % 8
        with pytest.raises(ValueError, match=r"not what|broken|size|checksum|cut short"):
            run(memoryview(bytes(flipped)), rows)
