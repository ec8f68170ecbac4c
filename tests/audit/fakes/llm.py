"""OpenAI, Anthropic and OpenRouter, as far as usage goes: pages, groups, bad credentials."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from itertools import groupby
from typing import Any

from tests.audit.fakes.ledger import DAY, HOUR, Ledger, Use
from tests.audit.fakes.schema import checked
from tests.http.server import Asked, Reply

WIDTHS = {"1m": 60, "1h": HOUR, "1d": DAY, "minute": 60, "hour": HOUR, "day": DAY}
UNAUTHORIZED = Reply(401, {"error": {"message": "Incorrect API key provided"}})


def iso(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def by(uses: list[Use], *names: str) -> list[tuple[tuple[str, ...], list[Use]]]:
    def group(use: Use) -> tuple[str, ...]:
        return tuple(getattr(use, name) for name in names)

    return [(key, list(members)) for key, members in groupby(sorted(uses, key=group), group)]


def page(found: list[Any], limit: int, token: str) -> tuple[list[Any], str | None]:
    """One page of `found`, and the name of the next."""
    start = int(token.removeprefix("page_")) if token else 0
    more = start + limit < len(found)
    return found[start : start + limit], f"page_{start + limit}" if more else None


def openai(ledger: Ledger, credential: str = "admin") -> Callable[[Asked], Reply]:
    def reply(asked: Asked) -> Reply:
        if asked.bearer != credential:
            return UNAUTHORIZED
        kind = asked.path.rpartition("/")[2]
        assert "start_time" in asked.query
        width = WIDTHS[asked.query["bucket_width"]]
        end = int(asked.query["end_time"])
        buckets = [
            {
                "object": "bucket",
                "start_time": start,
                "end_time": start + width,
                "results": [_result(kind, *group) for group in by(uses, "key", "project", "model")],
            }
            for start, uses in ledger.buckets(int(asked.query["start_time"]), end, width)
        ]
        if kind not in ("costs", "completions"):
            buckets = [{**bucket, "results": []} for bucket in buckets]
        data, following = page(buckets, int(asked.query["limit"]), asked.query.get("page", ""))
        body = {"object": "page", "data": data, "has_more": following is not None, "next_page": following}
        return Reply(200, checked(f"openai-{kind}", body))

    return reply


def _result(kind: str, names: tuple[str, ...], uses: list[Use]) -> dict[str, Any]:
    key, project, model = names
    if kind == "costs":
        amount = {"value": float(sum(use.money for use in uses)), "currency": "usd"}
        return {"object": "organization.costs.result", "amount": amount, "api_key_id": key, "project_id": project}
    return {
        "object": "organization.usage.completions.result",
        "input_tokens": sum(use.inputs for use in uses),
        "input_cached_tokens": 0,
        "output_tokens": sum(use.outputs for use in uses),
        "num_model_requests": sum(use.requests for use in uses),
        "project_id": project,
        "api_key_id": key,
        "model": model,
        "batch": None,
    }


def anthropic(ledger: Ledger, credential: str = "admin") -> Callable[[Asked], Reply]:
    def reply(asked: Asked) -> Reply:
        assert asked.headers["anthropic-version"] == "2023-06-01"
        if asked.headers.get("x-api-key") != credential:
            return UNAUTHORIZED
        costs = asked.path.endswith("cost_report")
        width = WIDTHS[asked.query["bucket_width"]]
        limit = int(asked.query["limit"])
        assert limit <= {60: 1440, HOUR: 168, DAY: 31}[width]
        make = _cost if costs else _messages
        buckets = [
            {"starting_at": iso(start), "ending_at": iso(start + width), "results": [make(*each) for each in groups]}
            for start, uses in ledger.buckets(
                seconds(asked.query["starting_at"]), seconds(asked.query["ending_at"]), width
            )
            for groups in [by(uses, "project", "model") if costs else by(uses, "project", "model", "key")]
        ]
        data, following = page(buckets, limit, asked.query.get("page", ""))
        body = {"data": data, "has_more": following is not None, "next_page": following}
        return Reply(200, checked("anthropic-cost" if costs else "anthropic-messages", body))

    return reply


def _cost(names: tuple[str, ...], uses: list[Use]) -> dict[str, Any]:
    cents = sum(use.money for use in uses) * 100
    told = {"amount": f"{cents:f}", "currency": "USD", "cost_type": "tokens", "description": "use"}
    return {**told, "workspace_id": names[0], "model": names[1]}


def _messages(names: tuple[str, ...], uses: list[Use]) -> dict[str, Any]:
    return {
        "api_key_id": names[2],
        "workspace_id": names[0],
        "model": names[1],
        "service_tier": "standard",
        "uncached_input_tokens": sum(use.inputs for use in uses),
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_1h_input_tokens": 0, "ephemeral_5m_input_tokens": 0},
        "output_tokens": sum(use.outputs for use in uses),
        "server_tool_use": {"web_search_requests": 0},
    }


def openrouter(ledger: Ledger, credential: str = "management", most_rows: int = 1000) -> Callable[[Asked], Reply]:
    """Any other credential than the management key is an ordinary key, called so."""

    def reply(asked: Asked) -> Reply:
        if not asked.bearer:
            return UNAUTHORIZED
        kind = asked.path.removeprefix("/api/v1/")
        if kind == "key":
            return Reply(200, checked("openrouter-key", {"data": _key(ledger, asked.bearer)}))
        if asked.bearer != credential:
            return Reply(403, {"error": {"code": 403, "message": "Only management keys can perform this operation"}})
        if kind == "keys":
            names = sorted({use.key for use in ledger.uses})[int(asked.query.get("offset", 0)) :][:100]
            return Reply(200, checked("openrouter-keys", {"data": [_record(ledger, name) for name in names]}))
        if kind == "activity":
            return Reply(200, checked("openrouter-activity", {"data": _activity(ledger)}))
        return _analytics(ledger, checked("openrouter-analytics-request", json.loads(asked.body)), most_rows)

    return reply


def _spent(ledger: Ledger, key: str) -> float:
    return float(sum(use.money for use in ledger.uses if use.key == key))


def _key(ledger: Ledger, name: str) -> dict[str, Any]:
    record = {**_record(ledger, name), "label": name, "is_free_tier": False, "is_management_key": False}
    limit = {"requests": 1000, "interval": "1h", "note": ""}
    return {**record, "is_provisioning_key": False, "rate_limit": limit}


def _record(ledger: Ledger, name: str) -> dict[str, Any]:
    counters = dict.fromkeys(
        f"{byok}usage{period}" for byok in ("", "byok_") for period in ("", "_daily", "_weekly", "_monthly")
    )
    return {
        **dict.fromkeys(counters, 0.0),
        "usage": _spent(ledger, name),
        "hash": "ab" * 32,
        "name": name,
        "label": name,
        "disabled": False,
        "limit": None,
        "limit_remaining": None,
        "limit_reset": None,
        "include_byok_in_limit": False,
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": None,
        "creator_user_id": None,
        "workspace_id": "0df9e665-d932-5740-b2c7-b52af166bc11",
    }


def _activity(ledger: Ledger) -> list[dict[str, Any]]:
    days: dict[tuple[str, str], list[Use]] = {}
    for use in ledger.uses:
        days.setdefault((iso(use.start)[:10], use.model), []).append(use)
    return [
        {
            "date": day,
            "model": model,
            "model_permaslug": model,
            "endpoint_id": "550e8400-e29b-41d4-a716-446655440000",
            "provider_name": "OpenAI",
            "usage": float(sum(use.money for use in uses)),
            "byok_usage_inference": 0.0,
            "requests": sum(use.requests for use in uses),
            "prompt_tokens": sum(use.inputs for use in uses),
            "completion_tokens": sum(use.outputs for use in uses),
            "reasoning_tokens": 0,
        }
        for (day, model), uses in days.items()
    ]


def _analytics(ledger: Ledger, question: dict[str, Any], most_rows: int) -> Reply:
    width = WIDTHS[question["granularity"]]
    start, end = (seconds(question["time_range"][name]) for name in ("start", "end"))
    rows = [
        {
            f"date__{question['granularity']}": iso(at).replace("Z", ".000Z"),
            "api_key_id": key,
            "model": model,
            "total_usage": float(sum(use.money for use in members)),
            "request_count": str(sum(use.requests for use in members)),
        }
        for at, uses in ledger.buckets(start, end, width)
        for (key, model), members in by(uses, "key", "model")
    ]
    metadata = {"query_time_ms": 1, "row_count": len(rows[:most_rows]), "truncated": len(rows) > most_rows}
    return Reply(200, checked("openrouter-analytics", {"data": {"data": rows[:most_rows], "metadata": metadata}}))
