"""Everything that an object store holds: packs and loose objects, its own and those of its alternates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from keyguard.errors import ObjectError
from keyguard.model import Skip
from keyguard.odb.loose import is_file, list_loose
from keyguard.odb.pack import Pack

_DEEPEST = 8


class Store(NamedTuple):
    """Opened packs, loose objects by name (each once, none that a pack holds as well), and what could not be opened."""

    packs: list[Pack]
    loose: dict[str, Path]
    broken: list[Skip]


def open_store(objects: Path, hash_size: int) -> Store:
    """Opens the objects folder of a repository (`<git dir>/objects`) with all its alternates."""
    packs: list[Pack] = []
    loose: dict[str, Path] = {}
    broken: list[Skip] = []
    for folder in _folders(objects, broken):
        for path in _pack_files(folder / "pack", broken):
            try:
                packs.append(Pack(path, hash_size))
            except ObjectError as error:
                broken.append(Skip(str(path), str(error)))
            else:
                broken += [Skip(str(path), reason) for reason in packs[-1].damage]
        for name, path in list_loose(folder, hash_size, broken):
            loose.setdefault(name, path)
    packed = {name for pack in packs for name in pack.among(list(loose))}
    return Store(packs, {name: path for name, path in loose.items() if name not in packed}, broken)


def _pack_files(folder: Path, broken: list[Skip]) -> list[Path]:
    """All packs in a folder. An index without its pack tells of objects that are gone."""
    try:
        with os.scandir(folder) as entries:
            kinds = {entry.name: is_file(entry) for entry in entries if entry.name.endswith((".pack", ".idx"))}
    except FileNotFoundError:
        return []
    except OSError as error:
        broken.append(Skip(str(folder), error.strerror or str(error)))
        return []
    broken += [Skip(str(folder / name), "it is not a file") for name in sorted(kinds) if not kinds[name]]
    names = {name for name in kinds if kinds[name]}
    alone = {f"{name[:-4]}.pack" for name in names if name.endswith(".idx")} - names
    broken += [Skip(str(folder / name), "there is an index for it, and no such pack") for name in sorted(alone)]
    return [folder / name for name in sorted(names) if name.endswith(".pack")]


def _folders(objects: Path, broken: list[Skip]) -> list[Path]:
    """The folder and its alternates, nearest first."""
    found: list[Path] = []
    level = [objects]
    for _ in range(_DEEPEST):
        level = [folder for folder in level if folder not in found]
        found += level
        level = [other for folder in level for other in _alternates(folder, broken)]
        if not level:
            break
    return found


def _alternates(objects: Path, broken: list[Skip]) -> list[Path]:
    """Folders named in info/alternates; relative ones start at the objects folder (gitrepository-layout)."""
    place = objects / "info" / "alternates"
    if os.path.exists(place) and not os.path.isfile(place):
        broken.append(Skip(str(place), "it is not a file"))
        return []
    try:
        lines = place.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        broken.append(Skip(str(place), error.strerror or str(error)))
        return []
    # A path ends at a NUL, for git too.
    names = [os.fsdecode(line.partition(b"\0")[0]) for line in lines if line and not line.startswith(b"#")]
    folders = [Path(os.path.realpath(objects / _unquoted(name))) for name in names]
    broken += [Skip(str(folder), "the alternate object store is missing") for folder in folders if not folder.is_dir()]
    return [folder for folder in folders if folder.is_dir()]


def _unquoted(name: str) -> str:
    if len(name) < 2 or name[0] != '"' or name[-1] != '"':
        return name
    return name[1:-1].replace('\\"', '"').replace("\\\\", "\\")


def absent(store: Store, names: list[str]) -> list[str]:
    """Those of the object names (hex) that neither a pack nor a loose object has."""
    names = [name for name in names if name not in store.loose]
    for pack in store.packs:
        held = set(pack.among(names))
        names = [name for name in names if name not in held]
    return names
