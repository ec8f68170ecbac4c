"""What is in containers is found, and what cannot be read in them is told."""

from __future__ import annotations

import gzip
import io
import os
import sqlite3
import sys
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from keyguard.scan.tree import scan_stdin, scan_tree
from keyguard.sources.containers.databases import SHARED_MEMORY
from tests.scan.crates import PACKERS, make_database, make_tar, make_zip
from tests.scan.encodings import token

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Report
    from keyguard.scan.options import ScanOptions

TEXT = b"TOKEN=" + token() + b"\n"


def _scan(folder: Path, options: ScanOptions) -> tuple[list[str], list[str]]:
    """The places of secrets and the skips, by path below the folder."""
    return _told(scan_tree([folder], options._replace(use_git=False)), str(folder) + "/")


def _told(report: Report, prefix: str) -> tuple[list[str], list[str]]:
    places = [place.location for finding in report.findings for place in finding.occurrences]
    found = [f"{place.path.decode()}:{place.line}:{place.column}".removeprefix(prefix) for place in places]
    return sorted(found), sorted(f"{skip.what}: {skip.reason}".removeprefix(prefix) for skip in report.skipped)


@pytest.mark.parametrize("path", PACKERS)
def test_finds_what_is_inside(path: str, tmp_path: Path, options: ScanOptions) -> None:
    (tmp_path / path.partition("!")[0]).write_bytes(PACKERS[path](b"\n" + TEXT))
    assert _scan(tmp_path, options) == ([f"{path}:2:7"], [])
    large = options._replace(max_object=20)  # read from the file, not from memory
    assert _scan(tmp_path, large) == ([f"{path}:2:7"], [])


@pytest.mark.parametrize("path", [path for path in PACKERS if ".tar!" not in path])
def test_looks_into_nothing_where_that_is_not_wanted(path: str, tmp_path: Path, options: ScanOptions) -> None:
    (tmp_path / path.partition("!")[0]).write_bytes(PACKERS[path](TEXT * 3))
    assert _scan(tmp_path, options._replace(containers=False)) == ([], [])


def test_reads_zst_files(tmp_path: Path, options: ScanOptions) -> None:
    zstandard = pytest.importorskip("zstandard", reason="the extra `containers` is not installed")
    (tmp_path / "a.env.zst").write_bytes(zstandard.compress(TEXT))
    (tmp_path / "a.tar.zst").write_bytes(zstandard.compress(make_tar({"b.env": TEXT})))
    assert _scan(tmp_path, options) == (["a.env.zst!a.env:1:7", "a.tar.zst!b.env:1:7"], [])


def test_reads_7z_files(tmp_path: Path, options: ScanOptions) -> None:
    py7zr = pytest.importorskip("py7zr", reason="the extra `containers` is not installed")
    for name, password in (("a.7z", None), ("locked.7z", "open")):
        with py7zr.SevenZipFile(tmp_path / name, "w", password=password) as archive:
            archive.writestr(TEXT, "in/a.env")
    found, skipped = _scan(tmp_path, options)
    assert found == ["a.7z!in/a.env:1:7"]
    assert skipped == ["locked.7z: it is encrypted"]


@pytest.mark.parametrize(
    ("module", "magic"), [("zstandard", b"\x28\xb5\x2f\xfd" + b"x" * 20), ("py7zr", b"7z\xbc\xaf\x27\x1c" + b"x" * 40)]
)
def test_a_missing_library_names_the_extra(
    module: str, magic: bytes, tmp_path: Path, options: ScanOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    (tmp_path / "a").write_bytes(magic)
    [told] = _scan(tmp_path, options)[1]
    assert "keyguard[containers]" in told


# Before Python 3.11, sqlite3 reads no database from memory; Linux has files there.
no_databases = pytest.mark.skipif(
    sys.version_info < (3, 11) and sys.platform != "linux", reason="this Python cannot read databases from memory"
)


@no_databases
def test_reads_the_tables_of_a_database(tmp_path: Path, options: ScanOptions) -> None:
    make_database(tmp_path / "a.db", [("plain", b"x"), ("token", token())])
    found, skipped = _scan(tmp_path, options)
    assert "a.db!settings:5:9" in found
    assert not skipped
    (tmp_path / "a.db").write_bytes((tmp_path / "a.db").read_bytes()[:5000].ljust(8192, b"\x99"))
    assert _scan(tmp_path, options)[1][0].startswith("a.db: its tables cannot be read")


@no_databases
@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_reads_a_database_whatever_its_journal(mode: str, tmp_path: Path, options: ScanOptions) -> None:
    with closing(sqlite3.connect(tmp_path / "a.db")) as database, database:
        assert database.execute(f"PRAGMA journal_mode = {mode}").fetchone() == (mode,)
    make_database(tmp_path / "a.db", [("token", token())])
    before = (tmp_path / "a.db").read_bytes()
    found, skipped = _scan(tmp_path, options)
    assert (found[0], skipped) == ("a.db!settings:2:9", [])
    assert (tmp_path / "a.db").read_bytes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="files in memory")
def test_reads_a_database_as_on_python_3_10(
    tmp_path: Path, options: ScanOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a connection that cannot be given bytes; nothing is left behind."""
    before = set(os.listdir(SHARED_MEMORY))
    make_database(tmp_path / "a.db", [("plain", b"x"), ("token", token())])
    monkeypatch.setattr(sqlite3, "Connection", object)
    assert "a.db!settings:5:9" in _scan(tmp_path, options)[0]
    assert not {name for name in set(os.listdir(SHARED_MEMORY)) - before if name.startswith("keyguard-")}


def test_what_is_decoded_stands_in_a_member(tmp_path: Path, options: ScanOptions) -> None:
    from base64 import b64encode

    (tmp_path / "a.zip").write_bytes(make_zip({"a.yaml": b"data: " + b64encode(TEXT)}))
    assert _scan(tmp_path, options)[0] == ["a.zip!a.yaml:1:15"]


def test_a_container_can_come_by_standard_input(options: ScanOptions) -> None:
    assert _told(scan_stdin(io.BytesIO(make_zip({"a.env": TEXT})), options), "") == (["stdin!a.env:1:7"], [])


def test_an_encrypted_member_is_told_and_the_rest_read(tmp_path: Path, options: ScanOptions) -> None:
    content = bytearray(make_zip({"a.env": TEXT, "b.env": TEXT}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    (tmp_path / "a.zip").write_bytes(content)
    found, skipped = _scan(tmp_path, options)
    assert found == ["a.zip!a.env:1:7"]
    assert skipped == ["a.zip!b.env: it is encrypted"]


def test_a_broken_member_is_told_and_the_rest_read(tmp_path: Path, options: ScanOptions) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.env", b"words " * 99)
        archive.writestr("b.env", TEXT)
    (tmp_path / "a.zip").write_bytes(out.getvalue().replace(b"words words", b"words wordz", 1))
    found, skipped = _scan(tmp_path, options)
    assert "a.zip!b.env:1:7" in found
    [told] = skipped
    assert told.startswith("a.zip!a.env: it cannot be unpacked")


@pytest.mark.parametrize("path", PACKERS)
@pytest.mark.parametrize("cut", [0.3, 0.7, 0.95])
def test_a_container_that_is_cut_short_is_told(path: str, cut: float, tmp_path: Path, options: ScanOptions) -> None:
    content = PACKERS[path](bytes(range(32, 127)) * 200 + TEXT)
    if path.endswith(".tar!in/a.env"):
        content = content[: 512 + 19000]
    (tmp_path / path.partition("!")[0]).write_bytes(content[: int(len(content) * cut)])
    assert _scan(tmp_path, options)[1]


def test_garbage_with_the_first_bytes_of_a_container_is_told(tmp_path: Path, options: ScanOptions) -> None:
    for number, magic in enumerate((b"PK\x03\x04", b"\x1f\x8b\x08", b"\xfd7zXZ\0", b"SQLite format 3\0")):
        (tmp_path / f"{number}.bin").write_bytes(magic + bytes(range(1, 256)) * 9 + b"\n" + TEXT)
    found, skipped = _scan(tmp_path, options)
    assert len(skipped) == 4
    assert len(found) == 4  # their own bytes are scanned instead


def test_containers_in_each_other_have_a_limit(tmp_path: Path, options: ScanOptions) -> None:
    content = TEXT
    for number in range(60):
        content = make_zip({f"{number}.zip": content})
    (tmp_path / "a.zip").write_bytes(content)
    [told] = _scan(tmp_path, options)[1]
    assert "in 3 containers in each other" in told


def test_a_gzip_of_a_gzip_of_itself_ends(tmp_path: Path, options: ScanOptions) -> None:
    content = TEXT
    for _ in range(500):
        content = gzip.compress(content)
    (tmp_path / "a.gz").write_bytes(content)
    [told] = _scan(tmp_path, options)[1]
    assert "in 3 containers in each other" in told
