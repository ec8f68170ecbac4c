"""AWS as moto has it, behind a front that refuses inactive keys (moto does not), and tells what goes by."""

from __future__ import annotations

import re
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from keyguard.model import Secret
from tests.http.server import Asked, Reply
from tests.secrets import made_up

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HOSTS = ("sts.amazonaws.com", "iam.amazonaws.com")
# The administrator's own key, which moto does not know and does not ask for.
OWN_ID = made_up("aws", "aws-access-key-id", seed=9).secrets[0].decode()
OWN_SECRET = "own-secret-of-the-administrator-of-aws"
OWN = {"credential.id": Secret(OWN_ID.encode()), "credential.secret": Secret(OWN_SECRET.encode())}
LOGIN = {"aws_access_key_id": "x", "aws_secret_access_key": "y", "region_name": "us-east-1"}
_CREDENTIAL = re.compile(r"Credential=([A-Z0-9]+)/")
_REFUSED = (
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
    "<Code>InvalidClientTokenId</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>"
)


class FrontOfAws:
    """`dead` tells whether a key id is inactive or gone."""

    def __init__(self, address: str, dead: Callable[[str], bool]) -> None:
        self._host = urlsplit(address).netloc
        self._dead = dead

    def __call__(self, asked: Asked) -> Reply:
        match = _CREDENTIAL.search(asked.headers.get("authorization", ""))
        if asked.form.get("Action") == "GetCallerIdentity" and match and self._dead(match[1]):
            return Reply(403, _REFUSED.encode(), {"Content-Type": "text/xml"})
        connection = HTTPConnection(self._host, timeout=20)
        try:
            path = asked.path + (f"?{urlencode(asked.query)}" if asked.query else "")
            headers = {name: value for name, value in asked.headers.items() if name not in ("content-length", "host")}
            # moto tells services apart by the host that was signed for.
            headers["Host"] = self._host
            connection.request(asked.method, path, asked.body, headers)
            answer = connection.getresponse()
            body = answer.read()
            return Reply(answer.status, body, {"Content-Type": answer.getheader("Content-Type") or ""})
        finally:
            connection.close()


@contextmanager
def running_moto() -> Iterator[str]:
    """The address of a moto server."""
    import logging

    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server: Any = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def iam_of(address: str) -> Any:
    """A client for IAM there; close it."""
    import boto3

    library: Any = boto3
    return library.client("iam", endpoint_url=address, **LOGIN)


def user_with_key(iam: Any, name: str) -> tuple[str, str]:
    """The id and secret of the only key of a new user."""
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]
