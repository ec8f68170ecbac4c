"""Containers of all kinds, made in memory."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import sqlite3
import tarfile
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def make_zip(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def make_tar(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def make_database(path: Path, rows: list[tuple[str, bytes]]) -> bytes:
    with contextlib.closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE settings (name TEXT, value TEXT)")
        database.executemany("INSERT INTO settings VALUES (?, ?)", [(name, value.decode()) for name, value in rows])
        database.execute("CREATE VIEW everything AS SELECT * FROM settings")
        database.commit()
    return path.read_bytes()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "a.zip!in/a.env": lambda content: make_zip({"in/a.env": content}),
    "a.tar!in/a.env": lambda content: make_tar({"in/a.env": content}),
    "a.tar.gz!in/a.env": lambda content: gzip.compress(make_tar({"in/a.env": content})),
    "a.tar.xz!in/a.env": lambda content: lzma.compress(make_tar({"in/a.env": content})),
    "a.env.gz!a.env": gzip.compress,
    "a.env.bz2!a.env": bz2.compress,
    "a.env.xz!a.env": lzma.compress,
    "a.whl!b.zip!c.env": lambda content: make_zip({"b.zip": make_zip({"c.env": content})}),
    "a.zip!b.tar.gz!c.env": lambda content: make_zip({"b.tar.gz": gzip.compress(make_tar({"c.env": content}))}),
}
