from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from keyguard.audit.accounts import Account, Limits, is_muted
from keyguard.audit.times import parse_time
from keyguard.commands.audit_config import AuditConfig, read_audit
from keyguard.commands.config import read_config
from keyguard.errors import ConfigError
from keyguard.model.usage import DAY

ACCOUNT = '[[audit.account]]\nprovider = "openai"\ncredential = "env:KEY"\n'


def audit(folder: Path, text: str) -> AuditConfig:
    path = folder / ".keyguard.toml"
    path.write_text(text, encoding="utf-8")
    return read_audit(read_config(str(path)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("audit = 1\n", "audit: expected a table"),
        ("[audit]\ncolour = 1\n", "audit: unknown key 'colour'"),
        ("[audit]\nretention = 5\n", "audit: retention: expected a span"),
        ("[audit]\nretention = '5 years'\n", "audit: retention: expected a span"),
        ("[audit]\nprices = ''\n", "audit: prices: expected a text"),
        ("[audit]\naccount = 1\n", "audit.account: expected tables"),
        ("[[audit.account]]\n", "audit.account number 1: provider: expected the id"),
        ("[[audit.account]]\nprovider = 'jwt'\n", "'jwt' tells nothing about use"),
        ("[[audit.account]]\nprovider = 'none'\n", "'none' tells nothing about use"),
        ("[[audit.account]]\nprovider = 'openai'\n", "audit.account number 1: no 'credential'"),
        (ACCOUNT + "colour = 1\n", "audit.account number 1: unknown key 'colour'"),
        (ACCOUNT + "team = 'x'\n", "unknown key 'team'"),
        (ACCOUNT + "name = 'a b'\n", "name: expected a name"),
        (ACCOUNT + "group = ['user']\n", "group: expected a list of some of key, project, model"),
        (ACCOUNT + "granularity = '1w'\n", "granularity: expected one of 1m, 1h, 1d"),
        (ACCOUNT + "limits = 5\n", "limits: expected a table of hourly"),
        (ACCOUNT + "limits = {}\n", "limits: expected one of hourly"),
        (ACCOUNT + "limits = { daily = -1 }\n", "limits: daily: expected an amount"),
        (ACCOUNT + "limits = { daily = true }\n", "limits: daily: expected an amount"),
        (ACCOUNT + "limits = { daily = nan }\n", "limits: daily: expected an amount"),
        (ACCOUNT + "limits = { daily = 5, unit = 'dollars' }\n", "limits: unit: expected requests or a currency"),
        (ACCOUNT + "on-breach = 'panic'\n", "on-breach: expected one of alert, stop"),
        (ACCOUNT + "mute = ['at night']\n", "mute: expected times"),
        (ACCOUNT + "mute = ['22:00-25:00']\n", "mute: expected times"),
        (ACCOUNT + "mute = ['someday 22:00-23:00']\n", "mute: expected days"),
        (ACCOUNT + "sensitivity = 'paranoid'\n", "sensitivity: expected one of low, normal, high"),
        (ACCOUNT + "sources = ['bills']\n", "sources: 'bills' is not known"),
        (ACCOUNT + "history = '0d'\n", "history: expected a span"),
        (ACCOUNT + ACCOUNT, "audit.account number 2: name: openai/main is used twice"),
    ],
)
def test_names_file_and_key_of_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        audit(tmp_path, text)
    assert str(caught.value).startswith(str(tmp_path / ".keyguard.toml"))
    assert said in str(caught.value)


@pytest.mark.parametrize("value", ["'sk-admin-abc'", "''", "{}", "{ id = 1 }", "5", "'env:'", "{ id = 'AKIA' }"])
def test_a_key_that_stands_there_by_mistake_is_not_shown(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        audit(tmp_path, ACCOUNT.replace('"env:KEY"', value))
    assert "credential" in str(caught.value)
    assert "sk-admin" not in str(caught.value) + caught.value.hint


def test_reads_every_key(tmp_path: Path) -> None:
    text = """
        [audit]
        retention = "30d"
        prices = "own.toml"
        [[audit.account]]
        provider = "google"
        name = "web"
        credential = { "" = "cmd:gcloud auth print-access-token" }
        project = "acme-web"
        group = ["key"]
        granularity = "1d"
        limits = [{ hourly = 0.5, daily = "10.25", monthly = 100 }, { daily = 1000, unit = "requests" }]
        limits-per-key = { daily = 2 }
        on-breach = "stop"
        mute = ["22:00-06:00", "sat,sun 00:00-24:00"]
        sensitivity = "high"
        sources = ["requests"]
        history = "14d"
    """
    found = audit(tmp_path, text)
    assert (found.retention, found.prices) == (30 * DAY, tmp_path / "own.toml")
    (account,) = found.accounts
    assert account == Account(
        provider="google",
        name="web",
        credentials={"": "cmd:gcloud auth print-access-token"},
        parts={"project": "acme-web"},
        group=("key",),
        granularity=DAY,
        limits=(
            Limits("USD", Decimal("0.5"), Decimal("10.25"), Decimal(100)),
            Limits("requests", daily=Decimal(1000)),
        ),
        key_limits=(Limits("USD", daily=Decimal(2)),),
        on_breach="stop",
        mute=account.mute,
        sensitivity="high",
        sources=("requests",),
        days=14,
    )
    assert len(account.mute) == 2


@pytest.mark.parametrize(
    ("mute", "when", "silent"),
    [
        ("22:00-06:00", "2026-11-22T23:00", True),
        ("22:00-06:00", "2026-11-22T05:59", True),
        ("22:00-06:00", "2026-11-22T06:00", False),
        ("sat,sun 00:00-24:00", "2026-11-22T12:00", True),
        ("sat,sun 00:00-24:00", "2026-11-23T12:00", False),
        ("mon-fri 09:00-10:00", "2026-11-23T09:30", True),
        ("mon-fri 09:00-10:00", "2026-11-22T09:30", False),
        ("fri-mon 22:00-01:00", "2026-11-24T00:30", True),
        ("fri-mon 22:00-01:00", "2026-11-24T22:30", False),
    ],
)
def test_mute_windows(tmp_path: Path, mute: str, when: str, silent: bool) -> None:
    (account,) = audit(tmp_path, ACCOUNT + f'mute = "{mute}"\n').accounts
    assert is_muted(account, parse_time(when, "rfc3339")) is silent


def test_accounts_are_chosen_by_provider_or_name(tmp_path: Path) -> None:
    found = audit(tmp_path, ACCOUNT + ACCOUNT + 'name = "second"\n' + ACCOUNT.replace("openai", "deepseek"))
    assert [account.title for account in found.chosen(("openai",))] == ["openai/main", "openai/second"]
    assert [account.title for account in found.chosen(("openai/second", "deepseek"))] == [
        "openai/second",
        "deepseek/main",
    ]
    assert len(found.chosen(())) == 3
    with pytest.raises(ConfigError, match="no account 'mistral'"):
        found.chosen(("mistral",))
