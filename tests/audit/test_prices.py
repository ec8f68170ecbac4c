from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from keyguard.audit.prices import BUILTIN, load_prices, read_prices
from keyguard.audit.times import parse_time
from keyguard.errors import ConfigError

ENTRY = '[[price]]\nprovider = "openai"\nmodels = ["gpt-4o"]\nsince = 2026-11-01\ninput = "1"\noutput = "2"\n'
NOW = parse_time("2026-11-22", "rfc3339")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[price]]\n", "number 1: no 'provider'"),
        (ENTRY + 'colour = "red"\n', "unknown key 'colour'"),
        (ENTRY.replace('["gpt-4o"]', "[]"), "models: expected a list"),
        (ENTRY.replace("2026-11-01", '"soon"'), "since: expected a date"),
        (ENTRY.replace('"1"', "1.5"), "input: expected an amount in quotes"),
        (ENTRY.replace('"1"', '"-1"'), "input: expected an amount"),
        (ENTRY.replace('"1"', '"NaN"'), "input: expected an amount"),
        (ENTRY.replace('input = "1"\noutput = "2"\n', ""), "no price"),
        ("[prices]\n", "nothing but tables [[price]]"),
        ("[[price]\n", "must be TOML"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        read_prices(path)
    assert str(caught.value).startswith(str(path))
    assert said in str(caught.value) + caught.value.hint


def test_a_missing_table_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        load_prices(tmp_path / "none.toml")


def test_an_unknown_model_has_no_price_and_no_use_costs_nothing() -> None:
    table = load_prices()
    assert table.cost("openai", "gpt-99", NOW, {"input": 1}, batch=False) is None
    assert table.cost("openai", "gpt-4o", NOW, {"images": 1}, batch=False) is None
    assert table.cost("acme", "gpt-4o", NOW, {"input": 1}, batch=False) is None
    assert table.cost("openai", "gpt-99", NOW, {"input": 0}, batch=False) == 0


def test_a_price_counts_from_its_day_on(tmp_path: Path) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(ENTRY + ENTRY.replace("2026-11-01", "2026-11-20").replace('"1"', '"4"'), encoding="utf-8")
    table = load_prices(path)
    for day, price in (("2026-11-20", "4"), ("2026-11-19", "1"), ("2026-10-31", "2.5")):  # the last from the built-in
        at = parse_time(day, "rfc3339")
        assert table.cost("openai", "gpt-4o", at, {"input": 10**6}, batch=False) == Decimal(price)


def test_prices_are_exact_and_batches_pay_less() -> None:
    table = load_prices()
    assert table.cost("openai", "gpt-4o", NOW, {"input": 1, "cached_input": 3, "output": 1}, batch=False) == Decimal(
        "0.00001625"
    )
    assert table.cost("openai", "gpt-4o", NOW, {"output": 1}, batch=True) == Decimal("0.000005")


def test_a_dated_model_costs_what_its_name_does_unless_it_is_named() -> None:
    table = load_prices()
    cost = {name: table.cost("openai", name, NOW, {"input": 10**6}, batch=False) for name in
            ("gpt-4o", "gpt-4o-2024-08-06", "gpt-4o-2024-05-13")}  # fmt: skip
    assert cost == {"gpt-4o": Decimal("2.5"), "gpt-4o-2024-08-06": Decimal("2.5"), "gpt-4o-2024-05-13": 5}
    assert table.price("anthropic", "claude-haiku-4-5-20251001", NOW) is not None


def test_the_built_in_table_is_right() -> None:
    assert {price.provider for price in read_prices(BUILTIN)} == {"anthropic", "openai"}
