"""Whatever an answer holds, the rows are read or an AnswerError says why not."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keyguard.audit.accounts import Account
from keyguard.audit.failure import AnswerError
from keyguard.audit.gathering import Bucket, Gathering
from keyguard.audit.prices import PriceTable
from keyguard.audit.rows import count_rows, look, read_rows
from keyguard.commands.audit_catalogue import builtin_usages
from keyguard.model.usage import DAY, Span
from keyguard.providers.usage import UsageRead
from keyguard.state.database import open_state
from keyguard.state.usage import AREA, Place, replace_points

READS = [(usage.provider, read) for usage in builtin_usages() for read in usage.reads if read.kind != "last-used"]
NAMES = sorted(
    {
        name
        for _, read in READS
        for path in (*read.rows, *(path for paths in read.fields.values() for path in paths), read.columns)
        for name in path.rstrip("?").split("/")
        if name and name != ".."
    }
)
NUMBERS = (
    st.integers()
    | st.floats()
    | st.sampled_from([0, 1, 1795305600, 1795305600000, "12.5", "-1", "1e500", "2026-11-21"])
)
LEAVES = (
    st.none() | st.booleans() | NUMBERS | st.text(max_size=5) | st.sampled_from(["usd", "USD", "2026-11-22T10:00:00Z"])
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6),
    max_leaves=25,
)


def grown(read: UsageRead, leaf: Any) -> Any:
    """An answer of the right shape, with `leaf` wherever a figure is to stand."""
    row: dict[str, Any] = {}
    for paths in read.fields.values():
        if not paths[0].startswith("../"):
            plant(row, paths[0], leaf)
    tree: Any = [row]
    for depth, path in enumerate(reversed(read.rows)):
        holder: Any = {} if path.rstrip("?") else tree
        if isinstance(holder, dict):
            plant(holder, path.rstrip("?"), tree)
        last = depth == len(read.rows) - 1
        if isinstance(holder, dict) and not last:
            for paths in read.fields.values():
                if paths[0].startswith("../"):
                    plant(holder, paths[0].removeprefix("../"), leaf)
        tree = holder if last else [holder] if isinstance(holder, dict) else holder
    return tree if read.rows else row


def plant(tree: dict[str, Any], path: str, leaf: Any) -> None:
    *names, last = path.split("/")
    for name in names:
        tree = tree.setdefault(name, {})
    tree[last] = leaf


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(READS), TREES, LEAVES, st.booleans())
def test_any_answer_is_read_or_refused(case: tuple[str, UsageRead], tree: Any, leaf: Any, shaped: bool) -> None:
    provider, read = case
    answer = json.loads(json.dumps(grown(read, leaf) if shaped else tree), parse_float=Decimal)
    count_rows(answer, read)
    gathering = Gathering(
        Bucket(Account(provider, "main", {}), read, min(read.widths), Span(1795219200, 1795305600 + DAY), 1795350000),
        PriceTable([]),
    )
    try:
        rows = list(read_rows(answer, read))
        if read.kind == "buckets":
            gathering.take(rows)
    except AnswerError:
        return
    for series in gathering.series():
        assert all(point.money is None or point.money.is_finite() for point in series.points)
        assert series.name.key.isprintable()


@pytest.mark.parametrize(("provider", "read"), READS, ids=[f"{provider}-{read.id}" for provider, read in READS])
def test_figures_of_the_largest_size_can_be_kept(tmp_path: Path, provider: str, read: UsageRead) -> None:
    if read.kind != "buckets" or read.shape != "rows":
        return
    answer = grown(read, 999_999_999_999_999)
    try:
        rows = [row._replace(start=1795305600) for row in read_rows(answer, read)]
    except AnswerError:
        return  # a currency or a time that large
    span = Span(1795305600, 1795305600 + DAY)
    gathering = Gathering(
        Bucket(Account(provider, "main", {}), read, min(read.widths), span, 1795350000), PriceTable([])
    )
    gathering.take(rows * 1000)
    with open_state(tmp_path / "state", [AREA]) as state:
        replace_points(state, Place(provider, "main", read.id), DAY, span, gathering.series())


def test_paths_lead_through_tables_and_lists() -> None:
    tree = {"a": [{"b": 1}, {"b": 2}]}
    assert look(tree, "a/1/b") == 2
    assert look(tree, "a/2/b") is None
    assert look(tree, "a/x") is None
    assert look(tree, "") == tree
