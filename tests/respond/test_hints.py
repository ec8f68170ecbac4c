from __future__ import annotations

import pytest

from keyguard.respond.hints import fits

SECRET = b"sk-test-abcdefghijklmnop-WXYZ"


@pytest.mark.parametrize(
    ("how", "shown"),
    [
        ("hint", "sk-test-abc...WXYz"),
        ("hint", "sk-other-...WXYZ"),
        ("hint", "...YZ"),
        ("hint", "sk-test-abcdefghijklmnop-WXYZ"),
        ("hint", "sk-test-abcdefghijklmnop...klmnop-WXYZ"),
        ("hint", ""),
        ("last4", "XYZ"),
        ("last4", "AXYZ"),
        ("prefix", "sk-test-abc"),
        ("prefix", "sk-test-abcdX"),
        ("equal", "sk-test"),
        ("sha256", "00"),
    ],
)
def test_does_not_fit(how: str, shown: str) -> None:
    assert not fits(how, shown, SECRET)


@pytest.mark.parametrize(
    ("how", "shown"),
    [
        ("hint", "sk-test-abc...WXYZ"),
        ("hint", "sk-test-abc…WXYZ"),
        ("hint", "********WXYZ"),
        ("hint", "sk-test-****"),
        ("last4", "WXYZ"),
        ("prefix", "sk-test-abcdefgh"),
        ("equal", SECRET.decode()),
        ("sha256", "its own"),
    ],
)
def test_fits(how: str, shown: str) -> None:
    if how == "sha256":
        import hashlib

        shown = hashlib.sha256(SECRET).hexdigest().upper()
    assert fits(how, shown, SECRET)
