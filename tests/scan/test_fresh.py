from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.git.added import Lines, added_lines, staged_lines
from keyguard.git.catfile import CatFile
from keyguard.git.changes import staged_changes
from keyguard.git.place import Place
from keyguard.scan.changed import ChangeScanner
from keyguard.scan.fresh import FreshLines
from keyguard.scan.matcher import open_matcher
from tests.scan.planting import token
from tests.scan.situations import secret_line, stage

if TYPE_CHECKING:
    from keyguard.scan.options import ScanOptions
    from keyguard.triage.group import Sighting
    from tests.repositories import Repo

TEXT = b"one\ntwo\nthree\nfour"
KEY = b"-----%b PRIVATE KEY-----\n" + b"MIIBvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n" * 12
ROWS = st.lists(
    st.sampled_from(
        [b"x = 1\n", b"\n", b"password = 'q7Zr4kP0wLm2'\n", secret_line("a"), secret_line("b"), KEY % b"BEGIN"]
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("lines", "start", "end", "touches"),
    [
        ([], 0, 1, False),
        ([Lines(1, 1)], 0, 1, True),
        ([Lines(1, 1)], 3, 4, True),
        ([Lines(1, 1)], 4, 5, False),
        ([Lines(2, 3)], 0, 4, False),
        ([Lines(2, 3)], 0, 5, True),
        ([Lines(2, 3)], 13, 14, True),
        ([Lines(2, 3)], 14, 18, False),
        ([Lines(1, 1), Lines(4, 4)], 4, 14, False),
        ([Lines(1, 1), Lines(4, 4)], 17, 18, True),
        ([Lines(1, 1 << 62)], 17, 18, True),
    ],
)
def test_touching(lines: list[Lines], start: int, end: int, touches: bool) -> None:
    assert FreshLines(TEXT, lambda: lines).touch(start, end) is touches


def test_the_lines_are_asked_for_once() -> None:
    asked: list[int] = []

    def lines() -> list[Lines]:
        asked.append(1)
        return [Lines(1, 1)]

    fresh = FreshLines(TEXT, lines)
    assert not asked
    assert [fresh.touch(at, at + 1) for at in range(6)] == [True] * 4 + [False] * 2
    assert len(asked) == 1


def test_lines_of_all_files_at_once(git_repo: Repo) -> None:
    place = Place(str(git_repo.path), {**os.environ})
    git_repo.commit(
        {"a": b"1\n2\n", "b": b"1\n" * 40, "c d": b"1\n2\n", "gone": b"x\n", "mode": b"x\n", "bin": b"\0\n1\n"}
    )
    stage(git_repo, {"a": b"0\n1\n3\n", "new": b"of its own\n", "c d": b"1\n", "bin": b"\0\n2\n"})
    git_repo.git("mv", "b", "moved")
    stage(git_repo, {"moved": b"1\n" * 40 + b"@@ -1 +1 @@\nindex 1..2\n"})
    git_repo.git("rm", "--quiet", "gone")
    git_repo.git("update-index", "--chmod=+x", "mode")
    found = staged_lines(place)
    pairs = {(old, change.new) for change in staged_changes(place).changes for old in change.olds}
    assert found.keys() == pairs
    assert found == {pair: added_lines(place, *pair) for pair in pairs}
    assert sorted(found.values()) == [[], [Lines(1, 1), Lines(3, 3)], [Lines(2, 2)], [Lines(41, 42)]]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=ROWS, new=ROWS)
def test_what_is_spared_changes_no_finding(
    git_repo: Repo, options: ScanOptions, old: list[bytes], new: list[bytes]
) -> None:
    place = Place(str(git_repo.path), {**os.environ})
    git_repo.commit({"a.txt": b"".join(old), "b.txt": token("other")})
    stage(git_repo, {"a.txt": b"".join(new), "b.txt": token("other") + b"\n"})
    matcher = open_matcher(options)

    def sightings(lines: bool) -> list[Sighting]:
        with CatFile(place) as git:
            known = partial(staged_lines, place) if lines else None
            scanner = ChangeScanner(matcher, place, git, options, known)
            scanner.add_changes(staged_changes(place).changes)
            return scanner.outcome().sightings

    assert sightings(True) == sightings(False)
