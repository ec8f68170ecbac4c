"""The builder itself: same input, same ids."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.repositories import Repo


def test_same_history_gives_same_ids(new_repo: Callable[..., Repo]) -> None:
    ids = [new_repo(name).commit({"a.txt": "one"}, "first") for name in ("x", "y")]
    assert ids[0] == ids[1]


def test_network_is_closed() -> None:
    with socket.socket() as plug, pytest.raises(AssertionError, match="tried to reach"):
        plug.connect(("192.0.2.1", 80))
