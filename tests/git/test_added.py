from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.errors import GitError
from keyguard.git.added import Lines, added_lines
from keyguard.git.place import Place

if TYPE_CHECKING:
    from tests.repositories import Repo

LINES = st.lists(
    st.sampled_from([b"a", b"+b", b"-c", b"@@ -1 +1 @@", b"\\ No newline", b"diff --git", b""]), max_size=8
)


def added(repo: Repo, old: bytes, new: bytes) -> list[Lines]:
    return added_lines(Place(str(repo.path)), repo.blob(old), repo.blob(new))


def test_an_object_that_is_missing(git_repo: Repo) -> None:
    with pytest.raises(GitError):
        added_lines(Place(str(git_repo.path)), "1" * 40, git_repo.blob(b"x"))


@pytest.mark.parametrize("new", [b"a\nb\nc\n", b"a\nc\n", b"", b"a\nb\nc", b"a\r\nb\r\nc\r\n"])
def test_nothing_is_new(git_repo: Repo, new: bytes) -> None:
    assert added(git_repo, b"a\nb\nc\n", new) == []


def test_lines_of_several_hunks(git_repo: Repo) -> None:
    assert added(git_repo, b"a\nb\nc\n", b"0\na\nb2\nb3\nc\n") == [Lines(1, 1), Lines(3, 4)]
    assert added(git_repo, b"", b"a\nb") == [Lines(1, 2)]
    assert added(git_repo, b"\0a\n\0b\n", b"\0a\n\0c\n") == [Lines(2, 2)]


def test_touching() -> None:
    assert Lines(3, 5).touches(5, 9)
    assert Lines(3, 5).touches(1, 3)
    assert not Lines(3, 5).touches(6, 6)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(old=LINES, new=LINES)
def test_what_is_left_without_them_was_there(git_repo: Repo, old: list[bytes], new: list[bytes]) -> None:
    """Whatever the lines look like, those that are not new stand in the old text, in the same order."""
    found = added(git_repo, b"\n".join(old) + b"\n", b"\n".join(new) + b"\n")
    rest = iter(old or [b""])
    kept = [
        line for number, line in enumerate(new or [b""], 1) if not any(each.touches(number, number) for each in found)
    ]
    assert all(line in rest for line in kept)
