"""The [audit] table of the configuration: accounts, limits, prices and how long figures are kept."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NamedTuple

from keyguard.audit.accounts import GROUPS, ON_BREACH, SENSITIVITIES, Account, Limits, Mute
from keyguard.commands.config import Config, one_of
from keyguard.errors import ConfigError, KeyguardError
from keyguard.http.credentials import check_reference
from keyguard.model.usage import DAY
from keyguard.providers.actions import find_file
from keyguard.providers.usage import SECONDS, Usage, read_usage, span_seconds

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MUTE: Final = re.compile(r"(?:([a-z, -]+) )?(\d\d):(\d\d)-(\d\d):(\d\d)")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")


class AuditConfig(NamedTuple):
    """What [audit] says. `retention` is in seconds; `options` are the keys of other parts of the audit, unread."""

    path: str
    accounts: tuple[Account, ...] = ()
    prices: Path | None = None
    retention: int = 400 * DAY
    options: Mapping[str, Any] = {}

    def chosen(self, names: tuple[str, ...]) -> tuple[Account, ...]:
        """The accounts called so: PROVIDER or PROVIDER/NAME; all where no name is given."""
        for name in names:
            if not any(name in (account.provider, account.title) for account in self.accounts):
                known = ", ".join(account.title for account in self.accounts) or "none"
                raise ConfigError(f"no account {name!r} in the configuration", f"accounts: {known}")
        return tuple(
            account for account in self.accounts if not names or {account.provider, account.title} & set(names)
        )


# Keys of [audit] that other modules read: one line for each.
OPTIONS: Final = frozenset({"alerts", "floor", "report"})


def read_audit(config: Config) -> AuditConfig:
    """The checked table. ConfigError names file and key."""
    table = config.tables.get("audit", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{config.path}: audit: expected a table, written as [audit]")
    accounts = table.get("account", [])
    if not isinstance(accounts, list) or not all(isinstance(each, dict) for each in accounts):
        raise ConfigError(f"{config.path}: audit.account: expected tables, written as [[audit.account]]")
    known = {"account", "prices", "retention", *OPTIONS}
    for key in table:
        if key not in known:
            raise ConfigError(f"{config.path}: audit: unknown key {key!r}", f"known keys: {', '.join(sorted(known))}")
    read = tuple(_account(config.path, number, each) for number, each in enumerate(accounts, 1))
    _refuse_twins(config.path, read)
    return AuditConfig(
        config.path,
        read,
        _prices(config.path, table.get("prices")),
        _told(config.path, "audit: retention", _span, table.get("retention", "400d")),
        {key: table[key] for key in OPTIONS if key in table},
    )


def usage_of(provider: str) -> Usage | None:
    """What a built-in provider file says of use; None where it says nothing."""
    file = find_file(provider)
    return read_usage(file) if file else None


def _account(path: str, number: int, table: Mapping[str, Any]) -> Account:
    place = f"{path}: audit.account number {number}"
    provider = table.get("provider")
    if not isinstance(provider, str):
        raise ConfigError(f'{place}: provider: expected the id of a provider, such as "openai"')
    usage = usage_of(provider)
    if usage is None:
        raise ConfigError(
            f"{place}: provider: {provider!r} tells nothing about use", "docs/audit.md lists those that do"
        )
    for key in table:
        if key not in _FIELDS and key not in ("provider", *usage.parts):
            known = ", ".join(sorted([*_FIELDS, "provider", *usage.parts]))
            raise ConfigError(f"{place}: unknown key {key!r}", f"known keys: {known}")
    if "credential" not in table:
        raise ConfigError(
            f"{place}: no 'credential'", f"{usage.credential}, named as env:NAME, file:PATH or cmd:PROGRAM"
        )
    values = {
        field: _told(path, f"audit.account number {number}: {key}", check, table[key])
        for key, (field, check) in _FIELDS.items()
        if key in table
    }
    parts = {
        part: _told(path, f"audit.account number {number}: {part}", _text, table[part])
        for part in usage.parts
        if part in table
    }
    account = Account(**{"provider": provider, "name": "main", "parts": parts, **values})
    _check_sources(place, account, usage)
    return account


def _check_sources(place: str, account: Account, usage: Usage) -> None:
    known = [read.id for read in usage.reads]
    for source in account.sources:
        if source not in known:
            raise ConfigError(f"{place}: sources: {source!r} is not known, expected some of {', '.join(known)}")


def _refuse_twins(path: str, accounts: tuple[Account, ...]) -> None:
    titles = [account.title for account in accounts]
    for number, title in enumerate(titles):
        if title in titles[:number]:
            raise ConfigError(f"{path}: audit.account number {number + 1}: name: {title} is used twice")


def _told(path: str, key: str, check: Callable[[Any], Any], value: object) -> Any:
    try:
        return check(value)
    except ValueError as error:
        raise ConfigError(f"{path}: {key}: {error}") from None
    except KeyguardError as error:
        raise ConfigError(f"{path}: {key}: {error}", error.hint) from None


def _prices(path: str, value: object) -> Path | None:
    if value is None:
        return None
    return Path(os.path.dirname(path), _told(path, "audit: prices", _text, value))


def _text(value: object) -> str:
    if isinstance(value, str) and value and value.isprintable():
        return value
    raise ValueError(f"expected a text, not {value!r}")


def _name(value: object) -> str:
    if isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", value):
        return value
    raise ValueError(f"expected a name of letters, digits and any of ._- , not {value!r}")


def _span(value: object) -> int:
    if not isinstance(value, str):
        raise ValueError(f"expected a span such as 90d, not {value!r}")  # noqa: TRY004 - told as any wrong value
    return span_seconds(value)


def _days(value: object) -> int:
    return -(-_span(value) // DAY)


def _references(value: object) -> Mapping[str, str]:
    """By part, "" for the only one. A value is never shown: it could be a key by mistake."""
    table = {"": value} if isinstance(value, str) else value
    if not isinstance(table, dict) or not table or not all(isinstance(each, str) for each in table.values()):
        raise ValueError("expected a reference such as env:NAME, or a table of them")
    return {part: check_reference(each) for part, each in table.items()}


def _some_of(words: tuple[str, ...]) -> Callable[[object], tuple[str, ...]]:
    def check(value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(each in words for each in value):
            return tuple(value)
        raise ValueError(f"expected a list of some of {', '.join(words)}, not {value!r}")

    return check


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    raise ValueError(f"expected a list of texts, not {value!r}")


def _limits(value: object) -> tuple[Limits, ...]:
    tables = value if isinstance(value, list) else [value]
    return tuple(map(_limit, tables))


def _limit(table: object) -> Limits:
    known = ("hourly", "daily", "monthly", "unit")
    if not isinstance(table, dict) or not set(table) <= set(known):
        raise ValueError(f"expected a table of {', '.join(known)}, not {table!r}")
    unit = table.get("unit", "USD")
    if not isinstance(unit, str) or not (unit == "requests" or _CURRENCY.fullmatch(unit)):
        raise ValueError(f"unit: expected requests or a currency such as USD, not {unit!r}")
    amounts = {key: _amount(key, each) for key, each in table.items() if key != "unit"}
    if not amounts:
        raise ValueError("expected one of hourly, daily, monthly")
    return Limits(unit, **amounts)


def _amount(key: str, value: object) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        amount = Decimal("NaN")
    if isinstance(value, bool) or not amount.is_finite() or amount < 0:
        raise ValueError(f"{key}: expected an amount of 0 or more, not {value!r}")
    return amount


def read_mutes(value: object) -> tuple[Mute, ...]:
    """Times without alarms; ValueError says what was expected."""
    return tuple(map(_mute, _texts([value] if isinstance(value, str) else value)))


def _mute(text: str) -> Mute:
    """`22:00-06:00`, `sat,sun 00:00-24:00` or `mon-fri 18:00-20:00`, UTC."""
    match = _MUTE.fullmatch(text)
    start, end = (int(match[2]) * 60 + int(match[3]), int(match[4]) * 60 + int(match[5])) if match else (0, 0)
    if not match or start == end or max(start, end) > 1440:
        raise ValueError(f'expected times as "22:00-06:00" or "sat,sun 00:00-24:00" (UTC), not {text!r}')
    return Mute(_weekdays(match[1] or "mon-sun", text), start, end)


def _weekdays(text: str, shown: str) -> tuple[int, ...]:
    days: set[int] = set()
    for part in text.replace(" ", "").split(","):
        first, _, last = part.partition("-")
        if first not in _DAYS or (last and last not in _DAYS):
            raise ValueError(f"expected days as {', '.join(_DAYS)}, not {shown!r}")
        low, high = _DAYS.index(first), _DAYS.index(last or first)
        days.update(day % 7 for day in range(low, high + 1 if high >= low else high + 8))
    return tuple(sorted(days))


def _granularity(value: object) -> int:
    return SECONDS[one_of(tuple(SECONDS))(value)]


# Key in the file, field of Account, check.
_FIELDS: Final[Mapping[str, tuple[str, Callable[[object], Any]]]] = {
    "name": ("name", _name),
    "credential": ("credentials", _references),
    "group": ("group", _some_of(GROUPS)),
    "granularity": ("granularity", _granularity),
    "limits": ("limits", _limits),
    "limits-per-key": ("key_limits", _limits),
    "on-breach": ("on_breach", one_of(ON_BREACH)),
    "mute": ("mute", read_mutes),
    "sensitivity": ("sensitivity", one_of(SENSITIVITIES)),
    "sources": ("sources", _texts),
    "history": ("days", _days),
}
