"""Stops on AWS against moto, where an inactive key still signs: the list of keys is what shows it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import pytest

from keyguard.respond.identify import IdentifyError
from keyguard.respond.revoke import Target, carry_out, find_target, plan_stop
from keyguard.state.revocations import Entry
from tests.respond.fakes.amazon import HOSTS, OWN, iam_of, running_moto, user_with_key
from tests.respond.findings import finding, led

NEEDED = ("botocore", "boto3", "moto", "flask")
pytestmark = pytest.mark.skipif(not all(map(find_spec, NEEDED)), reason=f"needs {', '.join(NEEDED)}")


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    with running_moto() as address:
        yield address


@pytest.fixture
def iam(moto: str) -> Iterator[Any]:
    client = iam_of(moto)
    yield client
    client.close()


def states(iam: Any, user: str) -> list[str]:
    return [key["Status"] for key in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]]


def carried(moto: str, key: tuple[str, str], *, delete: bool = False, undoing: bool = False) -> list[Entry]:
    one = finding("aws-access-key", key[1].encode(), (("id", key[0].encode()),))
    stop = plan_stop(one, delete=delete, undoing=undoing)
    stop = stop._replace(way=stop.way._replace(wait=0))
    settings, written = led(moto, *HOSTS), list[Entry]()
    carry_out(stop, find_target(stop, OWN, settings), OWN, settings, written.append, "ada")
    assert key[1] not in repr(written)
    return written


def test_a_key_of_somebody_else_is_not_found(moto: str) -> None:
    with pytest.raises(IdentifyError):
        carried(moto, ("AKIAABCDEFGHIJKLMNOP", "x" * 40))


def test_a_user_that_is_not_there_is_told(moto: str, iam: Any) -> None:
    key = user_with_key(iam, "stays")
    one = finding("aws-access-key", key[1].encode(), (("id", key[0].encode()),))
    stop, written = plan_stop(one), list[Entry]()
    stop = stop._replace(way=stop.way._replace(wait=0), even_dead=True)
    carry_out(stop, Target("nobody"), OWN, led(moto, *HOSTS), written.append, "")
    assert [entry.event for entry in written][:2] == ["started", "absent"]
    assert states(iam, "stays") == ["Active"]


def test_is_disabled_and_enabled_and_deleted(moto: str, iam: Any) -> None:
    key = user_with_key(iam, "leaky")
    written = carried(moto, key)
    assert [(entry.event, entry.target, entry.way) for entry in written[:2]] == [
        ("started", "leaky", "disable"),
        ("accepted", "leaky", "disable"),
    ]
    assert states(iam, "leaky") == ["Inactive"]
    carried(moto, key, undoing=True)
    assert states(iam, "leaky") == ["Active"]
    carried(moto, key, delete=True)
    assert states(iam, "leaky") == []
