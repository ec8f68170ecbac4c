"""Reads single objects through `git cat-file --batch`: slower than reading packs, and able to read whatever git can."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from keyguard.errors import ObjectError
from keyguard.git.pieces import overlapping
from keyguard.git.place import Place
from keyguard.git.process import end, failure, start

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator, Mapping
    from types import TracebackType

    from keyguard.git.repository import Repository

_ID_LENGTHS = (40, 64)
_HEX = frozenset("0123456789abcdef")
_CHUNK = 1 << 16
_FACTS = 3
_HEAD = 256  # no first line is longer


class OversizedError(ObjectError):
    """An object of this kind holds more bytes than were asked for."""

    def __init__(self, kind: str, size: int) -> None:
        super().__init__(f"it holds {size} bytes")
        self.kind = kind


class CatFile:
    """One git process that answers many questions. Use as a context manager, from one thread.

    An object that is missing or damaged raises ObjectError, whose message is the reason; the next one can be asked
    for all the same. `avoid` are objects that git is never asked for.
    """

    def __init__(self, repo: Repository | Place, avoid: frozenset[str] = frozenset()) -> None:
        self._repo = repo
        self._avoid = avoid
        self._process: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None
        # git sends less than it announced for a damaged loose object, and then waits. So each question is followed by
        # one for a name that cannot be ("?" is not for refs), and its answer ends ours.
        self._mark = b"keyguard?" + os.urandom(32).hex().encode()

    def __enter__(self) -> CatFile:  # noqa: PYI034 - typing.Self is not in Python 3.10
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, oid: str, limit: int | None = None) -> tuple[str, bytes]:
        """Kind ("blob", "tree", "commit", "tag") and content of an object. Raises OversizedError over `limit` bytes."""
        answer = self._answer(oid)
        first = next(answer)
        kind, size = _facts(first.partition(b"\n")[0])
        if limit is not None and size > limit:
            self._stop()
            raise OversizedError(kind, size)
        _, _, content = b"".join((first, *answer)).partition(b"\n")
        if len(content) != size + 1:
            raise _cut_short(len(content) - 1, size)
        return kind, content[:-1]

    def pieces(self, oid: str, size: int, overlap: int) -> Iterator[tuple[int, bytes]]:
        """An object's content in overlapping pieces with their offsets, never whole in memory here."""
        answer = self._answer(oid)
        head, _, start_of_it = next(answer).partition(b"\n")
        _, announced = _facts(head)
        read, left = _content(start_of_it, answer, announced)
        finished = False
        try:
            yield from overlapping(read, size, overlap)
            for _ in answer:
                pass  # the line break after the content
            finished = True
        finally:
            if not finished:
                self._stop()
        if left():
            raise _cut_short(announced - left(), announced)

    def _answer(self, oid: str) -> Iterator[bytes]:
        """What git says to one question, as it comes. The first part holds the whole first line."""
        if len(oid) not in _ID_LENGTHS or not set(oid) <= _HEX:
            raise ObjectError(f"{oid!r} is not an object id")
        if oid in self._avoid:
            raise ObjectError("git was not asked: it would come to no end")
        process = self._running()
        assert process.stdin is not None  # noqa: S101 - for mypy: _running() pipes both
        assert process.stdout is not None  # noqa: S101
        try:
            process.stdin.write(b"%s\n%s\n" % (oid.encode(), self._mark))
        except OSError as error:
            raise self._died() from error
        last = self._mark + b" missing\n"
        held = b""
        while part := process.stdout.read(_CHUNK):
            held += part
            if held.endswith(last):
                yield held[: -len(last)]
                return
            if len(held) > _HEAD + len(last):
                yield held[: -len(last)]
                held = held[-len(last) :]
        raise self._died()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            import subprocess

            self._words = _nameless()
            command, cwd, env = _asking(self._repo)
            self._process = start(command, cwd=cwd, env=env, stdin=subprocess.PIPE, stderr=self._words, buffered=False)
        return self._process

    def _died(self) -> ObjectError:
        """The error for an answer that git did not live to finish."""
        said = b""
        if self._words is not None:
            self._words.seek(0)
            said = self._words.read()
        self._stop()
        return ObjectError(str(failure(said, 0)) if said else "git could not read it")

    def _stop(self) -> None:
        if self._process is not None:
            end(self._process)
            self._process = None
        if self._words is not None:
            self._words.close()
            self._words = None


def _nameless() -> IO[bytes]:
    """A file for git's words. Linux has one without the 8 ms that importing tempfile takes."""
    if hasattr(os, "memfd_create"):
        try:
            return os.fdopen(os.memfd_create("git-words"), "w+b")
        except OSError:
            pass  # an old kernel
    import tempfile

    return tempfile.TemporaryFile()


def _asking(repo: Repository | Place) -> tuple[list[str], str | None, Mapping[str, str] | None]:
    """The command, and the folder and environment to run it in."""
    if isinstance(repo, Place):
        return ["cat-file", "--batch"], repo.folder, repo.environment
    return [f"--git-dir={repo.git_dir}", "cat-file", "--batch"], None, None


def _facts(head: bytes) -> tuple[str, int]:
    fields = head.decode("ascii", "replace").split()
    if len(fields) == _FACTS and fields[2].isdigit():
        return fields[1], int(fields[2])
    raise ObjectError("not in this repository" if fields[-1:] == ["missing"] else "git could not read it")


def _cut_short(there: int, announced: int) -> ObjectError:
    return ObjectError(f"damaged: {there} bytes where {announced} were announced")


def _content(first: bytes, rest: Iterator[bytes], size: int) -> tuple[Callable[[int], bytes], Callable[[], int]]:
    """A `read(n)` over the first `size` bytes of an answer, and how many of them are left."""
    held, left = first, size

    def read(wanted: int) -> bytes:
        nonlocal held, left
        while not held and left:
            held = next(rest, b"")
            if not held:
                return b""
        part = held[: min(wanted, left)]
        held = held[len(part) :]
        left -= len(part)
        return part

    return read, lambda: left
