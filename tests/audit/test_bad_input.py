"""What providers, credentials and disks can do wrong: a clear message, the others read, nothing lost."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from keyguard.audit.accounts import Limits
from keyguard.audit.asking import MOST_PAGES
from keyguard.audit.reading import read_accounts
from keyguard.commands.audit_config import usage_of
from keyguard.errors import KeyguardError, StateError
from keyguard.model import Secret
from keyguard.model.usage import HOUR
from tests.audit.fakes import llm, services
from tests.audit.fakes.ledger import ledger
from tests.audit.stand import Stand, stand
from tests.http.server import Asked, Reply

ADMIN = {"credential": Secret(b"admin")}


def bucket(**result: Any) -> dict[str, Any]:
    amount = {"amount": {"value": 1, "currency": "usd"}, **result}
    return {"start_time": 1795305600, "end_time": 1795392000, "results": [amount]}


def page(*buckets: Any, **more: Any) -> Reply:
    return Reply(200, {"data": list(buckets), "has_more": False, "next_page": None, **more})


def problem_of(place: Stand) -> str:
    result = place.read()
    assert not result.fine
    return result.problem or next(source.problem for source in result.sources if source.problem)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(200, b"<html>Log in</html>", {"Content-Type": "text/html; charset=utf-8"}), "no JSON but text/html"),
        (Reply(200, b""), "no JSON"),
        (Reply(200, b"\xff\xfe"), "no JSON"),
        (Reply(200, b"[" * 100_000), "no JSON"),
        (Reply(200, []), "no list 'data'"),
        (Reply(200, {}), "no list 'data'"),
        (Reply(200, None), "no list 'data'"),
        (Reply(200, {"data": {}}), "no list 'data'"),
        (page({"start_time": 1795305600}), "no list 'results'"),
        (page({"results": [{}]}), "a row has no time"),
        (page({"start_time": "soon", "results": [{}]}), "a time is 'soon', expected unix"),
        (page({"start_time": 1e400, "results": [{}]}), "a time is"),
        (page(bucket(amount={"value": "much", "currency": "usd"})), "an amount is 'much', expected a number"),
        (page(bucket(amount={"value": True, "currency": "usd"})), "an amount is 'True', expected a number"),
        (Reply(200, b'{"data":[{"start_time":1795305600,"results":[{"amount":{"value":NaN}}]}]}'), "expected a number"),
        (
            Reply(200, b'{"data":[{"start_time":1795305600,"results":[{"amount":{"value":1e999999}}]}]}'),
            "expected a number",
        ),
        (page(bucket(amount={"value": 1, "currency": "dollars"})), "a currency is 'DOLLARS'"[:15]),
        (page(bucket(amount={"value": -3, "currency": "usd"})), "amounts below 0, as -3 USD at 2026-11-22 00:00 UTC"),
        (Reply(403, {"error": "no"}), "may not do this (403); it needs api.usage.read"),
        (Reply(402, b""), "answered 402"),
        (Reply(404, b""), "answered 404"),
        (Reply(429, b""), "answered 429 to each of 3 tries"),
        (Reply(503, b""), "answered 503 to each of 3 tries"),
        (Reply(302, b"", {"Location": "https://elsewhere.example/"}), "leads elsewhere"),
    ],
)
def test_answers_that_are_of_no_use_are_said(tmp_path: Path, reply: Reply, said: str) -> None:
    with stand("openai", tmp_path, lambda _: reply, secrets=ADMIN, sources=("costs",)) as place:
        assert said in problem_of(place)


def test_endless_pages_end(tmp_path: Path) -> None:
    def reply(asked: Asked) -> Reply:
        return page(has_more=True, next_page=f"{asked.query.get('page', '')}x")

    with stand("openai", tmp_path, reply, secrets=ADMIN, sources=("costs",)) as place:
        assert problem_of(place) == f"the pages do not end: more than {MOST_PAGES}"
        assert len(place.server.asked) == MOST_PAGES


def test_pages_in_circles_end(tmp_path: Path) -> None:
    reply = page(has_more=True, next_page="same")
    with stand("openai", tmp_path, lambda _: reply, secrets=ADMIN, sources=("costs",)) as place:
        assert "in circles" in problem_of(place)
        assert len(place.server.asked) == 2


def test_a_next_page_elsewhere_is_not_asked(tmp_path: Path) -> None:
    reply = Reply(200, {"usage_records": [], "next_page_uri": "https://elsewhere.example/steal"})
    secrets = {"credential.sid": Secret(b"AC1"), "credential.token": Secret(b"key")}
    with stand("twilio", tmp_path, lambda _: reply, secrets=secrets, parts={"account_sid": "AC1"}) as place:
        assert "not among the provider's own" in problem_of(place)


def test_empty_pages_are_no_use_and_no_problem(tmp_path: Path) -> None:
    def reply(asked: Asked) -> Reply:
        number = int(asked.query.get("page", "0"))
        return page(has_more=number < 5, next_page=str(number + 1) if number < 5 else None)

    with stand("openai", tmp_path, reply, secrets=ADMIN, sources=("costs",)) as place:
        result = place.read()
        assert result.fine
        assert result.sources[0].requests == 6
        assert place.series("costs") == []


def test_what_was_known_outlives_a_failure(tmp_path: Path) -> None:
    book = ledger()
    broken: list[int] = []

    def reply(asked: Asked) -> Reply:
        return Reply(200, b"<html>") if broken and "page" in asked.query else llm.openai(book)(asked)

    with stand("openai", tmp_path, reply, secrets=ADMIN, days=5, sources=("completions",)) as place:
        place.read()
        before = place.series("completions")
        broken.append(1)
        place.clock.time += HOUR
        place.account = place.account._replace(days=20)  # older days are missing: several pages
        assert "no JSON" in problem_of(place)
        assert place.series("completions") == before
        broken.clear()
        assert place.read().fine
        assert place.money("completions") == book.money


def test_negative_amounts_are_kept_and_said(tmp_path: Path) -> None:
    reply = page(bucket(amount={"value": -3, "currency": "usd"}))
    with stand("openai", tmp_path, lambda _: reply, secrets=ADMIN, sources=("costs",)) as place:
        problem_of(place)
        assert place.money("costs") == -3


def test_credits_are_no_problem_where_the_provider_gives_them(tmp_path: Path) -> None:
    item = {"date": "2026-11-21T00:00:00Z", "sku": "x", "repositoryName": "r", "netAmount": -2.5}
    reply = Reply(200, {"usageItems": [item]})
    with stand("github", tmp_path, lambda _: reply, parts={"organization": "acme"}, days=1) as place:
        result = place.read()
        assert result.fine
        assert "amounts below 0" in result.sources[0].notes[0]
        assert place.money("billing") == Decimal("-2.5")


def test_negative_counts_are_refused(tmp_path: Path) -> None:
    result = {"num_model_requests": -1, "input_tokens": 5, "output_tokens": 5, "model": "gpt-4o"}
    reply = page({"start_time": 1795305600, "results": [result]})
    with stand("openai", tmp_path, lambda _: reply, secrets=ADMIN, sources=("completions",)) as place:
        assert "requests is -1, expected 0 or more" in problem_of(place)


def test_limits_in_another_currency_are_said(tmp_path: Path) -> None:
    limits = (Limits("EUR", daily=Decimal(5)),)
    with stand("openai", tmp_path, llm.openai(ledger()), secrets=ADMIN, limits=limits, sources=("costs",)) as place:
        assert problem_of(place) == "limits are in EUR, but figures come in USD"
        assert place.money("costs") > 0


def test_models_without_a_price_are_named_and_not_counted_as_zero(tmp_path: Path) -> None:
    book = ledger(keys=1)
    book.uses = [use._replace(model="gpt-99" if number % 2 else use.model) for number, use in enumerate(book.uses)]
    with stand("openai", tmp_path, llm.openai(book), secrets=ADMIN, sources=("completions",)) as place:
        result = place.read()
        assert result.fine
        tokens = sum(use.inputs + use.outputs for use in book.uses if use.model == "gpt-99")
        assert f"no price is known for gpt-99 ({tokens:,})" in result.sources[0].notes[0]
        money = {each.name.model: each.points[0].money for each in place.series("completions")}
        assert money["gpt-99"] is None
        assert money["gpt-4o"] is not None


def test_a_part_that_is_missing_is_named(tmp_path: Path) -> None:
    with stand("google", tmp_path, services.google(ledger())) as place:
        assert "no 'project', expected the id of the project" in problem_of(place)


def test_a_credential_that_fails_spares_the_other_accounts(tmp_path: Path) -> None:
    with stand("openai", tmp_path, llm.openai(ledger()), secrets=ADMIN, days=5) as place:
        reader = place.reader()

        def secrets(account: Any) -> Any:
            if account.name == "broken":
                raise KeyguardError("the environment variable KEY is not set")
            return place.secrets

        accounts = [place.account._replace(name=name) for name in ("broken", "main")]
        broken, good = read_accounts(accounts, usage_of, reader._replace(secrets=secrets))
        assert broken.problem == "the environment variable KEY is not set"
        assert good.fine
        assert place.money("costs") > 0


def test_a_clock_that_went_back_is_said(tmp_path: Path) -> None:
    with stand("deepseek", tmp_path, services.deepseek({"USD": "5.00"})) as place:
        place.read()
        place.clock.time -= HOUR
        assert "the clock went back" in problem_of(place)


def test_a_full_disk_ends_the_run_and_loses_nothing(tmp_path: Path) -> None:
    book = ledger(hours=24 * 8, keys=6)
    with stand("openai", tmp_path, llm.openai(book), secrets=ADMIN, days=2, sources=("completions",)) as place:
        place.read()
        before = place.series("completions")
        place.state.rows(f"PRAGMA max_page_count = {place.state.rows('PRAGMA page_count')[0][0] + 1}")
        place.account = place.account._replace(days=30)
        with pytest.raises(StateError, match="full"):
            place.read()
        assert place.series("completions") == before


def test_no_message_holds_the_credential_or_the_answer(tmp_path: Path) -> None:
    def reply(asked: Asked) -> Reply:
        return Reply(400, {"error": {"message": f"bad key {asked.bearer}"}})

    with stand("openai", tmp_path, reply, secrets={"credential": Secret(b"very-secret")}) as place:
        result = place.read()
        assert "very-secret" not in json.dumps(result)
        assert "very-secret" not in str(place.state.rows("SELECT * FROM usage_outcomes"))


def test_a_source_that_costs_money_is_not_asked_again_at_once(tmp_path: Path) -> None:
    with stand("azure", tmp_path, services.azure(ledger()), parts={"subscription": "s"}, days=5) as place:
        place.read()
        asked = len(place.server.asked)
        place.clock.time += 600
        result = place.read()
        assert result.fine
        assert result.sources[0].notes == ("cost: not asked again before 2026-11-22 13:30 UTC",)
        assert len(place.server.asked) == asked
