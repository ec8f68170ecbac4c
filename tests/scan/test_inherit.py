"""Exactness in the small: windows and inheritance find in every version what its patterns match in all of it."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, NamedTuple, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.engine import Engine, open_engine
from keyguard.model import Slab
from keyguard.odb.lines import LineTable, new_table
from keyguard.odb.pack import WHOLE, Ints, Payloads
from keyguard.odb.stride import COLUMNS, NEEDED, Stretch, stride
from keyguard.odb.walk import Batch
from keyguard.scan.inherit import Inheritance
from keyguard.triage.confirm import Confirmer
from tests.odb.crafting import planned
from tests.scan.edits import Cut, apply, cuts, encode, plan, texts
from tests.scan.oracle import FRAGMENTS, LONG_LINES, RULES, matching

if TYPE_CHECKING:
    from typing import TypeAlias

    from keyguard.odb.pack import Pack

    Span: TypeAlias = tuple[int, int, int]

LIMIT = 1 << 20


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


@pytest.fixture(scope="module", params=["hyperscan", "portable"])
def engine(request: pytest.FixtureRequest) -> Engine:
    return open_engine(RULES, choice=request.param)


@settings(derandomize=True, database=None, deadline=None, max_examples=150)
@given(
    first=texts(FRAGMENTS, 9) | texts(LONG_LINES, 9),
    changes=st.lists(cuts(FRAGMENTS) | cuts(LONG_LINES), min_size=1, max_size=4),
)
def test_versions_have_what_their_patterns_match(first: bytes, changes: list[list[Cut]], engine: Engine) -> None:
    confirmer = Confirmer(RULES)
    versions, deltas = [first], [first]
    for parts in changes:
        edits = plan(versions[-1], parts)
        deltas.append(encode(len(versions[-1]), edits))
        versions.append(apply(versions[-1], edits))
    expected = [set(matching(version)) for version in versions]
    assert _by_windows(confirmer, engine, deltas, versions, None) == expected
    assert _by_windows(confirmer, engine, deltas, versions, new_table(1 << 10)) == expected


def _by_windows(
    confirmer: Confirmer, engine: Engine, deltas: list[bytes], versions: list[bytes], known: LineTable | None
) -> list[set[Span]]:
    numbers = np.arange(len(deltas))
    inheritance = Inheritance(cast("Pack", Chain(deltas)), confirmer, LIMIT)
    held: list[bytes | None] = [None] * len(deltas)
    payloads, ways = planned(deltas, *((depth, NEEDED) for depth in range(len(deltas))))
    stop = 0
    while stop < len(deltas):
        start, bounds = stop, (confirmer.margin, LIMIT, 0, 1 << 30, 1 if known else 1 << 30)
        stretch = Stretch(*stride(held, payloads, start, ways, bounds, known.place if known else None))
        stop = stretch.stop
        _, starts, counts = np.frombuffer(stretch.table, np.int32).reshape(-1, COLUMNS).T
        cuts = [0, *np.cumsum(np.maximum(counts, 0)).tolist()]
        lows = array("i", stretch.lows)
        slab = Slab(stretch.text, starts.tolist(), numbers[start:stop].tolist(), cuts, stretch.rows, lows)
        confirmed = confirmer.confirm(slab, engine.scan(slab.text))
        for owner, match in confirmed.matches:
            inheritance.of(owner).matches.add(match)
        for owner, hit in confirmed.wide:
            marks = inheritance.of(owner)
            (marks.open if owner in slab.in_windows() else marks.settled).add(hit)
        if known:
            known.learn(stretch.fresh, array("q", sorted(set(confirmed.places))).tobytes())
    assert held == versions
    ends = np.cumsum([len(each) for each in deltas])
    inheritance.follow(Batch(numbers, numbers, numbers > 0, Payloads(payloads, ends, {}), slab, None, b"", b""))
    assert not inheritance.failures
    found = [inheritance.of(number).matches for number in range(len(deltas))]
    return [{(match.rule, match.start, match.end) for match in matches} for matches in found]
