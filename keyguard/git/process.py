"""Runs git: quiet, in English, never asking, never fetching, and never led astray by a hook's environment."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from keyguard.errors import GitError
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    Argument = str | bytes | Path

# fsmonitor is a command that the scanned repository's own configuration may name.
OPTIONS = ("--no-pager", "--no-replace-objects", "-c", "core.quotePath=false", "-c", "core.fsmonitor=false")
OVERRIDES = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # git before 2.45 does not know GIT_NO_LAZY_FETCH
}
# What `git rev-parse --local-env-vars` lists: inside a hook these point every git at the hook's repository.
LOCAL = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
)


class Output(NamedTuple):
    """What a finished git said."""

    stdout: bytes
    stderr: bytes
    code: int


def run(
    args: Sequence[Argument],
    *,
    cwd: Argument | None = None,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    codes: tuple[int, ...] = (0,),
) -> Output:
    """Run git to its end. An exit code that is not in `codes` raises GitError with git's last words.

    `env` None means the caller's environment without the variables that name another repository.
    """
    with _started(args, cwd, env) as process:
        stdout, stderr = process.communicate(stdin)
    if process.returncode not in codes:
        raise failure(stderr, process.returncode)
    return Output(stdout, stderr, process.returncode)


@contextmanager
def stream(args: Sequence[Argument], *, cwd: Argument | None = None, stdin: bytes = b"") -> Iterator[IO[bytes]]:
    """Run git and give its output as it comes. Leaving early ends git; a failure at the end raises GitError."""
    import tempfile

    with tempfile.TemporaryFile() as words, tempfile.TemporaryFile() as source:
        source.write(stdin)
        source.seek(0)
        with start(args, cwd=cwd, stdin=source, stderr=words) as process:
            assert process.stdout is not None  # noqa: S101 - for mypy: start() always pipes it
            try:
                yield process.stdout
                early = bool(process.stdout.read(1))
            except BaseException:
                process.kill()
                raise
            if early:
                process.kill()
        if process.returncode and not early:
            words.seek(0)
            raise failure(words.read(), process.returncode)


def start(
    args: Sequence[Argument],
    *,
    cwd: Argument | None = None,
    stdin: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
    env: Mapping[str, str] | None = None,
    buffered: bool = True,
) -> subprocess.Popen[bytes]:
    """Start git with its output piped. Unbuffered pipes give what has come instead of waiting for all."""
    import subprocess

    environment = _environment(env)
    try:
        return subprocess.Popen(
            [_executable(environment), *OPTIONS, *args],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL if stdin is None else stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            bufsize=-1 if buffered else 0,
        )
    except FileNotFoundError as error:
        if cwd is not None and not os.path.isdir(cwd):
            raise GitError(f"{show(cwd)}: no such folder") from error
        raise GitError("git was not found on the PATH", "Install git, or scan without it (--no-git).") from error
    except OSError as error:
        raise GitError(f"git could not be started: {error.strerror}") from error


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a git that is no longer needed and close its pipes."""
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                continue  # what was still to be written goes nowhere
    process.wait()


def failure(stderr: bytes, code: int) -> GitError:
    """The error that git's last words describe, with a hint where the cure is known."""
    text = stderr.decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.startswith(("fatal: ", "error: "))] or text.splitlines()
    last = lines[-1].strip() if lines else f"git ended with code {code}"
    if "dubious ownership" in text:
        owned = next((line for line in text.splitlines() if "dubious ownership" in line), last)
        folder = owned.partition("'")[2].rpartition("'")[0] or "FOLDER"
        return GitError(_plain(owned), f"If you trust it: git config --global --add safe.directory '{folder}'")
    if "not a git repository" in text.lower():
        return GitError(_plain(last), "Name a folder inside a git repository.")
    return GitError(_plain(last))


def show(path: Argument) -> str:
    """A path for people."""
    return os.fsencode(path).decode("utf-8", "replace")


def _plain(line: str) -> str:
    words = line.removeprefix("fatal: ").removeprefix("error: ")
    return f"git: {words}"


@contextmanager
def _started(
    args: Sequence[Argument], cwd: Argument | None, env: Mapping[str, str] | None
) -> Iterator[subprocess.Popen[bytes]]:
    import subprocess

    with start(args, cwd=cwd, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            raise


def _environment(env: Mapping[str, str] | None) -> dict[str, str]:
    if env is not None:
        return {**env, **OVERRIDES}
    # The one copy of the environment below `commands`: git itself needs PATH, HOME and its own settings.
    kept = {name: value for name, value in os.environ.items() if name not in LOCAL}  # noqa: TID251 - see above
    return {**kept, **OVERRIDES}


def _executable(env: Mapping[str, str]) -> str:
    """The name to start git by. Windows looks into the current folder first, which may be the hostile repository."""
    if sys.platform == "win32":
        folders = next((value for name, value in env.items() if name.upper() == "PATH"), "").split(os.pathsep)
        found = (os.path.join(folder, "git.exe") for folder in folders if os.path.isabs(folder))
        return next((path for path in found if os.path.isfile(path)), "git.exe")
    return "git"
