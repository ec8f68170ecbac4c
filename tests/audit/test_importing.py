from __future__ import annotations

import json
from decimal import Decimal

import pytest

from keyguard.audit.failure import AuditError
from keyguard.audit.importing import read_import
from keyguard.audit.times import parse_time
from keyguard.model.usage import DAY, HOUR

NOW = parse_time("2026-11-22", "rfc3339")
DEFAULTS = {"provider": "acme", "account": "main"}


def read(text: str, *, csv_file: bool = True, **defaults: str) -> list[object]:
    return list(read_import(text, csv_file=csv_file, defaults={**DEFAULTS, **defaults}, read_at=NOW))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column 'start'"),
        ("key,money\n", "no column 'start'"),
        ("start,colour\n", "unknown column 'colour'"),
        ("start,money\n2026-11-20\n", "line 2: not as many values"),
        ("start,money\n2026-11-20,1,2\n", "line 2: not as many values"),
        ("start,money\n,1\n", "line 2: a time is ''"),
        ("start,money\nsoon,1\n", "line 2: a time is 'soon'"),
        ("start,money\n2026-11-20T01:00,1\n", "line 2: start: no multiple of its granularity"),
        ("start,money\n2026-11-20,much\n", "line 2: money: expected a number of 0 or more, not 'much'"),
        ("start,money\n2026-11-20,-1\n", "line 2: money: expected a number of 0 or more"),
        ("start,money\n2026-11-20,inf\n", "line 2: money: expected"),
        ("start,requests\n2026-11-20,1.5\n", "line 2: requests: expected a whole number"),
        ("start,money,currency\n2026-11-20,1,dollars\n", "line 2: currency: expected a code"),
        ("start,granularity\n2026-11-20,1w\n", "line 2: granularity: expected one of 1m, 1h, 1d"),
        ('start,key\n2026-11-20,"x\n', "not CSV"),
    ],
)
def test_names_line_and_column_of_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(AuditError) as caught:
        read(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not JSON"),
        ("{}", "expected a list"),
        ("[1]", "entry 1: expected an object"),
        ('[{"a": 1}]', "unknown column"),
    ],
)
def test_refuses_json_of_another_shape(text: str, said: str) -> None:
    with pytest.raises(AuditError, match=said):
        read(text, csv_file=False)


def test_somebody_must_name_the_provider() -> None:
    with pytest.raises(AuditError, match="line 2: no provider"):
        read("start\n2026-11-20\n", provider="")


def test_takes_csv() -> None:
    text = "\ufeffstart,key,money,currency,requests\n2026-11-20,k,1.10,eur,3\n2026-11-20,k,2,eur,\n2026-11-22,k,,,9\n"
    euros, counts = (batch for batch in read_import(text, csv_file=True, defaults=DEFAULTS, read_at=NOW)[0].series)
    assert (euros.name.currency, euros.name.basis, euros.points[0].money) == ("EUR", "billed", Decimal("3.10"))
    assert (counts.name.basis, counts.points[0].requests, counts.points[0].complete) == ("count", 9, False)


def test_takes_json_of_several_accounts_and_granularities() -> None:
    rows = [
        {"start": NOW - HOUR, "granularity": "1h", "money": 0.1, "account": "a"},
        {"start": "2026-11-20", "money": "0.2", "account": "b", "key": None},
    ]
    batches = read_import(json.dumps({"points": rows}), csv_file=False, defaults=DEFAULTS, read_at=NOW)
    assert [(batch.account, batch.granularity) for batch in batches] == [("a", HOUR), ("b", DAY)]
    assert batches[0].series[0].points[0].money == Decimal("0.1")
    assert batches[1].span.end - batches[1].span.start == DAY
