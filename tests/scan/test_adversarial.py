"""Input made to waste time or memory: every scan of it ends, keeps within its memory, and says what it left out.

The limits here are generous; KEYGUARD_LARGE_TESTS runs the sizes of the real thing.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import struct
import tarfile
import time
import tracemalloc
import zipfile
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from keyguard.model import Skip
from keyguard.scan.contained import PLAIN, Unpacker
from keyguard.scan.matcher import open_matcher
from keyguard.scan.tree import scan_tree
from keyguard.sources.containers.budget import Allowance
from tests.scan.crates import make_tar, make_zip
from tests.scan.encodings import token
from tests.secrets import made_up

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Provenance, Report
    from keyguard.scan.options import ScanOptions

LARGE = bool(os.environ.get("KEYGUARD_LARGE_TESTS"))
SECONDS = 60.0
MIB = 1 << 20
TEXT = b"TOKEN=" + token() + b"\n"


def _scan(folder: Path, options: ScanOptions) -> Report:
    started = time.monotonic()
    report = scan_tree([folder], options._replace(use_git=False))
    assert time.monotonic() - started < SECONDS
    return report


def _values(report: Report) -> list[bytes]:
    return [finding.secret.reveal() for finding in report.findings]


# Plain text that is made to be slow.


@pytest.mark.parametrize(
    "size", [2 * MIB, pytest.param(200 * MIB, marks=pytest.mark.skipif(not LARGE, reason="large"))]
)
def test_a_file_of_one_letter(size: int, tmp_path: Path, options: ScanOptions) -> None:
    (tmp_path / "a.txt").write_bytes(b"a" * size)
    report = _scan(tmp_path, options._replace(max_object=max(MIB, size // 4)))
    assert report.complete
    assert not report.findings


def test_twice_the_text_takes_no_four_times_as_long(tmp_path: Path, options: ScanOptions) -> None:
    """Nothing is quadratic in the length of a line of encoded text, of escapes, or of one letter."""
    for unit in (b"a", b64encode(b"word and word "), b"%41%42", b"\\u0041", b"H4sIAAAA", b"41424344", b"\\x41"):
        spent = []
        for size in (MIB // 16, MIB // 4):
            (tmp_path / "a.txt").write_bytes(b'"' + unit * (size // len(unit)) + b'"')
            started = time.process_time()
            _scan(tmp_path, options)
            spent.append(time.process_time() - started)
        assert spent[1] < 4 * 4 * spent[0] + 2, unit


@pytest.mark.parametrize("line", [0, 76], ids=["one line", "wrapped"])
def test_base64_of_zeros(line: int, tmp_path: Path, options: ScanOptions) -> None:
    content = b64encode(bytes(2 * MIB))
    lines = [content[at : at + line] for at in range(0, len(content), line)] if line else [content]
    (tmp_path / "a.txt").write_bytes(b"\n".join(lines))
    assert _scan(tmp_path, options).complete


def test_many_lines_of_base64_are_decoded_in_one_go(tmp_path: Path, options: ScanOptions) -> None:
    content = b64encode(b"a line of plain words without a secret\n" * 20_000 + TEXT)
    lines = [content[at : at + 76] for at in range(0, len(content), 76)]
    (tmp_path / "a.txt").write_bytes(b"\n".join(lines) + b"\n")
    report = _scan(tmp_path, options)
    assert report.complete
    assert _values(report) == [token()]


@pytest.mark.parametrize("size", [MIB, pytest.param(10 * MIB, marks=pytest.mark.skipif(not LARGE, reason="large"))])
def test_a_long_line_of_json(size: int, tmp_path: Path, options: ScanOptions) -> None:
    row = b'{"id": 1, "name": "some \\"name\\" here", "url": "https:\\/\\/example.com\\/a?b=%20c\\u0026d=e"}, '
    (tmp_path / "a.json").write_bytes(b"[" + row * (size // len(row)) + b'{"token": "' + token() + b'"}]')
    report = _scan(tmp_path, options)
    assert report.complete
    assert _values(report) == [token()]


@pytest.mark.parametrize("size", [MIB, pytest.param(13 * MIB, marks=pytest.mark.skipif(not LARGE, reason="large"))])
def test_a_long_line_of_names_is_searched_to_its_end(size: int, tmp_path: Path, options: ScanOptions) -> None:
    row = b'{"token_name": "next", "password_hint": "ask anna", "api_key_id": "k1", "keys": ["a"], "secret": "none"}, '
    value = made_up("generic", "generic-quoted").secrets[0]
    (tmp_path / "a.json").write_bytes(b"[" + row * (size // len(row)) + b'{"api_token": "' + value + b'"}]')
    report = _scan(tmp_path, options)
    assert report.complete
    assert value in _values(report)


def test_compressed_text_in_base64_that_grows_without_end(tmp_path: Path, options: ScanOptions) -> None:
    bomb = b64encode(gzip.compress(bytes(8 * MIB)))
    (tmp_path / "a.txt").write_bytes(b"\n".join(b'x = "' + bomb + b'"' for _ in range(5)))
    tracemalloc.start()
    _scan(tmp_path, options)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * MIB


@pytest.mark.parametrize("part", range(10))
def test_a_hostile_line_for_each_rule(part: int, options: ScanOptions) -> None:
    """Its literals over and over, among what repeats in patterns are eager to take."""
    import re

    from keyguard.sources.slabs import SlabBuilder

    size = 4_000 if LARGE else 200
    matcher = open_matcher(options)
    for rule in matcher.rules[part::10]:
        words = re.findall(r"[A-Za-z0-9_=:-]{3,}", rule.trigger)[:3] or [rule.id]
        lead = words[0].encode()
        lines = [
            lead * (8 * size // len(lead)),
            (lead + b'_key = "') * size,
            lead + b"a" * (10 * size),
            b" ".join(word.encode() for word in words) * (size // 4) + b" = '" + b"aA0_-" * (2 * size),
            (lead + b":=>\t ") * size,
        ]
        builder = SlabBuilder()
        for owner, line in enumerate(lines):
            builder.add_whole(owner, line)
        started = time.process_time()
        matcher.match(builder.take())
        # Where a pattern is slow it is stopped, and that is told; more than this would be a fault of the rule.
        assert time.process_time() - started < SECONDS, rule.id


# Containers.


class Members:
    """Takes what is unpacked, and only counts it."""

    def __init__(self) -> None:
        self.skips: list[Skip] = []
        self.names: list[bytes] = []
        self.size = 0

    def add(self, kind: str, path: bytes, content: bytes, provenance: Provenance | None = None) -> None:
        self.names.append(path)
        self.size += len(content)

    @property
    def reasons(self) -> str:
        return "; ".join(f"{skip.what}: {skip.reason}" for skip in self.skips)


def _unpack(content: bytes, allowance: Allowance = PLAIN) -> tuple[Members, int]:
    """What came out, and the most memory that took beyond what was there before."""
    members = Members()
    tracemalloc.start()
    started = time.monotonic()
    Unpacker(members, allowance).add(b"a", content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert time.monotonic() - started < SECONDS
    return members, peak


def _bombs() -> dict[str, bytes]:
    zeros = bytes(16 * MIB)
    return {
        "zip": make_zip({"zeros": zeros}),
        "gzip": gzip.compress(zeros),
        "bzip2": bz2.compress(zeros),
        "xz": lzma.compress(zeros),
        "tar.gz": gzip.compress(make_tar({"zeros": zeros})),
    }


@pytest.fixture(scope="module")
def bombs() -> dict[str, bytes]:
    return _bombs()


@pytest.mark.parametrize("kind", ["zip", "gzip", "bzip2", "xz", "tar.gz"])
def test_a_bomb_is_refused(kind: str, bombs: dict[str, bytes]) -> None:
    members, peak = _unpack(bombs[kind])
    assert "a bomb" in members.reasons
    assert members.size < MIB
    assert peak < 64 * MIB


def test_a_zst_bomb_is_refused() -> None:
    zstandard = pytest.importorskip("zstandard", reason="the extra `containers` is not installed")
    members, peak = _unpack(zstandard.compress(bytes(16 * MIB)))
    assert "a bomb" in members.reasons
    assert peak < 64 * MIB


def test_a_7z_bomb_is_refused(tmp_path: Path) -> None:
    py7zr = pytest.importorskip("py7zr", reason="the extra `containers` is not installed")
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.writestr(bytes(20 * MIB), "zeros")
    assert "a bomb" in _unpack((tmp_path / "a.7z").read_bytes())[0].reasons


def test_a_bomb_of_small_parts_meets_the_limit_of_all() -> None:
    inner = make_zip({f"{number}": os.urandom(64) * 2000 for number in range(40)})
    members, _ = _unpack(make_zip({f"{number}.zip": inner for number in range(40)}), Allowance(total=20 * MIB))
    assert "it unpacks to more than 20 MiB" in members.reasons
    assert members.size <= 20 * MIB + len(inner)


def test_a_zip_whose_members_share_their_bytes_is_bounded() -> None:
    """Many entries that point to one compressed stream."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("kernel", b"word " * 200_000)
        entry = archive.filelist[0]
        archive.filelist.extend([entry] * 3_000)
    members, _ = _unpack(out.getvalue(), Allowance(total=40 * MIB))
    assert members.size <= 40 * MIB
    assert members.reasons


def test_too_many_members_are_refused_before_they_are_listed() -> None:
    members, peak = _unpack(make_zip({f"f{number}": b"" for number in range(3_000)}), Allowance(members=100))
    assert "more than 100 members" in members.reasons
    assert len(members.names) <= 101
    assert peak < 16 * MIB
    members, _ = _unpack(make_tar({f"f{number}": b"" for number in range(300)}), Allowance(members=100))
    assert "more than 100 members" in members.reasons


def test_a_tar_with_absurd_sizes() -> None:
    for size in (8 * 1024 * MIB - 1, 2**62):
        info = tarfile.TarInfo("huge")
        info.size = size
        for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
            content = info.tobuf(form) + TEXT.ljust(1024, b"\0")
            members, peak = _unpack(content)
            assert members.skips, (size, form)
            assert peak < 16 * MIB


def test_a_tar_with_a_negative_size_ends() -> None:
    header = bytearray(tarfile.TarInfo("a").tobuf(tarfile.GNU_FORMAT))
    header[124:136] = b"\xff" * 11 + b"\0"
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    _unpack(bytes(header) * 4)


def test_a_zip_that_lies_about_its_sizes() -> None:
    content = bytearray(make_zip({"zeros": bytes(8 * MIB)}))
    for mark, packed in ((b"PK\x03\x04", 18), (b"PK\x01\x02", 20)):
        at = content.find(mark)
        struct.pack_into("<II", content, at + packed, 0xFFFFFFF0, 10)
    members, peak = _unpack(bytes(content))
    assert members.skips
    assert peak < 64 * MIB


def test_unpacking_has_a_time_limit() -> None:
    members, _ = _unpack(make_zip({"a": b"x", "b": b"y"}), Allowance(seconds=-1.0))
    assert "took more than" in members.reasons


@pytest.mark.parametrize("seed", range(10))
def test_damage_anywhere_ends_in_skips_alone(seed: int, tmp_path: Path) -> None:
    import random

    from tests.scan.crates import PACKERS, make_database

    rng = random.Random(seed)
    contents = [pack(bytes(range(256)) * 30 + TEXT) for pack in PACKERS.values()]
    contents.append(make_database(tmp_path / "a.db", [("k", b"v" * 300)] * 50))
    for content in contents:
        damaged = bytearray(content)
        for _ in range(rng.randint(1, 6)):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        _unpack(bytes(damaged))
