from __future__ import annotations

import pytest

import keyguard
from keyguard.version import VERSION


def test_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        keyguard.nothing  # type: ignore[attr-defined,unused-ignore]  # noqa: B018 - that it fails is the point


@pytest.mark.parametrize("name", keyguard.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(keyguard, name) is not None
    assert name in dir(keyguard)


def test_version() -> None:
    assert keyguard.__version__ == VERSION
