"""Every request of every [[revoke]], sent to a fake that answers as the file says the provider would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from typing import NamedTuple

import pytest

from keyguard.http import Settings
from keyguard.model import Secret
from keyguard.providers.actions import ActionFile, open_file
from keyguard.providers.answers import Condition
from keyguard.providers.loader import builtin_files
from keyguard.providers.revoking import Way, read_ways
from keyguard.respond.revoke import RevokeError, Stop, Target, carry_out, shown
from keyguard.state.revocations import Entry
from tests.http.server import Reply, Server
from tests.respond.findings import finding, led
from tests.respond.test_every_provider import reply_of

SENTINEL = "Sentinel0f.Every-Provider/path.abc-us9"
OWN = "Own-credential-of-the-admin"
PARTS = (("id", b"AKIAPART"), ("secret.claim.ref", b"project"))
CREDENTIAL = {
    name: Secret(OWN.encode())
    for name in ("credential.sid", "credential.token", "credential.api", "credential.application", "credential.id")
} | {"credential.secret": Secret(OWN.encode())}
FILES = [open_file(path) for path in builtin_files()]


class Case(NamedTuple):
    file: ActionFile
    way: Way
    undoing: bool

    def __str__(self) -> str:
        rule = (self.way.rules or self.file.rules)[0]
        return f"{rule}-{self.way.id}{'-undo' if self.undoing else ''}"


CASES = [
    Case(file, way, undoing)
    for file in FILES
    for way in read_ways(file)
    for undoing in (False, True)
    if way.request and (way.undo or not undoing)
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(lambda _: SCRIPT[-1]) as running:
        yield running


SCRIPT: list[Reply] = []


def stop_of(case: Case) -> Stop:
    rule = (case.way.rules or case.file.rules)[0]
    one = finding(rule, SENTINEL.encode(), PARTS)
    way = case.way._replace(proof=False, wait=0)
    return Stop(one, case.file, way, case.undoing, even_dead=True)


def credential_of(stop: Stop) -> dict[str, Secret]:
    if stop.request.adapter and not find_spec("botocore"):
        pytest.skip("needs botocore")
    plain = {"credential": Secret(OWN.encode())} if not stop.request.adapter else {}
    return {**CREDENTIAL, **plain}


def send(case: Case, server: Server, reply: Reply) -> list[str]:
    """The events that one reply leads to; nothing that is shown or kept holds a secret."""
    stop = stop_of(case)
    target = Target("projects/1/locations/global/keys/2", "group", account="account", row={})
    written: list[Entry] = []
    settings: Settings = replace(led(server, stop.request.host), tries=1)
    credential = credential_of(stop)
    SCRIPT[:] = [reply]
    told = shown(stop, target, credential)
    try:
        told += repr(carry_out(stop, target, credential, settings, written.append, ""))
    except RevokeError as error:
        told += f"{error}{error.hint}"
    assert SENTINEL not in told + repr(written)
    assert OWN not in told + repr(written)
    return [entry.event for entry in written][:2]


def conditions(case: Case) -> Iterator[tuple[str, Condition]]:
    done = case.way.undo.done if case.undoing and case.way.undo else case.way.done
    for event, found in (("accepted", done), ("absent", case.way.gone), ("refused", case.way.refused)):
        for condition in found:
            yield event, condition


@pytest.mark.parametrize("case", CASES, ids=str)
def test_anything_else_is_not_known_to_have_worked(case: Case, server: Server) -> None:
    assert send(case, server, Reply(500, {})) == ["started", "unclear"]
    assert send(case, server, Reply(302, {}, {"Location": "https://elsewhere.example/"})) == ["started", "unclear"]
    assert send(case, server, Reply(418, {"echo": SENTINEL})) == ["started", "unclear"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_reads_the_answers_that_the_file_describes(case: Case, server: Server) -> None:
    for event, condition in conditions(case):
        reply = reply_of(condition, 400)
        if reply.status == 204:
            reply = Reply(204)
        assert send(case, server, reply) == ["started", event], condition


@pytest.mark.parametrize("case", CASES, ids=str)
def test_sends_to_the_host_that_is_named(case: Case, server: Server) -> None:
    SCRIPT[:] = []
    server.asked.clear()
    send(case, server, Reply(500, {}))
    asked = server.asked[-1]
    request = stop_of(case).request
    assert asked.method == request.method
    assert "{" not in asked.path
    assert SENTINEL not in asked.path
