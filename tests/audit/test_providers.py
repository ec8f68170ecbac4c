"""Each provider's fake, read with its own provider file: totals equal the provider's."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from keyguard.audit.times import floor
from keyguard.model import Secret
from keyguard.model.usage import DAY, HOUR
from tests.audit.fakes import llm, services
from tests.audit.fakes.ledger import NOW, Ledger, Use, ledger, used
from tests.audit.stand import Stand, stand

KEY = {"credential": Secret(b"key")}
ADMIN = {"credential": Secret(b"admin")}
DATADOG = {"credential.api": Secret(b"key"), "credential.app": Secret(b"app")}
TWILIO = {"credential.sid": Secret(b"AC1"), "credential.token": Secret(b"key")}

# Provider, fake, source, what it tells, further settings of the account. All but DeepSeek's and Mistral's are buckets.
CASES: list[tuple[str, Any, str, str, dict[str, Any]]] = [
    ("openai", llm.openai, "costs", "money", {"secrets": ADMIN}),
    ("openai", llm.openai, "completions", "money", {"secrets": ADMIN}),
    ("openai", llm.openai, "completions", "requests", {"secrets": ADMIN}),
    ("anthropic", llm.anthropic, "cost", "money", {"secrets": ADMIN}),
    ("anthropic", llm.anthropic, "messages", "tokens", {"secrets": ADMIN}),
    ("openrouter", llm.openrouter, "analytics", "money", {"secrets": {"credential": Secret(b"management")}}),
    ("openrouter", llm.openrouter, "analytics", "requests", {"secrets": {"credential": Secret(b"management")}}),
    ("openrouter", llm.openrouter, "activity", "money", {"secrets": {"credential": Secret(b"management")}}),
    ("runpod", services.runpod, "pods", "money", {}),
    ("xai", services.xai, "usage", "money", {"parts": {"team": "team-1"}}),
    ("elevenlabs", services.elevenlabs, "credits", "inputs", {}),
    ("elevenlabs", services.elevenlabs, "spend", "money", {}),
    ("elevenlabs", services.elevenlabs, "requests", "requests", {}),
    ("twilio", services.twilio, "records", "money", {"secrets": TWILIO, "parts": {"account_sid": "AC1"}}),
    ("sendgrid", services.sendgrid, "stats", "requests", {}),
    ("github", services.github, "billing", "money", {"parts": {"organization": "acme"}}),
    ("datadog", services.datadog, "hourly", "inputs", {"secrets": DATADOG}),
    ("digitalocean", services.digitalocean, "insights", "money", {"parts": {"account_urn": "do:team:1"}}),
    ("google", services.google, "requests", "requests", {"parts": {"project": "acme"}}),
    ("azure", services.azure, "cost", "money", {"parts": {"subscription": "s"}}),
]
# At OpenRouter any other credential is an ordinary key.
REFUSING = [case for case in CASES if case[0] != "openrouter"]
NAMES = [f"{provider}-{source}-{figure}" for provider, _, source, figure, _ in CASES]


def told(place: Stand, source: str, figure: str) -> Decimal:
    if figure == "money":
        return place.money(source)
    return Decimal(place.requests(source) if figure == "requests" else place.tokens(source))


def truth(book: Ledger, figure: str) -> Decimal:
    if figure == "tokens":
        return Decimal(sum(use.inputs + use.outputs for use in book.uses))
    return Decimal(sum(getattr(use, figure) for use in book.uses))


def nearly(one: Decimal, other: Decimal) -> bool:
    """Some providers tell money as binary fractions; those are not exact."""
    return abs(one - other) < Decimal("1e-9")


@pytest.mark.parametrize(("provider", "fake", "source", "figure", "more"), CASES, ids=NAMES)
def test_totals_are_those_of_the_provider(
    tmp_path: Path, provider: str, fake: Any, source: str, figure: str, more: dict[str, Any]
) -> None:
    book = ledger()
    with stand(provider, tmp_path, fake(book), days=10, **more) as place:
        result = place.read()
        assert result.fine, result
        assert nearly(told(place, source, figure), truth(book, figure))


@pytest.mark.parametrize(("provider", "fake", "source", "figure", "more"), CASES, ids=NAMES)
def test_what_is_restated_and_taken_back_is_right_after_the_next_read(
    tmp_path: Path, provider: str, fake: Any, source: str, figure: str, more: dict[str, Any]
) -> None:
    book = ledger()
    with stand(provider, tmp_path, fake(book), days=10, **more) as place:
        assert place.read().fine
        last = book.uses[-1]
        book.uses[-1] = used(last.start, last.key, 1, last.inputs * 2, last.outputs, last.project)
        del book.uses[-3]
        place.clock.time += 2 * HOUR
        book.uses.append(used(floor(NOW, HOUR) + HOUR, "key_9", 5, 4000, 100))
        place.clock.time += 8 * HOUR  # some are not asked again before
        result = place.read()
        assert result.fine, result
        assert nearly(told(place, source, figure), truth(book, figure))


@pytest.mark.parametrize(("provider", "fake", "source", "figure", "more"), REFUSING, ids=lambda each: str(each)[:12])
def test_a_revoked_credential_is_said_and_nothing_is_lost(
    tmp_path: Path, provider: str, fake: Any, source: str, figure: str, more: dict[str, Any]
) -> None:
    book = ledger()
    with stand(provider, tmp_path, fake(book), days=10, **more) as place:
        place.read()
        before = told(place, source, figure)
        place.secrets = dict.fromkeys(place.secrets, Secret(b"gone"))
        place.clock.time += 9 * HOUR
        asked = len(place.server.asked)
        result = place.read()
        assert not result.fine
        assert any("the credential is refused (401)" in each.problem for each in result.sources)
        assert len(place.server.asked) == asked + 1
        assert told(place, source, figure) == before


@pytest.mark.parametrize(("provider", "fake", "source", "figure", "more"), CASES, ids=NAMES)
def test_the_running_bucket_is_not_final(
    tmp_path: Path, provider: str, fake: Any, source: str, figure: str, more: dict[str, Any]
) -> None:
    assert figure
    book = ledger()
    with stand(provider, tmp_path, fake(book), days=10, **more) as place:
        place.read()
        read = next(read for read in place.usage.reads if read.id == source)
        for each in place.series(source):
            for point in each.points:
                assert point.complete == (point.start + each.name.granularity + read.lag <= NOW)


def test_openrouter_of_an_ordinary_key_tells_of_that_key(tmp_path: Path) -> None:
    book = ledger()
    with stand("openrouter", tmp_path, llm.openrouter(book), secrets={"credential": Secret(b"key_0")}) as place:
        first = place.read()
        assert first.fine
        assert any("it needs a management key" in note for each in first.sources for note in each.notes)
        place.clock.time += HOUR
        book.uses.append(Use(floor(NOW, HOUR), "key_0", "m", "p", 1, 1, 1, Decimal("1.5")))
        assert place.read().fine
        assert nearly(place.money("key"), Decimal("1.5"))
        assert {each.name.key for each in place.series("key")} == {"key_0"}


def test_openrouter_cuts_long_answers_and_is_asked_in_halves(tmp_path: Path) -> None:
    book = ledger(hours=24 * 6)
    secrets = {"credential": Secret(b"management")}
    with stand("openrouter", tmp_path, llm.openrouter(book, most_rows=20), days=7, secrets=secrets) as place:
        assert place.read().fine
        assert nearly(place.money("analytics"), book.money)
        assert place.requests("analytics") == book.requests


def test_a_key_that_is_new_to_openrouter_counts_from_its_first_cent(tmp_path: Path) -> None:
    book = ledger()
    secrets = {"credential": Secret(b"management")}
    with stand("openrouter", tmp_path, llm.openrouter(book), secrets=secrets) as place:
        place.read()
        place.clock.time += HOUR
        book.uses.append(Use(floor(NOW, HOUR), "thief", "m", "p", 1, 1, 1, Decimal(500)))
        place.read()
        spent = {each.name.key: sum(p.money or 0 for p in each.points) for each in place.series("keys")}
        assert spent == {"key_0": 0, "key_1": 0, "thief": 500}


def test_openai_by_minute_hour_and_day_is_the_same_money(tmp_path: Path) -> None:
    book = ledger(hours=20)
    seen = []
    with stand("openai", tmp_path, llm.openai(book), days=2, secrets=ADMIN, sources=("completions",)) as place:
        for granularity in (DAY, 60, HOUR):
            place.account = place.account._replace(granularity=granularity)
            assert place.read().fine
            assert {each.name.granularity for each in place.series("completions")} == {granularity}
            seen.append(place.money("completions"))
    assert seen == [book.money] * 3


def test_a_key_that_only_the_month_tells_of(tmp_path: Path) -> None:
    book = ledger(hours=20)
    with stand("mistral", tmp_path, services.mistral(book)) as place:
        place.read()
        assert nearly(place.money("month"), book.money)
        (whole,) = place.series("month")
        assert not any(point.complete for point in whole.points)  # how it was spread over the month is not known
        place.clock.time += HOUR
        book.uses.append(Use(floor(NOW, HOUR), "k", "m", "p", 1, 1, 1, Decimal("2.25")))
        place.read()
        assert nearly(place.money("month"), book.money)


def test_balances_fall_and_top_ups_are_recognised(tmp_path: Path) -> None:
    balance = {"USD": "10.00"}
    with stand("deepseek", tmp_path, services.deepseek(balance)) as place:
        first = place.read()
        assert any("first reading" in note for note in first.sources[0].notes)
        for minutes, total in ((30, "9.99"), (60, "8.49"), (60, "58.00"), (60, "57.25")):
            place.clock.time += minutes * 60
            balance["USD"] = total
            result = place.read()
            assert result.fine
            paid = [note for note in result.sources[0].notes if "paid in" in note]
            assert bool(paid) == (total == "58.00")
        assert place.money("balance") == Decimal("10.00") - Decimal("8.49") + Decimal("0.75")
        (spent,) = place.series("balance")
        assert [point.complete for point in spent.points] == [True, True, False, True]


def test_balances_in_two_currencies_stay_apart(tmp_path: Path) -> None:
    balance = {"CNY": "110.00", "USD": "5.00"}
    with stand("deepseek", tmp_path, services.deepseek(balance)) as place:
        place.read()
        place.clock.time += HOUR
        balance.update(CNY="100.00", USD="4.00")
        place.read()
        assert {each.name.currency: each.points[-1].start for each in place.series("balance")}.keys() == {"CNY", "USD"}
        assert place.money("balance") == 11


def test_digitalocean_without_its_urn_tells_the_month_only(tmp_path: Path) -> None:
    with stand("digitalocean", tmp_path, services.digitalocean(ledger())) as place:
        result = place.read()
        assert result.fine
        assert any("no 'account_urn'" in note for each in result.sources for note in each.notes)
