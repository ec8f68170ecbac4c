"""A secret of AWS Secrets Manager: a JSON object whose other members stay as they are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from keyguard.http import Answer, Client, Request
from keyguard.http.signing import AwsKey, sign_aws
from keyguard.model import Secret
from keyguard.respond.sinks.sink import SinkError, Values

_OK = 200


class SecretsManager:
    """`identity` is the name or ARN of the secret; it is made where there is none.

    Calls as in the service model of secretsmanager in github.com/boto/botocore (Apache-2.0).
    """

    readable = True

    def __init__(self, identity: str, region: str, key: AwsKey, client: Client) -> None:
        self.name = f"aws-sm:{identity}"
        self._identity, self._region, self._key, self._client = identity, region, key, client

    def check(self) -> None:
        self._get()

    def write(self, values: Values) -> None:
        held = self._get()
        text = json.dumps({**(held or {}), **{name: each.reveal().decode() for name, each in values.items()}})
        if held is None:
            self._ask("CreateSecret", {"Name": self._identity, "SecretString": text})
        else:
            self._ask("PutSecretValue", {"SecretId": self._identity, "SecretString": text})

    def read(self, names: tuple[str, ...]) -> Values | None:
        held = self._get() or {}
        if not all(isinstance(held.get(name), str) for name in names):
            return None
        return {name: Secret(held[name].encode()) for name in names}

    def _get(self) -> dict[str, Any] | None:
        """What it holds; None where there is no such secret."""
        answer = self._send("GetSecretValue", {"SecretId": self._identity})
        if answer.status != _OK:
            if b"ResourceNotFoundException" in answer.body:
                return None
            raise self._refused(answer)
        try:
            held = json.loads(answer.json().get("SecretString") or "{}")
        except (ValueError, AttributeError):
            held = None
        if not isinstance(held, dict):
            raise SinkError(f"{self.name}: holds what is no JSON object", "name another secret; this one is left alone")
        return held

    def _ask(self, action: str, body: Mapping[str, str]) -> None:
        answer = self._send(action, body)
        if answer.status != _OK:
            raise self._refused(answer)

    def _send(self, action: str, body: Mapping[str, str]) -> Answer:
        headers = {"X-Amz-Target": f"secretsmanager.{action}", "Content-Type": "application/x-amz-json-1.1"}
        url = f"https://secretsmanager.{self._region}.amazonaws.com/"
        request = Request("POST", url, headers, json.dumps(body).encode(), repeatable=action == "GetSecretValue")
        return self._client.send(sign_aws(request, self._key, "secretsmanager", self._region))

    def _refused(self, answer: Answer) -> SinkError:
        return SinkError(
            f"{self.name}: AWS answered {answer.status}",
            "the credential needs secretsmanager:GetSecretValue, PutSecretValue, CreateSecret",
        )
