"""What an import would write, and what it could not carry over."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from keyguard.model.silence import Baseline, Exemption, Known
from keyguard.triage.baseline import write_baseline

CONFIG: Final = ".keyguard.toml"
IGNORE: Final = ".keyguardignore"
BASELINE: Final = "keyguard-baseline.json"


class Plan(NamedTuple):
    """`files`: texts by name, from the root; `done`: what was carried over; `left`: what was not, and why."""

    files: dict[str, str]
    done: tuple[str, ...]
    left: tuple[str, ...]


class Carried(NamedTuple):
    """Settings of another scanner in our words. `rules` are rule files, from the root."""

    rules: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    exemptions: tuple[Exemption, ...] = ()


def config_text(tool: str, carried: Carried) -> str:
    """The text of a configuration file."""
    parts = [f"# Imported from {tool}.\n"]
    for key, values in (("rules", carried.rules), ("exclude", carried.exclude)):
        if values:
            parts.append(f"{key} = {_list(values)}\n")
    parts += [_table(exemption) for exemption in carried.exemptions]
    return "".join(parts)


def ignore_text(tool: str, salt: str, lines: Sequence[tuple[str, str]]) -> str:
    """The text of an ignore file: fingerprints or patterns with reasons."""
    head = [f"# Imported from {tool}. A line: FINGERPRINT or PATTERN [until DATE] [# reason]", f"salt {salt}"]
    body = [f"{what}  # {_one_line(reason)}" for what, reason in dict(lines).items()]
    return "\n".join([*head, *body, ""])


def baseline_text(salt: str, entries: Iterable[Known]) -> str:
    return write_baseline(Baseline("", salt, tuple({entry.fingerprint: entry for entry in entries}.values())))


def toml_text(text: str) -> str:
    """A TOML string: a literal one where that is possible, so that patterns stay readable."""
    if text.isprintable() and "'" not in text:
        return f"'{text}'"
    return json.dumps(text).replace("\x7f", "\\u007f")


def _list(values: Sequence[str]) -> str:
    if len(values) == 1:
        return f"[{toml_text(values[0])}]"
    return "[\n" + "".join(f"    {toml_text(value)},\n" for value in values) + "]"


def _table(exemption: Exemption) -> str:
    keys = {
        "rules": exemption.rules,
        "paths": exemption.globs,
        "path-patterns": exemption.paths,
        "values": exemption.values,
        "lines": exemption.lines,
        "stopwords": exemption.stopwords,
        "commits": exemption.commits,
    }
    filled = {key: values for key, values in keys.items() if values}
    either = "any = true\n" if not exemption.every and len(filled) > 1 else ""
    body = "".join(f"{key} = {_list(values)}\n" for key, values in filled.items())
    return f"\n[[allow]]\nreason = {toml_text(_one_line(exemption.reason) or 'imported')}\n{either}{body}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
