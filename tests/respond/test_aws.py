"""AWS against moto, which answers in AWS's own XML. moto checks no signature, so a wrong secret is not seen there."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from keyguard.http.message import Request
from keyguard.http.signing import AwsKey, sign_aws
from keyguard.respond.identify import IdentifyError, identify
from keyguard.respond.verify import verify_one
from tests.http.server import Reply, Server
from tests.respond.fakes.amazon import HOSTS, OWN, iam_of, running_moto, user_with_key
from tests.respond.findings import finding, led
from tests.secrets import made_up

pytestmark = pytest.mark.skipif(not find_spec("botocore"), reason="botocore signs (pip install 'keyguard[aws]')")
ID = made_up("aws", "aws-access-key-id").secrets[0].decode()
_ERROR = (
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
    "<Error><Type>Sender</Type><Code>{}</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>"
)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    if not all(map(find_spec, ("boto3", "moto", "flask"))):
        pytest.skip("needs boto3 and moto[server]")
    with running_moto() as address:
        yield address


@pytest.fixture(scope="module")
def pair(moto: str) -> tuple[str, str]:
    """Key id and secret of a user `ci`."""
    iam = iam_of(moto)
    try:
        return user_with_key(iam, "ci")
    finally:
        iam.close()


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (403, "InvalidClientTokenId", "dead"),
        (403, "SignatureDoesNotMatch", "dead"),
        (403, "ExpiredToken", "dead"),
        (403, "AccessDenied", "restricted"),
        (400, "Throttling", "unknown"),
        (403, "RequestTimeTooSkewed", "unknown"),
    ],
)
def test_reads_the_errors_of_aws(status: int, code: str, state: str) -> None:
    one = finding("aws-access-key", b"s" * 40, (("id", ID.encode()),))
    with Server(lambda _: Reply(status, _ERROR.format(code).encode(), {"Content-Type": "text/xml"})) as server:
        assert verify_one(one, led(server, *HOSTS)).state == state


def test_an_answer_with_a_document_type_is_not_read() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "ha">]><GetCallerIdentityResponse>&b;</GetCallerIdentityResponse>'
    one = finding("aws-access-key", b"s" * 40, (("id", ID.encode()),))
    with Server(lambda _: Reply(200, bomb)) as server:
        assert verify_one(one, led(server, *HOSTS)).state == "unknown"


def test_a_live_pair_tells_its_user(moto: str, pair: tuple[str, str]) -> None:
    one = finding("aws-access-key", pair[1].encode(), (("id", pair[0].encode()),))
    verdict = verify_one(one, led(moto, *HOSTS))
    assert (verdict.state, verdict.account) == ("live", "123456789012")
    assert verdict.owner == "arn:aws:iam::123456789012:user/ci"


def test_a_key_id_leads_to_its_user(moto: str, pair: tuple[str, str]) -> None:
    for one in (
        finding("aws-access-key", pair[1].encode(), (("id", pair[0].encode()),)),
        finding("aws-access-key-id", pair[0].encode()),
    ):
        assert identify(one, OWN, led(moto, *HOSTS)).owner == "ci"


def test_a_key_id_of_somebody_else_is_told(moto: str) -> None:
    stranger = finding("aws-access-key-id", b"AKIA" + b"Z" * 16)
    with pytest.raises(IdentifyError, match="no record that fits"):
        identify(stranger, OWN, led(moto, *HOSTS))
    with pytest.raises(IdentifyError, match="needs an IAM identity"):
        identify(stranger, {}, led(moto, *HOSTS))


def test_the_signature_is_that_of_the_algorithm() -> None:
    signed = sign_aws(
        Request("POST", "https://sts.amazonaws.com/", {}, b"Action=GetCallerIdentity"),
        AwsKey(ID, "s" * 40, "token"),
        "sts",
        "us-east-1",
    )
    told = signed.headers["Authorization"]
    assert told.startswith(f"AWS4-HMAC-SHA256 Credential={ID}/")
    assert "/us-east-1/sts/aws4_request" in told
    assert signed.headers["X-Amz-Security-Token"] == "token"
    assert "s" * 40 not in str(signed.headers)
