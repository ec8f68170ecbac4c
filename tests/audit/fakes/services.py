"""All other providers, as far as usage goes. Each takes the ledger and answers as its documentation says."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tests.audit.fakes.ledger import DAY, HOUR, Ledger, Use
from tests.audit.fakes.llm import UNAUTHORIZED, by, iso, seconds
from tests.audit.fakes.schema import checked
from tests.http.server import Asked, Reply

Fake = Callable[[Asked], Reply]
LIMIT = 3


def _spent(uses: list[Use]) -> Decimal:
    return sum((use.money for use in uses), Decimal(0))


def _guarded(credential: str, answer: Fake) -> Fake:
    def reply(asked: Asked) -> Reply:
        return answer(asked) if asked.bearer == credential else UNAUTHORIZED

    return reply


def deepseek(balance: Mapping[str, str], credential: str = "key") -> Fake:
    """`balance` may be changed between polls."""

    def reply(_: Asked) -> Reply:
        infos = [
            {"currency": currency, "total_balance": total, "granted_balance": "0.00", "topped_up_balance": total}
            for currency, total in balance.items()
        ]
        return Reply(200, checked("deepseek", {"is_available": True, "balance_infos": infos}))

    return _guarded(credential, reply)


def mistral(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        assert asked.path == "/v1/admin/spend-limit"
        spent = float(ledger.money)
        usage = {"monthly_limit_reached": False, "usage": spent, "total_usage": spent, "usage_limit": 100}
        limits = {"completion": usage, "last_payment_failure": False, "currency": "USD"}
        limits |= {"last_payment_failure_protection": None, "job": None, "rate": None}
        return Reply(200, checked("mistral-spend-limit", {"limits": limits}))

    return _guarded(credential, reply)


def runpod(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        if not asked.path.endswith("/pods"):
            return Reply(200, [])
        width = {"hour": HOUR, "day": DAY}[asked.query["bucketSize"]]
        rows = [
            {"amount": float(_spent(members)), "time": iso(at), "timeBilledMs": 1, "podId": pod}
            for at, uses in ledger.buckets(seconds(asked.query["startTime"]), seconds(asked.query["endTime"]), width)
            for (pod,), members in by(uses, "project")
        ]
        return Reply(200, checked("runpod", rows))

    return _guarded(credential, reply)


def xai(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        assert asked.path == "/v1/billing/teams/team-1/usage"
        question = json.loads(asked.body)["analyticsRequest"]
        ends = (question["timeRange"][name].replace(" ", "T") + "Z" for name in ("startTime", "endTime"))
        start, end = map(seconds, ends)
        series = [
            {
                "group": [key],
                "groupLabels": [key],
                "dataPoints": [
                    {"timestamp": iso(at), "values": [float(_spent([use for use in uses if use.key == key]))]}
                    for at, uses in ledger.buckets(start, end, DAY)
                ],
            }
            for key in sorted({use.key for use in ledger.uses})
        ]
        return Reply(200, checked("xai", {"timeSeries": series, "limitReached": False}))

    return _guarded(credential, reply)


def elevenlabs(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        if asked.headers.get("xi-api-key") != credential:
            return UNAUTHORIZED
        width = {"hour": HOUR, "day": DAY}[asked.query["aggregation_interval"]]
        start, end = int(asked.query["start_unix"]) // 1000, int(asked.query["end_unix"]) // 1000
        buckets = ledger.buckets(start, end, width)
        tell: dict[str, Callable[[Use], float]] = {
            "credits": lambda use: use.inputs,
            "fiat_units_spent": lambda use: float(use.money),
            "request_count": lambda use: use.requests,
        }
        figure = tell[asked.query["metric"]]
        usage = {
            key: [sum(figure(use) for use in uses if use.key == key) for _, uses in buckets]
            for key in sorted({use.key for use in ledger.uses})
        }
        return Reply(200, checked("elevenlabs", {"time": [at * 1000 for at, _ in buckets], "usage": usage}))

    return reply


def twilio(ledger: Ledger, sid: str = "AC1", credential: str = "key") -> Fake:
    expected = "Basic " + b64encode(f"{sid}:{credential}".encode()).decode()

    def reply(asked: Asked) -> Reply:
        if asked.headers.get("authorization") != expected:
            return UNAUTHORIZED
        if asked.path.endswith("/Balance.json"):
            return Reply(200, checked("twilio-balance", {"account_sid": sid, "balance": "5.25", "currency": "USD"}))
        start, last = (seconds(asked.query[name] + "T00:00:00Z") for name in ("StartDate", "EndDate"))
        days = ledger.buckets(start, last + DAY, DAY)
        at = int(asked.query.get("Page", 0)) * LIMIT
        records = [
            {
                "category": asked.query["Category"],
                "count": "0",
                "count_unit": "",
                "price": f"{_spent(uses):f}",
                "price_unit": "usd",
                "start_date": iso(day)[:10],
                "end_date": iso(day)[:10],
                "as_of": iso(day),
                "usage": "0",
            }
            for day, uses in days[at : at + LIMIT]
        ]
        query = "&".join(f"{name}={value}" for name, value in asked.query.items() if name != "Page")
        more = at + LIMIT < len(days)
        following = f"{asked.path}?{query}&Page={at // LIMIT + 1}" if more else None
        return Reply(200, checked("twilio-records", {"usage_records": records, "next_page_uri": following}))

    return reply


def sendgrid(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        start, last = (seconds(asked.query[name] + "T00:00:00Z") for name in ("start_date", "end_date"))
        names = "blocks bounce_drops bounces clicks deferred delivered invalid_emails opens processed spam_report_drops"
        more = "spam_reports unique_clicks unique_opens unsubscribe_drops unsubscribes"
        zeros = dict.fromkeys(f"{names} {more}".split(), 0)
        days = [
            {"date": iso(at)[:10], "stats": [{"metrics": {**zeros, "requests": sum(use.requests for use in uses)}}]}
            for at, uses in ledger.buckets(start, last + DAY, DAY)
        ]
        return Reply(200, checked("sendgrid-stats", days))

    return _guarded(credential, reply)


def github(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        assert asked.path == "/organizations/acme/settings/billing/usage"
        year, month = int(asked.query["year"]), int(asked.query["month"])
        months: dict[tuple[str, str], list[Use]] = {}
        for use in ledger.uses:
            if iso(use.start)[:7] == f"{year}-{month:02}":
                months.setdefault((iso(use.start)[:10], use.project), []).append(use)
        items = [
            {
                "date": f"{day}T00:00:00Z",
                "product": "Actions",
                "sku": "Actions Linux",
                "quantity": 1.0,
                "unitType": "minutes",
                "pricePerUnit": 0.008,
                "grossAmount": float(_spent(uses)),
                "discountAmount": 0.0,
                "netAmount": float(_spent(uses)),
                "organizationName": "acme",
                "repositoryName": repository,
            }
            for (day, repository), uses in months.items()
        ]
        return Reply(200, checked("github", {"usageItems": items}))

    return _guarded(credential, reply)


def datadog(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        if (asked.headers.get("dd-api-key"), asked.headers.get("dd-application-key")) != (credential, "app"):
            return UNAUTHORIZED
        start, end = (seconds(asked.query[f"filter[timestamp][{name}]"]) for name in ("start", "end"))
        hours = ledger.buckets(start, end, HOUR)
        at = int(asked.query.get("page[next_record_id]", 0))
        data = [
            {
                "id": str(hour),
                "type": "usage_timeseries",
                "attributes": {
                    "product_family": "logs",
                    "timestamp": iso(hour).replace("Z", "+00:00"),
                    "org_name": "acme",
                    "measurements": [{"usage_type": "events", "value": sum(use.inputs for use in uses)}],
                },
            }
            for hour, uses in hours[at : at + 10]
        ]
        following = str(at + 10) if at + 10 < len(hours) else None
        return Reply(200, checked("datadog", {"data": data, "meta": {"pagination": {"next_record_id": following}}}))

    return reply


def digitalocean(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        if asked.path.endswith("/balance"):
            body = {"month_to_date_balance": "0.00", "account_balance": "0.00", "generated_at": "2026-11-22T00:00:00Z"}
            return Reply(200, checked("digitalocean-balance", {**body, "month_to_date_usage": f"{ledger.money:f}"}))
        *_, first, last = asked.path.split("/")
        points = [
            {
                "start_date": iso(at)[:10],
                "total_amount": f"{_spent(members):f}",
                "sku": model,
                "region": region,
                "description": "droplets",
            }
            for at, uses in ledger.buckets(seconds(first + "T00:00:00Z"), seconds(last + "T00:00:00Z") + DAY, DAY)
            for (model, region), members in by(uses, "model", "project")
        ]
        at = int(asked.query.get("page", 1)) - 1
        answer: dict[str, Any] = {"data_points": points[at * LIMIT : (at + 1) * LIMIT]}
        following = f"https://api.digitalocean.com{asked.path}?page={at + 2}"
        more = (at + 1) * LIMIT < len(points)
        links = {"links": {"pages": {"next": following}}} if more else {"links": {}}
        return Reply(200, checked("digitalocean-insights", {**answer, **links}))

    return _guarded(credential, reply)


def google(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        assert asked.path == "/v3/projects/acme/timeSeries"
        assert asked.query["aggregation.perSeriesAligner"] == "ALIGN_SUM"
        width = int(asked.query["aggregation.alignmentPeriod"].removesuffix("s"))
        start, end = (seconds(asked.query[f"interval.{name}"]) for name in ("startTime", "endTime"))
        keys = sorted({use.key for use in ledger.between(start, end)})
        at = int(asked.query.get("pageToken", 0))
        if not keys:
            return Reply(200, checked("google", {}))
        series = [
            {
                "metric": {"type": "serviceruntime.googleapis.com/api/request_count"},
                "resource": {
                    "type": "consumed_api",
                    "labels": {"credential_id": f"apikey:{key}", "project_id": "acme"},
                },
                "points": [
                    {
                        "interval": {"startTime": iso(hour), "endTime": iso(hour + width)},
                        "value": {"int64Value": str(sum(use.requests for use in uses if use.key == key))},
                    }
                    for hour, uses in reversed(ledger.buckets(start, end, width))
                ],
            }
            for key in keys[at : at + 1]
        ]
        body: dict[str, Any] = {"timeSeries": series}
        if at + 1 < len(keys):
            body["nextPageToken"] = str(at + 1)
        return Reply(200, checked("google", body))

    return _guarded(credential, reply)


def azure(ledger: Ledger, credential: str = "key") -> Fake:
    def reply(asked: Asked) -> Reply:
        assert asked.query["api-version"] == "2025-03-01"
        question = json.loads(asked.body)
        assert question["type"] == "ActualCost"
        start, last = (seconds(question["timePeriod"][name]) for name in ("from", "to"))
        rows = [
            [
                float(_spent(members)),
                int(iso(at)[:10].replace("-", "")),
                f"/subscriptions/s/{project}",
                "Cognitive",
                "USD",
            ]
            for at, uses in ledger.buckets(start, last + 1, DAY)
            for (project,), members in by(uses, "project")
        ]
        at = int(asked.query.get("$skiptoken", 0))
        more = at + LIMIT < len(rows)
        link = f"https://management.azure.com{asked.path}?api-version=2025-03-01&$skiptoken={at + LIMIT}"
        names = {"Cost": "Number", "UsageDate": "Number", "ResourceId": "String", "ServiceName": "String"}
        columns = [{"name": name, "type": kind} for name, kind in {**names, "Currency": "String"}.items()]
        body = {"columns": columns, "rows": rows[at : at + LIMIT], "nextLink": link if more else None}
        return Reply(200, checked("azure", {"properties": body}))

    return _guarded(credential, reply)
