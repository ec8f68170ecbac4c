"""Every request of every provider file, sent to a fake that answers as the file says the provider would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from importlib.util import find_spec
from typing import Any, NamedTuple

import pytest

from keyguard.http import Client, Settings
from keyguard.model import Secret
from keyguard.providers.actions import ActionFile, open_file
from keyguard.providers.answers import Condition
from keyguard.providers.identifying import read_searches
from keyguard.providers.loader import builtin_files
from keyguard.providers.verifying import Check, read_checks
from keyguard.respond.verify import Question, verdict_of
from tests.http.server import Asked, Reply, Server
from tests.respond.findings import led

SENTINEL = "Sentinel0f.Every-Provider/path.abc-us9"
PARTS = (("id", b"AKIAPART"), ("tenant", b"tenant"), ("client", b"client"), ("resource", b"resource"))
LEAST_PROVIDERS = 35
FILES = [open_file(path) for path in builtin_files()]


class Case(NamedTuple):
    file: ActionFile
    number: int
    check: Check

    def __str__(self) -> str:
        return f"{self.file.provider}-{self.number}"


CASES = [Case(file, number, check) for file in FILES for number, check in enumerate(read_checks(file)) if check.request]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Answers with the reply that `SCRIPT` holds."""
    with Server(lambda _: SCRIPT[-1]) as running:
        yield running
        for client, _ in DOORS.values():
            client.close()
        DOORS.clear()


SCRIPT: list[Reply] = []


@lru_cache
def account() -> bytes:
    """The key file of a service account that nobody has."""
    import json

    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    kinds = serialization
    key = rsa.generate_private_key(65537, 2048)
    text = key.private_bytes(kinds.Encoding.PEM, kinds.PrivateFormat.PKCS8, kinds.NoEncryption()).decode()
    return json.dumps({"type": "service_account", "private_key": text, "client_email": "a@b.example"}).encode()


def secret_for(case: Case) -> Secret:
    request = case.check.request
    if request and request.adapter == "gcp":
        if not find_spec("google.auth") or not find_spec("cryptography"):
            pytest.skip("needs google-auth")
        from base64 import b64encode

        return Secret(b64encode(account()))
    if request and request.adapter == "aws" and not find_spec("botocore"):
        pytest.skip("needs botocore")
    return Secret(SENTINEL.encode())


DOORS: dict[str, tuple[Client, Settings]] = {}


def door(case: Case, server: Server) -> tuple[Client, Settings]:
    """One client for each host; connections are kept."""
    assert case.check.request
    host = case.check.request.host.replace("{resource}", "resource").replace("{secret.suffix}", "us9")
    assert "{" not in host
    if host not in DOORS:
        settings = replace(led(server, host), tries=1)
        DOORS[host] = Client(settings, case.file.hosts), settings
    return DOORS[host]


def ask(case: Case, server: Server, reply: Reply) -> tuple[str, str]:
    """The state and all the text of the verdict that one reply gives."""
    SCRIPT[:] = [reply]
    secret = secret_for(case)
    question = Question(case.file.provider, case.number, secret, PARTS)
    client, settings = door(case, server)
    verdict = verdict_of(client, case.check, question, settings)
    assert secret.reveal().decode() not in repr(verdict)
    return verdict.state, verdict.reason


def reply_of(condition: Condition, status: int) -> Reply:
    """An answer that a condition holds for, with the secret repeated in it, as careless servers do."""
    tree: dict[str, Any] = {"echo": SENTINEL}
    for pointer, values in condition.fields.items():
        place: Any = tree
        *steps, last = pointer.split("/")[1:]
        for number, step in enumerate(steps):
            following = (*steps, last)[number + 1]
            made: Any = [{}] if following == "*" else {}
            place = place[0] if step == "*" else place.setdefault(step, made)
        value = "x" if values[0] == "*" else values[0]
        if last == "*":
            place[0] = value
        else:
            place[last] = value
    if condition.contains:
        tree["message"] = condition.contains
    return Reply((condition.statuses or (status,))[0], tree)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_reads_the_answers_that_the_file_describes(case: Case, server: Server) -> None:
    for state, conditions in (
        ("live", case.check.live),
        ("dead", case.check.dead),
        ("restricted", case.check.restricted),
    ):
        for condition in conditions:
            reply = reply_of(condition, 200 if state == "live" else 403)
            assert ask(case, server, reply)[0] == state, condition


@pytest.mark.parametrize("case", CASES, ids=str)
def test_says_unknown_to_everything_else(case: Case, server: Server) -> None:
    assert ask(case, server, Reply(500, {}))[0] == "unknown"
    assert ask(case, server, Reply(429, {}, {"Retry-After": "1"}))[0] == "unknown"
    assert ask(case, server, Reply(200, b"<html>a page</html>"))[0] == "unknown"
    assert ask(case, server, Reply(200, b'{"cut": '))[0] == "unknown"
    state, reason = ask(case, server, Reply(302, b"", {"Location": "https://elsewhere.example/"}))
    assert (state, "leads elsewhere" in reason) == ("unknown", True)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_sends_the_secret_and_nothing_else_of_the_person(case: Case, server: Server) -> None:
    before = len(server.asked)
    ask(case, server, Reply(401, {}))
    sent = server.asked[before]
    assert carries(sent, case), "the request is made without the secret"
    assert sent.headers["user-agent"].startswith("keyguard")


def carries(sent: Asked, case: Case) -> bool:
    import base64
    from urllib.parse import unquote, unquote_plus

    if case.check.request and case.check.request.adapter:
        return "authorization" in sent.headers or b"assertion=" in sent.body
    basic = sent.headers.get("authorization", "").removeprefix("Basic ")
    try:
        login = base64.b64decode(basic).decode("utf-8", "replace")
    except ValueError:
        login = ""
    body = unquote_plus(sent.body.decode())
    path = SENTINEL.partition("/")[2]
    places = [unquote(sent.path), *sent.query.values(), *sent.headers.values(), body, login]
    return any(SENTINEL in place or place.endswith("/" + path) for place in places)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.provider)
@pytest.mark.parametrize("read", [read_checks, read_searches], ids=["verify", "identify"])
def test_every_rule_is_provided_for(file: ActionFile, read: Any) -> None:
    """With a request, or with the reason why there is none."""
    covered = {rule for each in read(file) for rule in each.rules}
    assert set(file.rules) == covered


def test_enough_providers_can_be_asked() -> None:
    assert len({case.file.provider for case in CASES}) >= LEAST_PROVIDERS
