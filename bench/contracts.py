"""Sends each usage request of a provider file to Prism, which checks it against the provider's own specification.

`contracts.py FOLDER [PROVIDER...]` reads openai.json, openrouter.json and mistral.json; Prism (npm) must be on PATH.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import requests

from keyguard.audit.asking import ask
from keyguard.audit.reading import due
from keyguard.commands.audit_config import usage_of
from keyguard.errors import KeyguardError
from keyguard.http import Client, Settings
from keyguard.model import Secret
from keyguard.model.usage import HOUR

PORT = 4017
# What stands before the paths of a specification in the URLs of its server.
BASES = {"openai": "/v1", "openrouter": "/api/v1", "mistral": ""}


def main(folder: Path, *providers: str) -> int:
    wrong = 0
    for provider in providers or BASES:
        base = BASES[provider]
        with tempfile.TemporaryDirectory() as place, tempfile.TemporaryFile() as log:
            spec = Path(place, "spec.json")
            spec.write_text(cut(folder / f"{provider}.json", provider, base), encoding="utf-8")
            words = ["prism", "mock", "-p", str(PORT), "--errors", str(spec)]
            prism = subprocess.Popen(words, stdout=log, stderr=log)
            try:
                wait()
                wrong += sum(not accepted(provider, read_id, base) for read_id in reads(provider))
            finally:
                prism.terminate()
                prism.wait()
    return 1 if wrong else 0


def cut(path: Path, provider: str, base: str) -> str:
    """The specification of what is asked for: Prism is slow with the whole, and stumbles over parts of Mistral's."""
    spec = json.loads(path.read_text(encoding="utf-8"))
    usage = usage_of(provider)
    asked = {urlsplit(read.request.url).path.removeprefix(base) for read in usage.reads} if usage else set()
    spec["paths"] = {name: each for name, each in spec["paths"].items() if name in asked}
    if spec["paths"].keys() != asked:
        sys.exit(f"{provider}: not in the specification: {asked - spec['paths'].keys()}")
    return json.dumps(spec)


def wait() -> None:
    for _ in range(600):
        try:
            requests.get(f"http://127.0.0.1:{PORT}/", timeout=1)
        except requests.RequestException:
            time.sleep(0.5)
        else:
            return


def reads(provider: str) -> list[str]:
    usage = usage_of(provider)
    return [read.id for read in usage.reads] if usage else []


def accepted(provider: str, read_id: str, base: str) -> bool:
    """Whether Prism takes the request. Its answer is an example, whose meaning is of no interest here."""
    usage = usage_of(provider)
    assert usage
    read = next(read for read in usage.reads if read.id == read_id)
    granularity = read.granularity(HOUR)
    span = due(read, granularity, 2, (), int(time.time()))
    endpoints = dict.fromkeys(usage.hosts, f"http://127.0.0.1:{PORT}")
    client = Client(Settings(endpoints=endpoints), usage.hosts)
    stripped = read._replace(request=read.request._replace(url=read.request.url.replace(base + "/", "/", 1)), paging="")
    try:
        next(ask(client, stripped, {"credential": Secret(b"key")}, span, granularity))
    except KeyguardError as error:
        print(f"{provider:<12} {read_id:<16} refused: {error}")
        return False
    print(f"{provider:<12} {read_id:<16} accepted")
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
