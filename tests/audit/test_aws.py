"""AWS on moto_server: cost that was seeded, and when keys were last used."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from keyguard.commands.audit_config import usage_of
from keyguard.model import Secret
from keyguard.model.usage import DAY, HOUR
from keyguard.state.database import open_state
from keyguard.state.usage import AREA
from tests.audit.fakes.ledger import NOW
from tests.audit.fakes.llm import iso
from tests.audit.stand import Stand, stand
from tests.http.server import Asked, Reply

pytest.importorskip("botocore", reason="needs the extra aws")

SECRETS = {"credential.id": Secret(b"AKIA" + b"Q" * 16), "credential.secret": Secret(b"s" * 40)}


def group(service: str, amount: str) -> dict[str, Any]:
    return {"Keys": [service, "123456789012"], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}


def day(start: int, *groups: dict[str, Any]) -> dict[str, Any]:
    period = {"Start": iso(start)[:10], "End": iso(start + DAY)[:10]}
    return {"TimePeriod": period, "Total": {}, "Groups": list(groups), "Estimated": True}


TODAY = NOW - NOW % DAY


@pytest.fixture
def moto() -> Iterator[str]:
    server = pytest.importorskip("moto.server", reason="moto[server] stands in for AWS")
    running = server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.mark.filterwarnings("ignore")
def test_cost_explorer_and_last_use_on_moto(tmp_path: Path, moto: str) -> None:
    results = [day(TODAY - DAY, group("Amazon Bedrock", "12.5000000001"), group("S3", "0.25"))]
    seeded = {"results": [{"ResultsByTime": results, "DimensionValueAttributes": []}]}
    requests.post(f"{moto}/moto-api/static/ce/cost-and-usage-results", json=seeded, timeout=10)
    for action in ({"Action": "CreateUser"}, {"Action": "CreateAccessKey"}):
        requests.post(f"{moto}/", data={**action, "UserName": "ann", "Version": "2010-05-08"}, headers=IAM, timeout=10)
    with open_state(tmp_path / "state", [AREA]) as state:
        place = Stand("aws", Address(moto), state, None, secrets=SECRETS, days=3)  # type: ignore[arg-type]
        result = place.read()
        assert result.fine, result
        assert place.money("cost") == Decimal("12.7500000001")
        assert [each.source for each in result.sources] == ["cost", "last-used"]


IAM = {"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAQ/20261122/us-east-1/iam/aws4_request, SignedHeaders=host"}


class Address:
    """What a stand needs of a server."""

    def __init__(self, address: str) -> None:
        self.address = address


def test_pages_are_followed_and_each_costs(tmp_path: Path) -> None:
    def reply(asked: Asked) -> Reply:
        assert asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIA")
        if asked.headers.get("x-amz-target") != "AWSInsightsIndexService.GetCostAndUsage":
            return Reply(403, b"<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>")
        second = b"NextPageToken" in asked.body
        body = {"ResultsByTime": [day(TODAY, group("S3" if second else "EC2", "1.25"))]}
        return Reply(200, body if second else {**body, "NextPageToken": "more"})

    with stand("aws", tmp_path, reply, secrets=SECRETS, days=3) as place:
        result = place.read()
        assert result.fine
        assert (result.sources[0].requests, place.money("cost")) == (2, Decimal("2.50"))
        assert "it needs iam:ListUsers" in result.sources[1].notes[0]
        asked = len(place.server.asked)
        place.clock.time += 7 * HOUR
        place.read()
        assert all(b"ListUsers" in each.body for each in place.server.asked[asked:])


def test_a_key_that_was_used_is_seen_each_time(tmp_path: Path) -> None:
    used = [NOW - 50 * DAY]

    def reply(asked: Asked) -> Reply:
        action = asked.form["Action"]
        inner = {
            "ListUsers": "<Users><member><UserName>ann</UserName></member></Users><IsTruncated>false</IsTruncated>",
            "ListAccessKeys": "<AccessKeyMetadata><member><AccessKeyId>AKIA1</AccessKeyId></member>"
            "<member><AccessKeyId>AKIA2</AccessKeyId></member></AccessKeyMetadata>",
            "GetAccessKeyLastUsed": "<AccessKeyLastUsed><ServiceName>bedrock</ServiceName>"
            + (f"<LastUsedDate>{iso(used[0])}</LastUsedDate>" if asked.form.get("AccessKeyId") == "AKIA1" else "")
            + "</AccessKeyLastUsed>",
        }[action]
        return Reply(200, f"<{action}Response><{action}Result>{inner}</{action}Result></{action}Response>".encode())

    with stand("aws", tmp_path, reply, secrets=SECRETS, sources=("last-used",)) as place:
        assert place.read().fine
        used[0] = NOW
        place.clock.time += 2 * HOUR
        assert place.read().fine
        (series,) = place.series("last-used")
        assert (series.name.key, series.name.project, series.name.model) == ("AKIA1", "ann", "bedrock")
        assert [point.start for point in series.points] == [(NOW - 50 * DAY) // HOUR * HOUR, NOW // HOUR * HOUR]


def test_a_key_that_is_none_is_said(tmp_path: Path) -> None:
    body = b"<ErrorResponse><Error><Code>InvalidClientTokenId</Code></Error></ErrorResponse>"
    with stand("aws", tmp_path, lambda _: Reply(403, body), secrets=SECRETS, sources=("last-used",)) as place:
        assert "the credential is refused (401)" in place.read().sources[0].problem


@pytest.mark.parametrize(
    ("name", "said"),
    [("UnrecognizedClientException", "refused (401)"), ("AccessDeniedException", "it needs ce:GetCostAndUsage")],
)
def test_errors_of_cost_explorer_are_told_apart(tmp_path: Path, name: str, said: str) -> None:
    with stand("aws", tmp_path, lambda _: Reply(400, {"__type": name}), secrets=SECRETS, sources=("cost",)) as place:
        assert said in place.read().sources[0].problem


def test_the_provider_file_says_what_asking_costs() -> None:
    usage = usage_of("aws")
    assert usage is not None
    assert [read.cost for read in usage.reads if read.id == "cost"] == [Decimal("0.01")]
