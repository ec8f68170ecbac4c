from __future__ import annotations

import pytest

from keyguard.errors import GitError
from keyguard.git.pushes import Pushed, read_pre_push, read_pre_receive

A, B, ZERO = "a" * 40, "b" * 64, "0" * 40


@pytest.mark.parametrize("line", ["refs/heads/x", f"x {A} y", f"x {A} y {A[1:]}", f"x {A.upper()} y {B}", "0 0 0 0"])
def test_refuses_what_git_does_not_write(line: str) -> None:
    with pytest.raises(GitError, match="standard input does not hold"):
        read_pre_push(line.encode())


def test_refuses_a_line_of_the_other_hook() -> None:
    with pytest.raises(GitError):
        read_pre_receive(f"refs/heads/x {A} refs/heads/x {B}".encode())


def test_no_lines() -> None:
    assert read_pre_push(b"") == read_pre_receive(b"\n") == []


def test_pre_push() -> None:
    lines = [f"HEAD~1 and more {A} refs/heads/x {B}", f"refs/heads/y {A} refs/heads/y {ZERO}"]
    lines.append(f"(delete) {ZERO} refs/heads/z {A}\n")
    assert read_pre_push("\n".join(lines).encode()) == [
        Pushed(b"refs/heads/x", B, A),
        Pushed(b"refs/heads/y", "", A),
        Pushed(b"refs/heads/z", A, ""),
    ]


def test_pre_receive() -> None:
    lines = f"{ZERO} {A} refs/heads/x\n{A} {B} refs/heads/\xff\n"
    assert read_pre_receive(lines.encode("latin-1")) == [
        Pushed(b"refs/heads/x", "", A),
        Pushed(b"refs/heads/\xff", A, B),
    ]
