"""Finds the files of the known places on this machine, and those of projects; none of it is ever written to."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Final, NamedTuple

from keyguard.model import Skip
from keyguard.scan.machine_places import PLACES, ROOTS, TRANSCRIPT, Place
from keyguard.scan.machine_projects import PASSED_BY, PROJECT_FILES, PROJECT_FOLDERS, PROJECT_LOGS

_DEEPEST: Final = 6


class Bounds(NamedTuple):
    """How much is looked at: transcripts of one place (the newest) and bytes of each, and folders of projects."""

    transcripts: int = 300
    size: int = 64 << 20
    folders: int = 20_000


PLAIN: Final = Bounds()


class Machine(NamedTuple):
    """One person's workstation: `system` is linux, macos or windows, `variables` those of the environment that count.

    `projects` are folders to look for projects in; the home folder unless named.
    """

    system: str
    home: str
    variables: Mapping[str, str]
    projects: tuple[str, ...] = ()


class Spot(NamedTuple):
    """One file of a place. `mode` are its permissions, -1 where they say nothing."""

    place: Place
    path: bytes
    mode: int = -1


class Search(NamedTuple):
    """What was found, in the order of the table, each file once; and what could not be looked at, or was left out."""

    spots: list[Spot]
    skips: list[Skip]


def search(machine: Machine, bounds: Bounds = PLAIN) -> Search:
    """All files that exist. What is missing is no failure."""
    found: dict[str, Spot] = {}
    skips: list[Skip] = []
    for place in PLACES:
        if machine.system in place.systems:
            paths = _paths(place, machine, skips)
            _add(
                found,
                place,
                _bounded(place, paths, bounds, skips) if place.kind == TRANSCRIPT else sorted(paths),
                skips,
            )
    for folder in machine.projects or (machine.home,):
        _search_projects(folder, bounds.folders, found, skips)
    return Search(list(found.values()), skips)


def _add(found: dict[str, Spot], place: Place, paths: list[str], skips: list[Skip]) -> None:
    for path in paths:
        real = os.path.realpath(path)
        if real in found:
            continue
        try:
            mode = os.stat(path).st_mode & 0o777 if os.name == "posix" else -1
        except OSError as error:
            skips.append(_skip(path, error))
            continue
        found[real] = Spot(place, os.fsencode(path), mode)


def _paths(place: Place, machine: Machine, skips: list[Skip]) -> list[str]:
    if place.path.startswith("$"):
        named = machine.variables.get(place.path[1:], "")
        return [path for path in named.split(os.pathsep) if os.path.isabs(path) and os.path.isfile(path)]
    path = place.path.format_map(_roots(machine))
    top, *parts = _parts(path)
    return list(_globbed(top, parts, skips))


def _roots(machine: Machine) -> dict[str, str]:
    roots = {"home": machine.home}
    for root in ROOTS:
        named = machine.variables.get(root.variable, "") if root.variable else ""
        roots[root.name] = named if os.path.isabs(named) else root.default.format_map(roots)
    return {name: _quoted(path) for name, path in roots.items()}


def _quoted(path: str) -> str:
    """A path whose own stars and brackets are not those of a pattern."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


def _parts(path: str) -> list[str]:
    """The part of a pattern that is plain, and the rest by folder."""
    folders = path.replace("\\", "/").split("/")
    for number, name in enumerate(folders):
        if "*" in name.replace("[*]", ""):
            return ["/".join(_plain(each) for each in folders[:number]), *folders[number:]]
    return [_plain(path)]


def _plain(name: str) -> str:
    for sign in "*?[":
        name = name.replace(f"[{sign}]", sign)
    return name


def _globbed(folder: str, parts: list[str], skips: list[Skip], depth: int = 0) -> Iterator[str]:
    if not parts:
        if os.path.isfile(folder):
            yield folder
        return
    head, *rest = parts
    if head == "**":
        yield from _globbed(folder, rest, skips, depth)
        if depth < _DEEPEST:
            for entry in _entries(folder, skips):
                if entry.is_dir(follow_symlinks=False):
                    yield from _globbed(entry.path, parts, skips, depth + 1)
        return
    if "*" not in head:
        yield from _globbed(f"{folder}/{head}", rest, skips, depth)
        return
    for entry in _entries(folder, skips):
        if fnmatchcase(entry.name, head):
            yield from _globbed(entry.path, rest, skips, depth)


def _entries(folder: str, skips: list[Skip]) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        skips.append(_skip(folder, error))
        return []


def _bounded(place: Place, paths: list[str], bounds: Bounds, skips: list[Skip]) -> list[str]:
    """The newest ones of no excessive size; what is left out is told."""
    facts = []
    for path in dict.fromkeys(paths):
        try:
            status = os.stat(path)
        except OSError as error:
            skips.append(_skip(path, error))
            continue
        if status.st_size > bounds.size:
            size = f"larger than {bounds.size >> 20} MiB, not read: keyguard scan reads it when it is named"
            skips.append(Skip(path, size, complete=True))
        else:
            facts.append((-status.st_mtime_ns, path))
    facts.sort()
    if len(facts) > bounds.transcripts:
        more = len(facts) - bounds.transcripts
        told = f"{more:,} older transcripts of {place.tool} not read: keyguard scan reads the folder when it is named"
        skips.append(Skip(os.path.dirname(facts[-1][1]), told, complete=True))
    return [path for _, path in facts[: bounds.transcripts]]


def _search_projects(top: str, most: int, found: dict[str, Spot], skips: list[Skip]) -> None:
    """Nearest folders first; other file systems and links are not entered."""
    files = Place("project files", "projects", "", private=False)
    logs = Place(TRANSCRIPT, "aider", "", private=False)
    todo = deque([(top, 0)])
    seen = 0
    device = _device(top)
    while todo:
        folder, depth = todo.popleft()
        seen += 1
        if seen > most:
            told = f"only the first {most:,} folders were searched for projects: keyguard scan FOLDER reads one"
            skips.append(Skip(top, told, complete=True))
            return
        for entry in _entries(folder, skips):
            if entry.is_dir(follow_symlinks=False):
                if entry.name in PROJECT_FOLDERS and depth:
                    inner = [
                        each.path for each in _entries(entry.path, skips) if _fits(each, PROJECT_FOLDERS[entry.name])
                    ]
                    _add(found, files, inner, skips)
                elif depth < _DEEPEST and _is_worth(entry) and _device(entry.path) == device:
                    todo.append((entry.path, depth + 1))
            elif _fits(entry, PROJECT_FILES):
                _add(found, files, [entry.path], skips)
            elif _fits(entry, PROJECT_LOGS):
                _add(found, logs, [entry.path], skips)


def _fits(entry: os.DirEntry[str], patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(entry.name, pattern) for pattern in patterns) and entry.is_file()


def _is_worth(entry: os.DirEntry[str]) -> bool:
    return not entry.name.startswith(".") and entry.name not in PASSED_BY


def _device(folder: str) -> int:
    try:
        return os.stat(folder).st_dev
    except OSError:
        return -1


def _skip(path: str, error: OSError) -> Skip:
    return Skip(path, error.strerror or "cannot be read")
