from __future__ import annotations

import hashlib
import hmac
import traceback

import pytest

from keyguard.model import Secret

VALUE = b"q7Zr4kP0mWx2Vb8nTs5L"


@pytest.mark.parametrize(
    "show", [str, repr, "{}".format, "{!r}".format, lambda each: f"{[each]} {{each}}", "%s".__mod__]
)
def test_it_cannot_be_printed_by_accident(show: object) -> None:
    assert callable(show)
    assert VALUE.decode() not in show(Secret(VALUE))


def test_it_is_not_in_tracebacks() -> None:
    assert VALUE.decode() not in "".join(traceback.format_exception(ValueError(Secret(VALUE))))


def test_it_has_no_other_attributes() -> None:
    assert not hasattr(Secret(VALUE), "__dict__")


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        (b"", "…"),
        (b"hunter2hunt", "…"),
        (b"hunter2hunte", "hu…"),
        (b"q7Zr4kP0mWx2Vb8nTs5", "q7…"),
        (VALUE, "q7Zr…Ts5L"),
        (b"-----BEGIN KEY-----\nabc\ndef\n", "-----BEGIN K… (3 lines)"),
        (b"-----BEGIN KEY-----\r\nabc", "-----BEGIN K… (2 lines)"),
        (b"\xff" * 20, "\ufffd\ufffd\ufffd\ufffd…\ufffd\ufffd\ufffd\ufffd"),
        ("schlüsselwörterchen".encode(), "sc…"),
    ],
)
def test_the_mask(value: bytes, masked: str) -> None:
    assert Secret(value).masked == masked


def test_revealing_is_the_only_way_out() -> None:
    assert Secret(VALUE).reveal() == VALUE


def test_equal_values_are_equal() -> None:
    assert Secret(VALUE) != Secret(VALUE + b"x")
    assert Secret(VALUE) != VALUE
    assert len({Secret(VALUE), Secret(VALUE), Secret(b"other")}) == 2


def test_the_fingerprint_is_a_keyed_digest() -> None:
    expected = hmac.new(b"salt", b"acme-key\0" + VALUE, hashlib.sha256).hexdigest()[:32]
    assert Secret(VALUE).fingerprint("acme-key", b"salt") == expected
    prints = {Secret(value).fingerprint(rule, key) for value in (VALUE, b"x") for rule in "ab" for key in (b"1", b"2")}
    assert len(prints) == 8
