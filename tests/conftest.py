"""The cage every test runs in, and the repositories it may ask for."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.caging import enclose
from tests.repositories import Repo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def cage(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """HOME, caches and git's configuration point into a fresh folder; its path is the value."""
    home = tmp_path_factory.mktemp("home")
    enclose(home, tmp_path_factory.getbasetemp(), monkeypatch)
    return home


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but this machine fails the test."""

    def guard(real: Callable[..., Any]) -> Callable[..., Any]:
        def connect(self: socket.socket, address: Any) -> Any:
            host = str(address[0]) if isinstance(address, tuple) else ""
            if host and not host.startswith(LOOPBACK):
                raise AssertionError(f"a test tried to reach {host}")
            return real(self, address)

        return connect

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guard(getattr(socket.socket, name)))


@pytest.fixture
def git_repo(tmp_path: Path) -> Repo:
    """An empty repository on branch main."""
    return Repo(tmp_path / "repo")


@pytest.fixture
def new_repo(tmp_path: Path) -> Callable[..., Repo]:
    """Makes further repositories: `new_repo("name", bare=True)`."""

    def make(name: str, **options: Any) -> Repo:
        return Repo(tmp_path / name, **options)

    return make
