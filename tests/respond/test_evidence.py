from __future__ import annotations

import json
from base64 import b64encode

import pytest

from keyguard.http import Answer
from keyguard.model import Secret
from keyguard.respond.evidence import kept

VALUE = "Sentinel0fEvidence.Path/abc"
SECRET = Secret(VALUE.encode())


def answered(body: object, kind: str = "application/json") -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(200, {"content-type": kind}, raw)


@pytest.mark.parametrize(
    "tree",
    [
        {"echo": VALUE},
        {"echo": [{"deep": f"Key {VALUE} is wrong"}]},
        {VALUE: 1},
        {"note": b64encode(VALUE.encode()).decode()},
        {"access_token": VALUE[:6], "data": {"client_secret": VALUE[:6], "apiKey": VALUE[:6], "keys": [VALUE[:6]]}},
        {"id": "q" * 12 + "7" + "Z" * 12},
    ],
)
def test_nothing_that_opens_anything_is_kept(tree: object) -> None:
    text = kept(answered(tree), [SECRET, "a text"])
    for part in (VALUE, VALUE[:6], b64encode(VALUE.encode()).decode(), "7ZZZ"):
        assert part not in text.replace(SECRET.masked, "")


def test_what_is_no_data_is_counted_only() -> None:
    page = f"<html>{VALUE}</html".encode()
    assert kept(answered(page, "text/html; charset=utf-8"), [SECRET]) == f"{len(page)} bytes of text/html"
    assert kept(answered(b""), [SECRET]) == ""


def test_what_a_provider_says_of_the_key_is_kept() -> None:
    tree = {"login": "ada", "id": 42, "site_admin": False, "plan": {"name": "pro", "until": "2027-01-01T00:00:00Z"}}
    assert json.loads(kept(answered(tree), [SECRET])) == tree


def test_it_is_bounded() -> None:
    assert len(kept(answered([{"text": "long " * 500}] * 50), [SECRET])) == 2001
