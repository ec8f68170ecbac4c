"""A secret of HashiCorp Vault or OpenBao, key/value store version 2; its other members stay as they are."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from keyguard.http import Answer, Client, Request
from keyguard.model import Secret
from keyguard.respond.sinks.sink import SinkError, Values

_OK = (200, 204)
_MISSING = 404
_CONFLICT = 400


class Vault:
    """`place` is MOUNT/PATH. Another writer in between is noticed by the version (check-and-set), and nothing is lost.

    Calls as in https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2
    """

    readable = True

    def __init__(self, place: str, address: str, token: Secret, client: Client) -> None:
        self.name = f"vault:{place}"
        mount, slash, path = place.strip("/").partition("/")
        if not slash or not path:
            raise SinkError(f"{self.name}: expected vault:MOUNT/PATH")
        self._url = f"{address.rstrip('/')}/v1/{quote(mount)}/data/{quote(path)}"
        self._token, self._client = token, client

    def check(self) -> None:
        self._get()

    def write(self, values: Values) -> None:
        held, version = self._get()
        data = {**held, **{name: each.reveal().decode() for name, each in values.items()}}
        body = {"options": {"cas": version}, "data": data}
        answer = self._send("POST", json.dumps(body).encode())
        if answer.status not in _OK:
            changed = answer.status == _CONFLICT and b"check-and-set" in answer.body
            raise SinkError(
                f"{self.name}: {'was changed by somebody else just now' if changed else f'answered {answer.status}'}",
                "keyguard rotate --resume" if changed else "the token needs create and update on this path",
            )

    def read(self, names: tuple[str, ...]) -> Values | None:
        held, _ = self._get()
        if not all(isinstance(held.get(name), str) for name in names):
            return None
        return {name: Secret(held[name].encode()) for name in names}

    def _get(self) -> tuple[dict[str, Any], int]:
        """What it holds, and its version; nothing and 0 where there is no such secret."""
        answer = self._send("GET")
        try:
            document = answer.json() if answer.body else {}
            inner = (document.get("data") or {}) if isinstance(document, dict) else {}
            version = int((inner.get("metadata") or {}).get("version", 0))
            held = inner.get("data") or {}
        except (TypeError, ValueError, AttributeError):
            raise SinkError(f"{self.name}: the answer is not that of a KV store, version 2") from None
        if answer.status == _MISSING:  # deleted ones tell their version here, and it must be named to write again
            return {}, version
        if answer.status not in _OK:
            raise SinkError(f"{self.name}: answered {answer.status}", "the token needs read on this path")
        return held, version

    def _send(self, method: str, body: bytes = b"") -> Answer:
        headers = {"X-Vault-Token": self._token.reveal().decode(), "Content-Type": "application/json"}
        return self._client.send(Request(method, self._url, headers, body))
