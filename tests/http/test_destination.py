from __future__ import annotations

import pytest

from keyguard.http.destination import covers, is_direct
from keyguard.http.patience import asked_wait, own_wait


@pytest.mark.parametrize("host", ["example.com", "evilexample.com", ".example.com", "example.com.evil.net"])
def test_a_star_covers_names_below_only(host: str) -> None:
    assert not covers("*.example.com", host)


def test_covers_its_own() -> None:
    assert covers("*.example.com", "a.example.com")
    assert covers("example.com", "example.com")


@pytest.mark.parametrize(
    ("host", "listed", "direct"),
    [
        ("127.0.0.1", (), True),
        ("localhost", (), True),
        ("api.example.com", (), False),
        ("api.example.com", ("example.org",), False),
        ("notexample.com", ("example.com",), False),
        ("api.example.com", (".example.com",), True),
        ("api.example.com", ("*.example.com",), True),
        ("example.com", (" EXAMPLE.com ",), True),
        ("api.example.com", ("*",), True),
    ],
)
def test_no_proxy(host: str, listed: tuple[str, ...], direct: bool) -> None:
    assert is_direct(host, listed) is direct


@pytest.mark.parametrize("text", ["", "soon", "-3", "1e3", "٣"])
def test_a_wait_that_is_none(text: str) -> None:
    assert asked_wait({"retry-after": text}, 0) is None


def test_waits() -> None:
    assert asked_wait({"retry-after": "120"}, 0) == 120
    assert asked_wait({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, 50) == 10
    assert asked_wait({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, 500) == 0
    assert [own_wait(tried) for tried in (1, 2, 3, 9)] == [0.5, 1.0, 2.0, 20.0]
