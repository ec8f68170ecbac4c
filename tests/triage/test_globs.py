from __future__ import annotations

import pytest

from keyguard.triage.globs import gitignore


@pytest.mark.parametrize("pattern", ["", "/"])
def test_empty_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="empty"):
        gitignore(pattern)


def test_a_bad_range_is_refused() -> None:
    with pytest.raises(ValueError, match="no path pattern"):
        gitignore("[z-a].py")


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.py", b"a.pyc"),
        ("/a.py", b"src/a.py"),
        ("src/*.py", b"src/deep/a.py"),
        ("src/*.py", b"lib/src/a.py"),
        ("docs/", b"docs"),
        ("a?c", b"a/c"),
        ("[!a]b", b"ab"),
        ("a**b", b"a/b"),
        (r"\*.py", b"a.py"),
        ("src", b"src2/a.py"),
    ],
)
def test_does_not_match(pattern: str, path: bytes) -> None:
    assert not gitignore(pattern).match(path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.py", b"src/deep/a.py"),
        ("/a.py", b"a.py"),
        ("src/*.py", b"src/a.py"),
        ("src/**/*.py", b"src/a.py"),
        ("src/**/*.py", b"src/one/two/a.py"),
        ("**/a.py", b"a.py"),
        ("**/a.py", b"x/y/a.py"),
        ("src/**", b"src/one/two"),
        ("docs/", b"lib/docs/a/b.md"),
        ("vendor", b"vendor/a/b.c"),
        ("[ab]?.txt", b"a1.txt"),
        ("[!a]b", b"cb"),
        (r"\*.py", b"*.py"),
        ("größe.txt", "größe.txt".encode()),
        ("a[b", b"a[b"),
    ],
)
def test_matches(pattern: str, path: bytes) -> None:
    assert gitignore(pattern).match(path)
