"""Puts keyguard's hooks into a folder of hooks, beside what is there, and takes them out again."""

from __future__ import annotations

import os
import stat
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import GitError
from keyguard.git.hookscripts import KEPT, MARK, hook_script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.git.place import Place

_UNSET = (0, 1, 5)  # git config: 1, no such key; 5, nothing to unset


class State(Enum):
    """What stands where a hook is looked for. OUTDATED: ours, as another version of keyguard wrote it."""

    MISSING = "not installed"
    INSTALLED = "installed"
    OUTDATED = "installed by another version"
    OTHER = "not installed; another hook is there"


class Hook(NamedTuple):
    """One hook: `kept` says that another one runs before it."""

    name: str
    path: str
    state: State
    kept: bool


def hooks_folder(place: Place) -> str:
    """Where git looks for the hooks of a repository; core.hooksPath is heeded. GitError outside of a repository."""
    answer = place.ask(["rev-parse", "--git-path", "hooks"]).stdout.removesuffix(b"\n")
    return os.path.join(place.folder or "", os.fsdecode(answer))


def template_folder(place: Place) -> str:
    """The folder whose content new repositories get; empty where none is set."""
    answer = place.ask(["config", "--global", "--path", "--get", "init.templateDir"], codes=_UNSET)
    return os.fsdecode(answer.stdout.removesuffix(b"\n"))


def set_template_folder(place: Place, folder: str) -> None:
    """`folder` empty: none any more."""
    words = ["init.templateDir", folder] if folder else ["--unset", "init.templateDir"]
    place.ask(["config", "--global", *words], codes=(0,) if folder else _UNSET)


def inspect(folder: str, names: Sequence[str]) -> list[Hook]:
    return [_inspect(folder, name) for name in names]


def install(folder: str, name: str) -> Hook:
    """Write a hook. One that was there is kept and runs first. Does nothing more the second time."""
    before = _inspect(folder, name)
    if before.state is State.OTHER:
        if before.kept:
            raise GitError(
                f"{before.path} is not keyguard's, and {before.path}{KEPT} is taken by an older hook",
                "make one of the two, or remove the older one",
            )
        _rename(before.path, before.path + KEPT)
    if before.state is not State.INSTALLED:
        _write(before.path, hook_script(name))
    return _inspect(folder, name)


def uninstall(folder: str, name: str) -> Hook:
    """Remove a hook if it is keyguard's, and put back the one that was there before."""
    before = _inspect(folder, name)
    if before.state in {State.INSTALLED, State.OUTDATED}:
        try:
            os.unlink(before.path)
        except OSError as error:
            raise GitError(f"{before.path}: {error.strerror}") from error
        if before.kept:
            _rename(before.path + KEPT, before.path)
    return _inspect(folder, name)


def _inspect(folder: str, name: str) -> Hook:
    path = os.path.join(folder, name)
    kept = os.path.lexists(path + KEPT)
    if not os.path.lexists(path):
        return Hook(name, path, State.MISSING, kept)
    try:
        with open(path, "rb") as file:
            text = file.read()
    except OSError:
        return Hook(name, path, State.OTHER, kept)  # a link that leads nowhere, or one that is not for us to read
    if MARK.partition(b" 1")[0] not in text:
        return Hook(name, path, State.OTHER, kept)
    runs = os.name == "nt" or os.access(path, os.X_OK)
    return Hook(name, path, State.INSTALLED if text == hook_script(name) and runs else State.OUTDATED, kept)


def _write(path: str, text: bytes) -> None:
    """Whole or not at all: git may start a hook at any time."""
    draft = f"{path}.{os.getpid()}.new"
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(draft, "wb") as file:
            file.write(text)
        mode = os.stat(draft).st_mode
        os.chmod(draft, mode | (mode & 0o444) >> 2 | stat.S_IXUSR)
        os.replace(draft, path)
    except OSError as error:
        raise GitError(f"{path}: {error.strerror}") from error


def _rename(old: str, new: str) -> None:
    try:
        os.rename(old, new)
    except OSError as error:
        raise GitError(f"{old}: {error.strerror}") from error
