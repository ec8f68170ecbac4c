"""Requests to OpenAI, OpenRouter and Mistral, validated by Prism on their own specifications.

Runs where `prism` is installed (npm: @stoplight/prism-cli) and KEYGUARD_SPECS names the folder of the specifications.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import urlsplit

import pytest

from keyguard.http import Client, Clock, Request, Settings
from keyguard.model import Secret
from keyguard.providers.actions import find_file
from keyguard.providers.identifying import read_searches
from keyguard.providers.requests import RequestSpec, fill
from keyguard.providers.revoking import read_ways
from keyguard.providers.verifying import read_checks
from keyguard.respond.material import material

SPECS = os.environ.get("KEYGUARD_SPECS", "")
pytestmark = pytest.mark.skipif(not SPECS or not which("prism"), reason="needs prism and KEYGUARD_SPECS")


@contextmanager
def prism(folder: Path, provider: str) -> Iterator[str]:
    """Prism on a provider's specification, the base path written out, and without the paths that are not asked for.

    (With all of them it takes minutes to start.)
    """
    document: dict[str, Any] = json.loads(Path(SPECS, f"{provider}.json").read_text(encoding="utf-8"))
    base = urlsplit((document.get("servers") or [{"url": ""}])[0]["url"]).path.rstrip("/")
    asked = {_shape(urlsplit(spec.url).path) for spec in requests_of(provider)}
    paths = {base + path: what for path, what in document["paths"].items()}
    document["paths"] = {path: what for path, what in paths.items() if _shape(path) in asked}
    document.pop("servers", None)
    path = folder / f"{provider}.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [str(which("prism")), "mock", "-p", str(port), str(path)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _shape(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def _await(port: int) -> None:
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError("prism did not start")


def requests_of(provider: str) -> list[RequestSpec]:
    file = find_file(provider)
    assert file
    checks = [check.request for check in read_checks(file)]
    searches = [spec for search in read_searches(file) for spec in (search.over, search.request)]
    ways = [spec for way in read_ways(file) for spec in (way.request, way.undo and way.undo.request)]
    return [spec for spec in [*checks, *searches, *ways] if spec]


@pytest.mark.parametrize("provider", ["openai", "openrouter", "mistral"])
def test_requests_are_what_the_specification_allows(tmp_path: Path, provider: str) -> None:
    specs = requests_of(provider)
    assert len(specs) >= 2
    with prism(tmp_path, provider) as address:
        settings = replace(Settings(), endpoints=dict.fromkeys([spec.host for spec in specs], address), clock=Clock())
        client = Client(settings, [spec.host for spec in specs])
        values = {**material(Secret(b"sk-or-v1-0000")), "credential": Secret(b"own"), "over": "proj_1"}
        values |= {
            "record.id": "0df9e665-d932-5740-b2c7-b52af166bc11",
            "record.over": "proj_1",
            "record.account": "u-1",
        }
        for spec in specs:
            answer = client.send(fill(spec, values))
            assert answer.status == 200, (spec.url, answer.status, answer.body[:500])
        wrong = client.send(Request("GET", f"https://{specs[0].host}/no/such/path"))
        assert wrong.status == 404
        client.close()
