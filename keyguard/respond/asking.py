"""Sends one request of a provider file: filled, signed where its adapter wants that, through the provider's door."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from keyguard.http.signing import AwsKey, SigningError, assert_google, sign_aws
from keyguard.model import Secret
from keyguard.providers.answers import find_all
from keyguard.providers.requests import MissingPartError, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from keyguard.http import Answer, Client, Request
    from keyguard.providers.requests import RequestSpec, Values

_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_AWS_NAMES = {"id": "AccessKeyId", "secret": "SecretAccessKey", "token": "SessionToken"}


def ask(
    client: Client, spec: RequestSpec, values: Values, now: Callable[[], float], *, repeatable: bool = False
) -> Answer:
    """The answer to one request. KeyguardError (HttpError, MissingPartError, SigningError) where there is none.

    `repeatable` says that the request only reads.
    """
    return client.send(prepare(spec, values, now, repeatable=repeatable))


def prepare(spec: RequestSpec, values: Values, now: Callable[[], float], *, repeatable: bool = False) -> Request:
    """The request as it is sent."""
    request = fill(spec, values, repeatable=repeatable)
    if spec.adapter == "aws":
        return sign_aws(request, aws_key(values, spec.signed_by), spec.service, spec.region)
    if spec.adapter == "gcp":
        if "secret.json" not in values:
            raise MissingPartError("the e-mail address of the service account is not known")
        assertion = assert_google(_text(values, "secret.json"), spec.service, spec.url, now)
        return replace(request, body=urlencode({"grant_type": _GRANT, "assertion": assertion}).encode())
    return request


def with_copies(spec: RequestSpec, copies: Mapping[str, str], row: Any) -> RequestSpec:
    """The request with fields of a provider's record in its body: `copies` are pointers into `row` by name. What is
    null there stays as the request has it."""
    found = {name: next(find_all(row, pointer), None) for name, pointer in copies.items()}
    told = {name: _as_template(value) for name, value in found.items() if value is not None}
    return spec._replace(json={**spec.json, **told}) if told else spec


def _as_template(value: Any) -> Any:
    """The value as a template that fills to itself."""
    if isinstance(value, str):
        return value.replace("{", "{{").replace("}", "}}")
    if isinstance(value, dict):
        return {name: _as_template(each) for name, each in value.items()}
    return [_as_template(each) for each in value] if isinstance(value, list) else value


def aws_key(values: Values, signed_by: str) -> AwsKey:
    """The access key to sign with: the found one, or the person's own.

    That is `credential.id`, `credential.secret` and perhaps `credential.token`; or `credential` as JSON, as
    `aws configure export-credentials` prints it.
    """
    if signed_by == "secret":
        return AwsKey(_text(values, "id"), _text(values, "secret"))
    if "credential" in values:
        return _exported(_text(values, "credential"))
    token = _text(values, "credential.token") if "credential.token" in values else ""
    return AwsKey(_text(values, "credential.id"), _text(values, "credential.secret"), token)


def _exported(text: str) -> AwsKey:
    try:
        fields = json.loads(text)
        return AwsKey(*(str(fields.get(name) or "") for name in _AWS_NAMES.values()))
    except (ValueError, AttributeError):
        raise SigningError(
            "the credential for AWS is not what `aws configure export-credentials` prints",
            'name its parts: [credentials] aws = { id = "env:…", secret = "env:…" }',
        ) from None


def _text(values: Values, name: str) -> str:
    value = values.get(name)
    if value is None:
        raise MissingPartError(f"the {name} is not known")
    return value.reveal().decode("utf-8", "replace") if isinstance(value, Secret) else value
