"""Zlib streams: what they declare is what they give, or they are refused."""

from __future__ import annotations

import random
import tracemalloc
import zlib

import pytest

from keyguard.odb.inflate import checksums, inflate, inflate_head

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


def test_checksums_are_those_of_a_pack_index() -> None:
    found = checksums(memoryview(SMALL), [0, 10], [len(SMALL), 20])
    assert found == [zlib.crc32(SMALL), zlib.crc32(SMALL[10:20])]
