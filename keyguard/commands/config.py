"""The configuration file: `.keyguard.toml`, or `[tool.keyguard]` in pyproject.toml."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from keyguard.errors import ConfigError
from keyguard.model.namedtuple import NamedTuple

OWN_FILE: Final = ".keyguard.toml"
CONFIDENCES: Final = ("low", "medium", "high")
ENGINES: Final = ("auto", "hyperscan", "portable")
_TABLES: Final = frozenset({"allow", "audit", "credentials", "endpoints", "keys", "network", "rule"})
_UNITS: Final = {"": 0, "k": 10, "m": 20, "g": 30}


class Config(NamedTuple):
    """What a file sets; None and () where it is silent. `path` is the file, empty where there is none.

    `tables` are the nested tables as they were read, by name; each is checked by the module of its area.
    `named` says that the person named the file: one that lay in a scanned folder may be anybody's, so it leads no
    secret anywhere and runs no command.
    """

    path: str = ""
    min_confidence: str | None = None
    engine: str | None = None
    jobs: int | None = None
    memory: int | None = None
    max_object_size: int | None = None
    include_ignored: bool | None = None
    git: bool | None = None
    rules: tuple[str, ...] = ()
    disable: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    offline: bool | None = None
    max_decode_depth: int | None = None
    containers: bool | None = None
    tables: Mapping[str, Any] = MappingProxyType({})
    named: bool = False


def find_config(start: str) -> str:
    """The nearest configuration file from folder or file `start` upwards, not beyond its repository; else ""."""
    folder = os.path.abspath(start)
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    while True:
        for path in (os.path.join(folder, OWN_FILE), os.path.join(folder, "pyproject.toml")):
            if os.path.isfile(path) and _speaks_to_us(path):
                return path
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return ""
        folder = parent


def read_config(path: str) -> Config:
    """Read and check one file. Paths of rule files count from the folder the file is in."""
    table = _load(path)
    if os.path.basename(path) == "pyproject.toml":
        table = table.get("tool", {}).get("keyguard", {})
    flat = {key: value for key, value in table.items() if key not in _TABLES}
    values: dict[str, Any] = {key.replace("-", "_"): _check(path, key, value) for key, value in flat.items()}
    config = Config(**values)._replace(path=path, tables={key: table[key] for key in table if key in _TABLES})
    folder = os.path.dirname(path)
    return config._replace(rules=tuple(os.path.join(folder, rule) for rule in config.rules))


def parse_size(text: str) -> int:
    """Bytes from "4096", "64K", "64M", "64MiB" or "1G"."""
    word = text.strip().lower().removesuffix("ib").removesuffix("b")
    unit = word[-1:] if word[-1:] in _UNITS and not word[-1:].isdigit() else ""
    digits = word.removesuffix(unit).strip()
    if not (digits.isascii() and digits.isdigit() and int(digits)):
        raise ValueError(f"expected a size such as 512K, 64M or 1G, not {text!r}")
    return int(digits) << _UNITS[unit]


def _speaks_to_us(path: str) -> bool:
    if os.path.basename(path) == OWN_FILE:
        return True
    with open(path, "rb") as file:
        if b"keyguard" not in file.read():
            return False
    try:
        return "keyguard" in _load(path).get("tool", {})
    except ConfigError:
        return False  # another tool's file to mend; nothing says it speaks to us


def _load(path: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}", "the file must be TOML in UTF-8") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}") from error


def _check(path: str, key: str, value: object) -> object:
    if key not in _KEYS:
        raise ConfigError(f"{path}: unknown key {key!r}", _nearest(key))
    try:
        return _KEYS[key](value)
    except ValueError as error:
        raise ConfigError(f"{path}: {key}: {error}") from error


def _nearest(key: str) -> str:
    from difflib import get_close_matches

    known = sorted({*_KEYS, *_TABLES})
    near = get_close_matches(key.replace("_", "-"), known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"


def one_of(words: tuple[str, ...]) -> Callable[[object], str]:
    """A check of a setting that is one of some words; ValueError says which."""

    def check(value: object) -> str:
        if isinstance(value, str) and value in words:
            return value
        raise ValueError(f"expected one of {', '.join(words)}, not {value!r}")

    return check


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(text, str) for text in value):
        return tuple(value)
    raise ValueError(f"expected a list of strings, not {value!r}")


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ValueError(f"expected true or false, not {value!r}")


def _count(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise ValueError(f"expected a whole number of 0 or more, not {value!r}")


def _size(value: object) -> int:
    return parse_size(str(value))


_KEYS: Final[Mapping[str, Callable[[object], object]]] = {
    "disable": _texts,
    "engine": one_of(ENGINES),
    "exclude": _texts,
    "git": _flag,
    "include-ignored": _flag,
    "jobs": _count,
    "max-object-size": _size,
    "memory": _size,
    "offline": _flag,
    "containers": _flag,
    "max-decode-depth": _count,
    "min-confidence": one_of(CONFIDENCES),
    "rules": _texts,
}
