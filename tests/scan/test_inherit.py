"""Exactness in the small: windows and inheritance find in every version what its patterns match in all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.engine import Engine, open_engine
from keyguard.odb.delta import WHOLE_RESULT, step
from keyguard.odb.pack import BLOB, WHOLE, Ints
from keyguard.odb.walk import Chunk
from keyguard.providers.loader import parse_provider
from keyguard.scan.inherit import Inheritance
from keyguard.sources.slabs import SlabBuilder
from keyguard.triage.confirm import Confirmer
from keyguard.triage.weigh import Scale
from tests.scan.edits import Cut, apply, cuts, encode, plan, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TypeAlias

    from keyguard.model import Rule
    from keyguard.odb.pack import Pack

    Span: TypeAlias = tuple[int, int, int]

LIMIT = 1 << 20
RULES = """schema = 1
[provider]
id = "acme"
name = "Acme"
category = "saas"
hosts = []
console = ""
docs = ""
source = "made up"
verified = 2026-11-21
"""
RULE = """
[[rule]]
id = "acme-{name}"
title = "t"
severity = "high"
confidence = "{confidence}"
pattern = '''{pattern}'''
trigger = '''{trigger}'''
reach = {reach}
boundary = "{boundary}"
advice = "a"
examples = ['''{example}''']
rejects = ["nothing"]
"""
# name, pattern, trigger, reach, boundary, example
ROWS = (
    ("plain", "tok_[a-z0-9]{6,10}", "", 0, "both", "{secret:tok_[a-z0-9]{8}}"),
    ("either", "key-(?:[a-z]{3}[0-9]{60}Q|[a-z]{3})", "key-", 0, "none", "{secret:key-[a-z]{3}}"),
    ("ahead", r"key-[a-z]{3}(?![^\n]{0,90}END)", "", 0, "left", "{secret:key-[a-z]{3}}"),
    ("named", r"(?i:pass)[^\n]{0,12}?=(?P<secret>[^\s=]{4,12})", "", 0, "none", "pass={secret:[a-z]{6}}"),
    ("late", r"[a-z]{2}[^\n]{0,30}@@(?P<secret>[a-z0-9]{5})", "@@[a-z0-9]", 0, "none", "ab@@{secret:[a-z]{5}}"),
    ("pair", r"ID[0-9]{4}[\s\S]{0,60}?SEC(?P<secret>[a-z]{5})", "", 120, "none", "ID1234 SEC{secret:[a-z]{5}}"),
    ("after", r"(?P<secret>[a-z0-9]{5})[\s\S]{0,30}?SEC[a-z]", "", 100, "none", "{secret:[a-z0-9]{5}}:SECa"),
    ("block", r"BEGIN\n(?:[a-z0-9]{1,30}\n){1,4}END", "BEGIN", 200, "none", "{secret:BEGIN\n[a-z]{9}\nEND}"),
)
FRAGMENTS = (
    *(
        b"tok_",
        b"a1b2c3",
        b"tok_d4e5f6",
        b"tok_g7h8i9",
        b"d4",
        b"key-",
        b"qwe",
        b"rty1",
        b"4071936528" * 6 + b"Q",
        b"END",
    ),
    *(b"pass", b"PASS =", b"=", b"@@", b"zx", b"ID1234", b"SEC", b"abcde", b"ID5678 SECvwxyz", b"BEGIN\n", b"mnopq\n"),
    *(
        b"END\n",
        b"BEGIN\nrstuv\nw\nEND",
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
        b"\xff",
        b"\0",
        b"_" * 20,
        b"w " * 60,
        b"w " * 400,
    ),
    b"line\n" * 30,
)
LONG_LINES = (
    *(fragment for fragment in FRAGMENTS if b"\n" not in fragment),
    *(b"key-qwe", b"key-qwe" + b"4071936528" * 6 + b"Q", b"w" * 9, b"w " * 45, b"w " * 90),
)


class Chain(NamedTuple):
    """As much of a pack as inheritance needs: object 0 is whole, each other one a delta of the one before."""

    payloads: list[bytes]

    @property
    def bases(self) -> Ints:
        return np.array([WHOLE, *range(len(self.payloads) - 1)], np.int64)

    @property
    def sizes(self) -> list[int]:
        return list(map(len, self.payloads))

    def payload(self, number: int) -> bytes:
        return self.payloads[number]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> tuple[Rule, ...]:
    path = tmp_path_factory.mktemp("rules") / "acme.toml"
    fields = ("name", "pattern", "trigger", "reach", "boundary", "example")
    tables = [RULE.format(confidence="medium", **dict(zip(fields, row))) for row in ROWS]
    path.write_text(RULES + "".join(tables).replace("trigger = ''''''\n", ""), encoding="utf-8")
    return parse_provider(path).rules


@pytest.mark.parametrize("choice", ["hyperscan", "portable"])
@settings(derandomize=True, database=None, deadline=None, max_examples=300)
@given(
    first=texts(FRAGMENTS, 9) | texts(LONG_LINES, 9),
    changes=st.lists(cuts(FRAGMENTS) | cuts(LONG_LINES), min_size=1, max_size=4),
)
def test_versions_have_what_their_patterns_match(
    first: bytes, changes: list[list[Cut]], choice: str, rules: tuple[Rule, ...]
) -> None:
    confirmer, engine = Confirmer(rules), open_engine(rules, choice=choice)
    versions, deltas = [first], [first]
    for parts in changes:
        edits = plan(versions[-1], parts)
        deltas.append(encode(len(versions[-1]), edits))
        versions.append(apply(versions[-1], edits))
    expected = [set(_matching(rules, version)) for version in versions]
    assert _by_windows(confirmer, engine, deltas, versions) == expected


def _by_windows(confirmer: Confirmer, engine: Engine, deltas: list[bytes], versions: list[bytes]) -> list[set[Span]]:
    numbers = np.arange(len(deltas))
    chunk = Chunk(0, BLOB, numbers, numbers, numbers, numbers)
    inheritance = Inheritance(cast("Pack", Chain(deltas)), chunk, confirmer, LIMIT)
    builder = SlabBuilder()
    builder.add_whole(0, versions[0])
    for number in range(1, len(deltas)):
        content, text, rows, _ = step(versions[number - 1], deltas[number], confirmer.margin, LIMIT, 0, WHOLE_RESULT)
        assert content == versions[number]
        builder.add_windows(number, text, rows)
    slab = builder.take()
    confirmed = confirmer.confirm(slab, engine.scan(slab.text))
    for owner, match in confirmed.matches:
        inheritance.of(owner).matches.add(match)
    for owner, hit in confirmed.wide:
        (inheritance.of(owner).open if owner else inheritance.of(owner).settled).add(hit)
    inheritance.run(())
    assert not inheritance.failures
    marks = [inheritance.of(number).matches for number in range(len(deltas))]
    return [{(match.rule, match.start, match.end) for match in matches} for matches in marks]


def _matching(rules: Sequence[Rule], content: bytes) -> Iterator[Span]:
    """Rule, start and end of all that the patterns alone say of a content, or of each line where they stay on one."""
    scale = Scale(rules)
    for number, rule in enumerate(rules):
        start = 0
        for line in [content] if rule.reach else content.split(b"\n"):
            for match in regex.finditer(rule.pattern.encode(), line, overlapped=True):
                group = "secret" if "secret" in match.groupdict() else 0
                if scale.weigh(number, match[group]):
                    yield number, start + match.start(group), start + match.end(group)
            start += len(line) + 1
