from __future__ import annotations

import pickle
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import regex

from keyguard.providers.loader import load_rules
from keyguard.triage.patterns import Patterns

if TYPE_CHECKING:
    from pathlib import Path

PATTERN = r"(?i:key)[=:](?P<secret>[a-z0-9]{4,9}(?!x))|(?P<secret2>\\bq{3})"
TEXTS = (b"KEY=abcd12", b"key:abcd1234x qqq", b"nothing", b"xqqq", b"\xff key=\xe4bcd")


def ends(pattern: object) -> list[object]:
    assert isinstance(pattern, regex.Pattern)
    return [(match.span(), match.groupdict()) for text in TEXTS for match in pattern.finditer(text, overlapped=True)]


def test_what_is_kept_finds_the_same(tmp_path: Path) -> None:
    plain = regex.compile(PATTERN.encode())
    for _ in range(2):
        made = Patterns(tmp_path).compiled(PATTERN)
        assert made.pattern == plain.pattern
        assert made.groupindex == plain.groupindex
        assert ends(made) == ends(plain)
    assert len(list((tmp_path / "patterns").iterdir())) == 1


def test_it_is_read(tmp_path: Path) -> None:
    first, second = (Patterns(tmp_path).compiled(pattern) for pattern in ("abc", "abd"))
    one, two = sorted((tmp_path / "patterns").iterdir(), key=lambda place: b"abd" in place.read_bytes())
    one.write_bytes(two.read_bytes())
    assert Patterns(tmp_path).compiled("abc").pattern == first.pattern  # the key says that it is of another pattern
    assert Patterns(tmp_path).compiled("abd").pattern == second.pattern


@pytest.mark.parametrize("keep", [0, 10, -1])
def test_what_is_damaged_is_made_again(tmp_path: Path, keep: int) -> None:
    Patterns(tmp_path).compiled(PATTERN)
    (place,) = (tmp_path / "patterns").iterdir()
    good = place.read_bytes()
    place.write_bytes(good[:keep])
    assert ends(Patterns(tmp_path).compiled(PATTERN)) == ends(regex.compile(PATTERN.encode()))
    assert place.read_bytes() == good


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    assert Patterns().compiled("a").search(b"a")
    (tmp_path / "file").write_bytes(b"in the way")
    assert Patterns(tmp_path / "file").compiled("a").search(b"a")


def test_a_worker_has_the_same_folder(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Patterns(tmp_path))).compiled("a")  # noqa: S301 - our own
    assert (tmp_path / "patterns").is_dir()


def test_every_pattern_of_ours_comes_back_as_it_was(tmp_path: Path) -> None:
    rules = load_rules().rules[::20]
    for _ in range(2):
        for rule in rules:
            made, plain = Patterns(tmp_path).compiled(rule.pattern), regex.compile(rule.pattern.encode())
            assert pickle.dumps(made) == pickle.dumps(plain)


def test_what_is_kept_needs_only_the_part_in_c(tmp_path: Path) -> None:
    """In a process of its own: what is imported later is the same, and a search that takes too long ends."""
    patterns = [PATTERN, "(?P<secret>(?:a|aa)+)+b"]
    for pattern in patterns:
        Patterns(tmp_path).compiled(pattern)
    script = f"""
import sys
from keyguard.triage.patterns import Patterns
one, slow = [Patterns({str(tmp_path)!r}).compiled(pattern) for pattern in {patterns!r}]
found = [(match.span(), match.groupdict()) for match in one.finditer(b"KEY=abcd12 qqq", overlapped=True)]
try:
    slow.search(b"a" * 60, timeout=0.01)
    sys.exit("it did not take too long")
except TimeoutError:
    pass
assert "regex" not in sys.modules
import regex
assert type(one) is regex.Pattern
assert Patterns().compiled("(b)").fullmatch(b"b")
plain = regex.compile({PATTERN.encode()!r})
again = plain.finditer(b"KEY=abcd12 qqq", overlapped=True)
assert found == [(match.span(), match.groupdict()) for match in again] != []
"""
    subprocess.run([sys.executable, "-c", script], check=True)
