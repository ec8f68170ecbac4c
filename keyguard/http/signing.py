"""Signs requests for providers that want more than a key in a header. The libraries for it are extras."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from keyguard.http.message import Request

_MOST_LIVED = 3600


class SigningError(KeyguardError):
    """A request cannot be signed: the library is missing, or the key is none. The message never holds the key."""


class AwsKey(NamedTuple):
    """An access key of AWS; `token` is that of a session, empty for a key of long life."""

    id: str
    secret: str
    token: str = ""

    def __repr__(self) -> str:
        return "AwsKey()"


def sign_aws(request: Request, key: AwsKey, service: str, region: str) -> Request:
    """The request with a signature of AWS, version 4, by botocore."""
    try:
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
    except ImportError:
        raise SigningError("asking AWS needs botocore", "pip install 'keyguard[aws]'") from None
    draft = AWSRequest(request.method, request.url, headers=dict(request.headers), data=request.body)
    SigV4Auth(Credentials(key.id, key.secret, key.token or None), service, region).add_auth(draft)
    return replace(request, headers={str(name): str(value) for name, value in draft.headers.items()})


def assert_google(account: str, scope: str, audience: str, now: Callable[[], float]) -> str:
    """A signed statement of a Google service account that can be changed for an access token (RFC 7523).

    `account` is the JSON of its key file, or at least `client_email` and `private_key` of it.
    """
    try:
        from google.auth import crypt, jwt
    except ImportError:
        raise SigningError("asking Google needs google-auth", "pip install 'keyguard[gcp]'") from None
    fields = _fields(account)
    moment = int(now())
    claims = {
        "iss": fields["client_email"],
        "scope": scope,
        "aud": audience,
        "iat": moment,
        "exp": moment + _MOST_LIVED,
    }
    try:
        library: Any = crypt.RSASigner  # untyped
        encode: Any = jwt.encode
        signer = library.from_string(fields["private_key"], fields.get("private_key_id"))
        signed: bytes = encode(signer, claims)
    except (ValueError, TypeError):
        raise SigningError("the private key of the service account cannot be read") from None
    return signed.decode("ascii")


def _fields(account: str) -> dict[str, Any]:
    try:
        fields = json.loads(account)
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or not all(
        isinstance(fields.get(name), str) for name in ("client_email", "private_key")
    ):
        raise SigningError("the key file of a service account lacks its e-mail address or its key")
    return fields
