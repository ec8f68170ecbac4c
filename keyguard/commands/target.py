"""What the words of a scan's command line name: files, standard input, a repository, a range of commits."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from keyguard.commands.wishes import usage_error
from keyguard.model.namedtuple import NamedTuple

STDIN: Final = "-"


class Target(NamedTuple):
    """What to scan. `folder` is where the search for settings starts; empty where nothing local is scanned."""

    paths: tuple[str, ...]
    history: bool
    branch: str
    since: str
    revs: tuple[str, ...]
    folder: str


def choose(words: Sequence[str], revs: Sequence[str], branch: str, since: str, *, history: bool) -> Target:
    """Sort the words out, or raise click.UsageError with what is wrong about them. A URL asks for its history."""
    ranges = [word for word in words if is_range(word)]
    paths = tuple(word for word in words if word not in ranges) or (os.curdir,)
    urls = [path for path in paths if _is_url(path)]
    history = history or bool(urls)
    if not history:
        _refuse_history_words(branch, since)
    elif len(paths) > 1:
        raise usage_error(f"--history takes one repository, not {len(paths)}")
    elif paths == (STDIN,):
        raise usage_error("standard input has no history")
    if STDIN in paths and len(paths) > 1:
        raise usage_error("- (standard input) stands alone")
    for path in paths:
        if path != STDIN and not urls and not os.path.lexists(path):
            raise usage_error(f"{path}: no such file or folder")
    return Target(paths, history, branch, since, (*revs, *ranges), "" if urls else _common_folder(paths))


def is_range(word: str) -> bool:
    """True for A..B and A...B where it is not a path."""
    left, dots, right = word.partition("..")
    separators = ("/", os.sep)
    pathlike = word.startswith((".", "~", *separators)) or left.endswith(separators) or right.startswith(separators)
    return bool(dots) and not pathlike and "://" not in word and not os.path.lexists(word)


def _is_url(path: str) -> bool:
    if path == STDIN or ":" not in path:
        return False
    from keyguard.git.clone import is_url

    return is_url(path) and not os.path.lexists(path)


def _refuse_history_words(branch: str, since: str) -> None:
    for given, name in ((branch, "--branch"), (since, "--since")):
        if given:
            raise usage_error(f"{name} needs --history")


def _common_folder(paths: Sequence[str]) -> str:
    if paths == (STDIN,):
        return os.curdir
    try:
        return os.path.commonpath([os.path.abspath(path) for path in paths])
    except ValueError:  # two drives
        return os.curdir
