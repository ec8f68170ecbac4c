"""Paths as URI references."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard.report.uris import path_uri, place_uri
from tests.report.sample import location, provenance

REFERENCE = re.compile(r"[A-Za-z0-9\-._~/]|%[0-9A-F]{2}")


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (b"a b.py", "a%20b.py"),
        (b"a\"b'c", "a%22b%27c"),
        (b"a\nb", "a%0Ab"),
        ("größe".encode(), "gr%C3%B6%C3%9Fe"),
        (b"\xff\xfe", "%FF%FE"),
        (b"100%/#x?y", "100%25/%23x%3Fy"),
        (b"http://x", "http%3A//x"),
        (b"a\\b", "a%5Cb"),
        (b"./a", "a"),
        (b".//./a", "a"),
        (b"../a", "../a"),
        (b"/etc/x y", "file:///etc/x%20y"),
    ],
)
def test_path_uri(path: bytes, uri: str) -> None:
    assert path_uri(path) == uri


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        (rb"src\my file.py", "src/my%20file.py"),
        (rb".\a", "a"),
        (rb"C:\Users\x", "file:///C:/Users/x"),
        (rb"\\server\share\x", "file://server/share/x"),
    ],
)
def test_path_uri_on_windows(path: bytes, uri: str) -> None:
    assert path_uri(path, "\\") == uri


@given(st.binary(min_size=1).filter(lambda path: not path.startswith((b"./", b"/"))))
def test_every_relative_path_survives(path: bytes) -> None:
    uri = path_uri(path)
    assert not REFERENCE.sub("", uri)
    assert unquote_to_bytes(uri) == path


@pytest.mark.parametrize(
    ("kind", "path", "uri"),
    [
        ("stdin", b"", "stdin"),
        ("ref", b"refs/heads/x y", ".git/refs/heads/x%20y"),
        ("commit", b"", ".git/commits/" + "f" * 39 + "1"),
        ("tag", b"v1", ".git/tags/" + "f" * 39 + "1"),
        ("file", b"", ".git/objects/" + "f" * 39 + "1"),
        ("file", b"a\\b", "a%5Cb"),
        ("path", b"a b", "a%20b"),
    ],
)
def test_places_of_a_history_have_a_uri_on_any_machine(kind: str, path: bytes, uri: str) -> None:
    assert place_uri(location(kind, path, 1, 1), provenance("1", "head"), path, "\\") == uri


def test_a_place_without_path_and_object_still_has_a_uri() -> None:
    assert place_uri(location("file", b"", 1, 1), None, b"", "/") == ".git/objects/unknown"
