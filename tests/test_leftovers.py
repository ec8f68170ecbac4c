from __future__ import annotations

import gzip
import sqlite3
import zlib
from base64 import b64encode
from pathlib import Path

import pytest

from tests.leftovers import holders

VALUE = "a-value/that+is=long-enough"


@pytest.mark.parametrize(
    "data",
    [
        f"x{VALUE}y".encode(),
        b"blob" + zlib.compress(f"blob 9\0{VALUE}".encode() * 3),
        gzip.compress(VALUE.encode(), mtime=0),
        b64encode(f"user:{VALUE}".encode()),
        b64encode(f"a:{VALUE}".encode()),
        VALUE.encode().hex().encode(),
        b"token=a-value%2Fthat%2Bis%3Dlong-enough&x=1",
    ],
)
def test_finds_it_in_every_form(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "held").write_bytes(data)
    (tmp_path / "other").write_bytes(b"x")
    assert holders([VALUE], tmp_path) == [str(tmp_path / "held")]


def test_finds_it_in_pieces_of_a_database(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE entry (body TEXT)")
    database.execute("INSERT INTO entry VALUES (?)", ("".join(f"{number:04}{VALUE}" for number in range(900)),))
    database.commit()
    database.close()
    assert holders([VALUE], tmp_path) == [str(path)]


def test_says_nothing_where_nothing_is(tmp_path: Path) -> None:
    (tmp_path / "clean").write_bytes(b"x\x9c" + VALUE[:-1].encode() + zlib.compress(VALUE[1:].encode()))
    assert holders([VALUE], tmp_path) == []
