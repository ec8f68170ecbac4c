"""Proves provider files: every example is found in every place it may stand, no reject is, on every engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from keyguard.engine import Engine, open_engine
from keyguard.errors import KeyguardError, RuleError
from keyguard.model import Rule
from keyguard.model.rule import SECRET, base_name
from keyguard.providers.loader import builtin_files, parse_provider
from keyguard.providers.providerfile import ProviderFile
from keyguard.providers.sample import make_sample, seeded
from keyguard.providers.syntax import Alt, Chars, Node, Zero, children, parse
from keyguard.providers.templates import expand
from keyguard.sources.slabs import SlabBuilder
from keyguard.triage.confirm import Confirmer
from keyguard.triage.match import Match
from keyguard.triage.resolve import resolve

SEEDS = 3
_PATTERN_SEEDS = 8


class Problem(NamedTuple):
    """Something wrong with a provider file. `rule` is empty where the file as a whole is meant."""

    file: str
    rule: str
    message: str


class _Placement(NamedTuple):
    name: str
    before: bytes
    after: bytes


class _Case(NamedTuple):
    """A text, and what exactly one rule has to find in it. `origin` and `place` say for people what the text is."""

    rule: Rule
    text: bytes
    expected: tuple[bytes, ...]
    origin: str
    place: str


class _Loaded(NamedTuple):
    """A provider file that could be read, its own text, and the cases that it gives."""

    path: Path
    text: bytes
    rules: tuple[Rule, ...]
    cases: tuple[_Case, ...]


_WHOLE_LINES = (
    _Placement("at the end of the file", b"", b""),
    _Placement("between other lines", b"one\n", b"\nthree\n"),
    _Placement("before CRLF", b"one\r\n", b"\r\nthree\r\n"),
)
_WITHIN_LINES = (
    _Placement("as KEY=…", b"KEY=", b""),
    _Placement("in JSON", b'{"key": "', b'"}'),
    _Placement("in an XML element", b"<a>", b"</a>"),
    _Placement("in the query of a URL", b"https://host.invalid/?k=", b"&x=1"),
    _Placement("before a comma", b"", b", next"),
    _Placement("before a bracket", b"(", b")"),
    _Placement("before a semicolon", b"", b"; next"),
)


def check_rules(paths: Sequence[Path], engines: Sequence[str]) -> list[Problem]:
    """All problems of these provider files (of the built-in ones where `paths` is empty), in the order of the files.

    A folder stands for the .toml files in it; `engines` are names that `open_engine` takes.
    """
    files = [file for path in paths for file in _files(path)] or builtin_files()
    loaded, problems = _load(files)
    problems += _check_ids(loaded)
    rules = [rule for each in loaded for rule in each.rules]
    problems += [problem for each in loaded for rule in each.rules for problem in _check_trigger(each, rule)]
    for name in engines:
        try:
            engine = open_engine(rules, choice=name)
        except KeyguardError as error:
            problems.append(Problem("", "", f"{name}: {error}"))
            continue
        for each in loaded:
            problems += _check_file(each, rules, engine)
    return problems


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.toml")) if path.is_dir() else [path]


def _load(files: Sequence[Path]) -> tuple[list[_Loaded], list[Problem]]:
    loaded, problems = [], []
    for path in files:
        try:
            file = parse_provider(path)
        except RuleError as error:
            problems.append(Problem(str(path), "", str(error)))
        else:
            cases = tuple(case for rule in file.rules for case in _cases(file, rule))
            loaded.append(_Loaded(path, path.read_bytes(), file.rules, cases))
    return loaded, problems


def _check_ids(loaded: Sequence[_Loaded]) -> list[Problem]:
    """Provider and rule ids are unique, those of the built-in files included."""
    known = {path.resolve() for path in builtin_files()} - {each.path.resolve() for each in loaded}
    names = {path.stem: str(path) for path in known}
    problems: list[Problem] = []
    for each in loaded:
        for name in (each.path.stem, *(rule.id for rule in each.rules)):
            first = names.setdefault(name, str(each.path))
            if first != str(each.path):
                problems.append(Problem(str(each.path), "", f"the id {name!r} is used by {first} too"))
    return problems


def _check_trigger(file: _Loaded, rule: Rule) -> Iterator[Problem]:
    """Strings of the pattern must hold the trigger. (Derived triggers do by construction, written ones may not.)"""
    node, pattern, trigger = (
        parse(rule.pattern).node,
        re.compile(rule.pattern.encode()),
        re.compile(rule.trigger.encode()),
    )
    for seed in range(_PATTERN_SEEDS):
        sample = make_sample(node, seeded(f"{seed}:{rule.id}"))
        if pattern.fullmatch(sample) and not trigger.search(sample):
            yield Problem(
                str(file.path), rule.id, "a string of the pattern does not hold the trigger, so it is never found"
            )
            return


def _check_file(file: _Loaded, rules: Sequence[Rule], engine: Engine) -> list[Problem]:
    found = _find([*(case.text for case in file.cases), file.text], rules, engine)
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    failed: dict[tuple[str, str], list[str]] = {}
    for case, matches in zip(file.cases, found, strict=False):
        mine = [match for match in matches if match.rule == numbers[case.rule.id]]
        values = tuple(match.value for match in resolve(rules, mine))
        if values != case.expected:
            failed.setdefault((case.rule.id, case.origin), []).append(
                f"{case.place}: {_difference(case.expected, values)}"
            )
    # Generic rules give candidates that are judged by what stands around them; templates are no secrets to the judge.
    surely = [match for match in found[-1] if not rules[match.rule].generic]
    own = sorted({(rules[match.rule].id, file.text.count(b"\n", 0, match.start) + 1) for match in surely})
    problems = [
        Problem(str(file.path), rule, f"{origin} {_shortened(said)}") for (rule, origin), said in failed.items()
    ]
    problems += [Problem(str(file.path), rule, f"line {line} of the file itself matches") for rule, line in own]
    return [problem._replace(message=f"{problem.message} [{engine.name}]") for problem in problems]


def _shortened(said: list[str]) -> str:
    """A template mostly fails in many places for one reason."""
    return said[0] + (f" (and {len(said) - 1} more)" if len(said) > 1 else "")


def _find(texts: Sequence[bytes], rules: Sequence[Rule], engine: Engine) -> list[list[Match]]:
    """The confirmed matches in each text, scanned as pieces of one slab."""
    builder = SlabBuilder()
    for owner, text in enumerate(texts):
        builder.add_whole(owner, text)
    slab = builder.take()
    found: list[list[Match]] = [[] for _ in texts]
    for owner, match in Confirmer(rules).confirm(slab, engine.scan(slab.text)).matches:
        found[owner].append(match)
    return found


def _difference(expected: tuple[bytes, ...], found: tuple[bytes, ...]) -> str:
    if not expected:
        return "found, expected nothing"
    if len(found) == len(expected):
        pairs = zip(expected, found, strict=True)
        wanted, got = next((len(one), len(other)) for one, other in pairs if one != other)
        return f"found another value, of {got} bytes where {wanted} are expected"
    return f"{len(found)} found, expected {len(expected)}"


def _cases(file: ProviderFile, rule: Rule) -> Iterator[_Case]:
    places = _WHOLE_LINES if rule.generic else (*_WHOLE_LINES, *_fitting(rule))
    for template in file.examples[rule.id]:
        yield from _expanded(rule, template, "example", places)
    for template in file.rejects[rule.id]:
        yield from _expanded(rule, template, "reject", _WHOLE_LINES)


def _expanded(rule: Rule, template: str, kind: str, places: Sequence[_Placement]) -> Iterator[_Case]:
    for seed in range(SEEDS):
        text, secrets = expand(template, seed)
        for place in places:
            whole = place.before + text + place.after
            yield _Case(rule, whole, secrets, f"{kind} {template!r}", f"{place.name}, seed {seed}")


def _fitting(rule: Rule) -> tuple[_Placement, ...]:
    """The places whose bytes around the example cannot be taken for a part of the secret."""
    syntax = parse(rule.pattern)
    secrets = [node for name, node in syntax.groups.items() if base_name(name) == SECRET]
    members = _members(Alt(tuple(secrets)) if secrets else syntax.node)
    if _is_anchored(syntax.node):
        return ()
    return tuple(
        place for place in _WITHIN_LINES if not any(members >> byte & 1 for byte in place.before[-1:] + place.after[:1])
    )


def _members(node: Node) -> int:
    """Every byte that can occur in a string of the tree."""
    if isinstance(node, Chars):
        return node.members
    found = 0
    for child in children(node):
        found |= _members(child)
    return found


def _is_anchored(node: Node) -> bool:
    return node == Zero("anchor") if isinstance(node, Zero) else any(map(_is_anchored, children(node)))
