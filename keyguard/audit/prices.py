"""What one unit of a model cost on a given day: a dated table, which a person's own table goes before."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NamedTuple

from keyguard.audit.times import moment
from keyguard.errors import ConfigError
from keyguard.providers.usage import METERS

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BUILTIN: Final = Path(__file__).with_name("prices.toml")
# Token meters are priced per million, as the price lists are written; all others per one.
MILLION: Final = frozenset(
    {"input", "cached_input", "cache_write", "cache_write_long", "output", "audio_input", "audio_output", "characters"}
)
_KEYS: Final = frozenset({"provider", "models", "since", "currency", "batch", "source", "verified", *METERS})
# gpt-4o-2024-08-06 costs what gpt-4o does, unless the table names it.
_DATED: Final = re.compile(r"-(?:\d{4}-\d{2}-\d{2}|\d{8})$")


class Price(NamedTuple):
    """What `models` cost from day `since` on, by meter. `batch` is the share that batches pay."""

    provider: str
    models: tuple[str, ...]
    since: dt.date
    currency: str
    batch: Decimal
    units: Mapping[str, Decimal]


class PriceTable:
    """Prices by provider and model. Tables given first go first, also before later dates of those after them."""

    def __init__(self, tables: Iterable[Iterable[Price]]) -> None:
        self._by_model: list[dict[tuple[str, str], list[Price]]] = []
        for table in tables:
            found: dict[tuple[str, str], list[Price]] = {}
            for price in sorted(table, key=lambda price: price.since, reverse=True):
                for model in price.models:
                    found.setdefault((price.provider, model), []).append(price)
            self._by_model.append(found)

    def price(self, provider: str, model: str, start: int) -> Price | None:
        """The price of a model on the day of `start` (Unix seconds); None where no table names it."""
        day = moment(start).date()
        for table in self._by_model:
            for name in (model, _DATED.sub("", model)):
                for price in table.get((provider, name), ()):
                    if price.since <= day:
                        return price
        return None

    def cost(self, provider: str, model: str, start: int, meters: Mapping[str, int], *, batch: bool) -> Decimal | None:
        """The exact price of what was used; None where the model, or a meter that is not 0, has no price."""
        price = self.price(provider, model, start)
        used = {meter: count for meter, count in meters.items() if count}
        if price is None or not used.keys() <= price.units.keys():
            return None if used else Decimal(0)
        parts = (
            count * price.units[meter] * (Decimal("0.000001") if meter in MILLION else 1)
            for meter, count in used.items()
        )
        return sum(parts, Decimal(0)) * (price.batch if batch else 1)


def load_prices(own: Path | None = None) -> PriceTable:
    """The built-in table, and `own` before it. ConfigError names file and entry."""
    tables = [read_prices(BUILTIN)]
    return PriceTable([read_prices(own), *tables] if own else tables)


def read_prices(path: Path) -> list[Price]:
    """One price table. ConfigError says which entry is wrong."""
    try:
        data = tomllib.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}", "the file must be TOML in UTF-8") from None
    entries = data.get("price", [])
    if set(data) - {"price"} or not isinstance(entries, list):
        raise ConfigError(f"{path}: expected nothing but tables [[price]]")
    return [_price(path, number, entry) for number, entry in enumerate(entries, 1)]


def _price(path: Path, number: int, entry: Mapping[str, Any]) -> Price:
    try:
        _check_keys(entry)
        units = {meter: _amount(meter, entry[meter]) for meter in METERS if meter in entry}
        batch = _amount("batch", entry.get("batch", "1"))
        currency = str(entry.get("currency", "USD"))
        return Price(str(entry["provider"]), _models(entry["models"]), _day(entry["since"]), currency, batch, units)
    except ValueError as error:
        raise ConfigError(f"{path}: [[price]] number {number}: {error}") from None


def _check_keys(entry: Mapping[str, Any]) -> None:
    for key in entry:
        if key not in _KEYS:
            raise ValueError(f"unknown key {key!r}, expected one of {', '.join(sorted(_KEYS))}")
    for key in ("provider", "models", "since"):
        if key not in entry:
            raise ValueError(f"no {key!r}")
    if not any(meter in entry for meter in METERS):
        raise ValueError(f"no price, expected at least one of {', '.join(METERS)}")


def _models(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(model, str) for model in value):
        raise ValueError("models: expected a list of names")
    return tuple(value)


def _day(value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    raise ValueError("since: expected a date without quotes, as 2026-11-21")


def _amount(name: str, value: object) -> Decimal:
    try:
        amount = Decimal(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise ValueError(f'{name}: expected an amount in quotes, as "0.075", not {value!r}')
    return amount
