"""Tells by a signed POST, so that the receiver can prove who sent it, and when.

`X-Keyguard-Signature` is `sha256=` and the hexadecimal HMAC-SHA256, with the shared secret, of the text of
`X-Keyguard-Timestamp` (Unix seconds), a dot, and the body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from keyguard.audit.notices import tree
from keyguard.audit.sinks.sink import SinkError, Taken
from keyguard.http import Request

if TYPE_CHECKING:
    from keyguard.http import Client
    from keyguard.model import Secret
    from keyguard.state.alarms import Notice


class Webhook:
    """One receiver. A notice may come twice: `X-Keyguard-Delivery` stays the same."""

    def __init__(
        self, url: str, secret: Secret | None, client: Client, now: Callable[[], float], name: str = ""
    ) -> None:
        self._url = url
        self._secret = secret
        self._client = client
        self._now = now
        self.name = name or f"webhook {urlsplit(url).hostname}"

    def send(self, notices: Sequence[Notice]) -> Iterator[Taken]:
        for notice in notices:
            told = tree(notice)
            body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
            headers = {"Content-Type": "application/json", "X-Keyguard-Delivery": told["delivery"]}
            if self._secret is not None:
                headers |= signature(body, self._secret, int(self._now()))
            answer = self._client.send(Request("POST", self._url, headers, body, repeatable=True))
            if not 200 <= answer.status < 300:
                raise SinkError(f"{self.name}: answered {answer.status}")
            yield Taken(notice)


def signature(body: bytes, secret: Secret, timestamp: int) -> dict[str, str]:
    """The two headers that prove a body."""
    mac = hmac.new(secret.reveal(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Keyguard-Timestamp": str(timestamp), "X-Keyguard-Signature": f"sha256={mac}"}
