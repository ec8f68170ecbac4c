"""Secrets of GitHub Actions: sealed for the repository's public key, so that only GitHub can open them."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from typing import Any

from keyguard.http import Answer, Client, Request
from keyguard.model import Secret
from keyguard.respond.sinks.sink import SinkError, Values

_WRITTEN = (201, 204)
_OK = 200


class GitHubSecrets:
    """`place` is OWNER/REPOSITORY, or OWNER/REPOSITORY/ENVIRONMENT. What was written cannot be read back.

    Calls as in api.github.com.json of @octokit/openapi (MIT): get-repo-public-key, create-or-update-repo-secret.
    """

    readable = False

    def __init__(self, place: str, token: Secret, client: Client) -> None:
        self.name = f"github:{place}"
        pieces = place.split("/")
        if len(pieces) not in (2, 3) or not all(pieces):
            raise SinkError(f"{self.name}: expected github:OWNER/REPOSITORY or github:OWNER/REPOSITORY/ENVIRONMENT")
        inner = f"environments/{pieces[2]}/secrets" if len(pieces) == 3 else "actions/secrets"
        self._url = f"https://api.github.com/repos/{pieces[0]}/{pieces[1]}/{inner}"
        self._token, self._client = token, client

    def check(self) -> None:
        _sealed(b"", *self._key())

    def write(self, values: Values) -> None:
        key, key_id = self._key()
        for name, secret in values.items():
            body = {"encrypted_value": _sealed(secret.reveal(), key, key_id), "key_id": key_id}
            answer = self._send("PUT", f"/{name}", json.dumps(body).encode())
            if answer.status not in _WRITTEN:
                raise self._refused(answer)

    def read(self, names: tuple[str, ...]) -> Values | None:
        return None

    def _key(self) -> tuple[bytes, str]:
        answer = self._send("GET", "/public-key")
        if answer.status != _OK:
            raise self._refused(answer)
        try:
            told: Any = answer.json()
            return b64decode(told["key"]), str(told["key_id"])
        except (ValueError, KeyError, TypeError):
            raise SinkError(f"{self.name}: GitHub did not tell the repository's public key") from None

    def _send(self, method: str, path: str, body: bytes = b"") -> Answer:
        headers = {
            "Authorization": f"Bearer {self._token.reveal().decode()}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        return self._client.send(Request(method, self._url + path, headers, body))

    def _refused(self, answer: Answer) -> SinkError:
        return SinkError(f"{self.name}: GitHub answered {answer.status}", "the token needs write access to secrets")


def _sealed(value: bytes, key: bytes, _key_id: str) -> str:
    try:
        from nacl.exceptions import CryptoError
        from nacl.public import PublicKey, SealedBox
    except ImportError:
        raise SinkError("secrets for GitHub are sealed by PyNaCl", "pip install 'keyguard[sinks]'") from None
    try:
        return b64encode(SealedBox(PublicKey(key)).encrypt(value)).decode()
    except (CryptoError, ValueError, TypeError):
        raise SinkError("GitHub's public key cannot be used to seal a secret") from None
