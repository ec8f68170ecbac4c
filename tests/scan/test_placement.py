"""Every provider's format is found, with exactly the right value, wherever it may stand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import pytest

from keyguard.engine import open_engine
from keyguard.model import Rule
from keyguard.providers.loader import builtin_files, parse_provider
from keyguard.providers.templates import expand
from keyguard.sources.slabs import SlabBuilder
from keyguard.triage.confirm import Confirmer
from keyguard.triage.match import Match
from keyguard.triage.resolve import resolve
from tests.scan.surroundings import SURROUNDINGS, Surrounding

_LEAST = 0.97
_LEAST_OF_ONE = 0.80
_NAME = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]{3,40}(?=[\W]{0,8}\Z)")


class Format(NamedTuple):
    """What is placed: a text that holds the secret, and the name that stands before it."""

    rule: str
    provider: str
    name: bytes
    text: bytes
    secret: bytes


class Placed(NamedTuple):
    form: Format
    surrounding: Surrounding
    found: bool


def test_there_are_enough_kinds_of_surroundings() -> None:
    assert len({each.name for each in SURROUNDINGS}) >= 25


@lru_cache(maxsize=1)
def _rules() -> tuple[Rule, ...]:
    rules = (rule for path in builtin_files() for rule in parse_provider(path).rules)
    return tuple(rule for rule in rules if not rule.generic)


@lru_cache(maxsize=1)
def _formats() -> tuple[Format, ...]:
    """One for each rule: its secret alone where that is enough, else with the name of an example, else an example."""
    options = [list(_options(path.stem, rule)) for path in builtin_files() for rule in _of(path.stem)]
    tried = [option for each in options for option in each]
    found = iter(_scan([b"NAME=".replace(b"NAME", form.name) + form.text + b"\n" for form in tried]))
    known = dict(zip(tried, (_holds(matches, form) for matches, form in zip(found, tried, strict=True)), strict=True))
    return tuple(next((form for form in each if known[form]), each[-1]) for each in options if each)


def _of(provider: str) -> list[Rule]:
    return [rule for rule in _rules() if rule.provider == provider]


def _options(provider: str, rule: Rule) -> Iterator[Format]:
    path = next(path for path in builtin_files() if path.stem == provider)
    expanded = [expand(template, 7) for template in parse_provider(path).examples[rule.id]]
    single = [each for each in expanded if len(each.secrets) == 1 and b"\n" not in each.secrets[0]]
    for _, (secret,) in single[:1]:
        yield Format(rule.id, provider, b"API_KEY", secret, secret)
    for text, (secret,) in single:
        if name := _NAME.search(text[: text.index(secret)]):
            yield Format(rule.id, provider, name[0], secret, secret)
    for text, (secret,) in single:
        if b"\n" not in text:
            yield Format(rule.id, provider, b"VALUE", text, secret)


def _scan(texts: list[bytes]) -> list[list[Match]]:
    builder = SlabBuilder()
    for number, text in enumerate(texts):
        builder.add_whole(number, text)
    slab = builder.take()
    found: list[list[Match]] = [[] for _ in texts]
    hits = open_engine(_rules()).scan(slab.text)
    for owner, match in Confirmer(_rules()).confirm(slab, hits).matches:
        found[owner].append(match)
    return [resolve(_rules(), matches) for matches in found]


def _holds(matches: list[Match], form: Format) -> bool:
    return any(match.value == form.secret for match in matches)


@lru_cache(maxsize=1)
def _placed() -> tuple[Placed, ...]:
    cases = [(form, place) for form in _formats() for place in SURROUNDINGS]
    found = _scan([place.around(form.name, form.text) for form, place in cases])
    return tuple(
        Placed(form, place, _holds(matches, form)) for (form, place), matches in zip(cases, found, strict=True)
    )


def test_every_rule_of_one_line_is_placed() -> None:
    missing = {rule.id for rule in _rules()} - {form.rule for form in _formats()}
    assert all(rule.reach for rule in _rules() if rule.id in missing), missing


def test_nearly_all_are_found_with_exactly_the_right_value() -> None:
    placed = _placed()
    lost = [each for each in placed if not each.found]
    by_place = Counter(each.surrounding.name for each in lost).most_common(8)
    by_rule = Counter(each.form.rule for each in lost).most_common(20)
    share = 1 - len(lost) / len(placed)
    assert share >= _LEAST, f"{share:.4f} of {len(placed)}: {by_place} {by_rule}"


@pytest.mark.parametrize("place", SURROUNDINGS, ids=lambda place: place.name.replace(" ", "-"))
def test_no_kind_of_surroundings_is_lost(place: Surrounding) -> None:
    mine = [each for each in _placed() if each.surrounding is place]
    lost = [each.form.rule for each in mine if not each.found]
    assert len(lost) <= (1 - _LEAST_OF_ONE) * len(mine), lost
