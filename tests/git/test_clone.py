"""Cloning: every ref arrives, and no credential leaves a trace."""

from __future__ import annotations

import base64
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from keyguard.errors import GitError
from keyguard.git.clone import clone, is_url, split_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.repositories import Repo

PASSWORD = "pass%2Fword-of-test"


@pytest.mark.parametrize(
    "text", ["", "src", "./a:b", "C:\\src", "/srv/x.git", "a@b", "me@host", "user@host://x", "a b"]
)
def test_paths_are_not_urls(text: str) -> None:
    assert not is_url(text)


@pytest.mark.parametrize(
    "text",
    ["https://example.com/x.git", "ssh://git@example.com/x", "git@example.com:a/b.git", "file:///srv/x", "ftp://x/y"],
)
def test_urls(text: str) -> None:
    assert is_url(text)


@pytest.mark.parametrize(
    "url", ["ext::sh -c true", "ext://x", "ftp://example.com/x", "fd::17", "-u", "--upload-pack=x"]
)
def test_other_schemes_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(GitError):
        clone(url, tmp_path / "into")
    assert not (tmp_path / "into").exists()


@pytest.mark.parametrize(
    ("url", "safe", "user", "password"),
    [
        ("https://example.com/x", "https://example.com/x", "", ""),
        ("https://u:p%40@example.com/x", "https://example.com/x", "u", "p@"),
        ("HTTPS://token@example.com/x", "https://example.com/x", "token", ""),
        ("ssh://git:p@example.com/x", "ssh://git@example.com/x", "", ""),
        ("git@example.com:x", "git@example.com:x", "", ""),
    ],
)
def test_credentials_are_taken_out(url: str, safe: str, user: str, password: str) -> None:
    assert split_credentials(url) == (safe, user, password)


def test_missing_repository(tmp_path: Path) -> None:
    with pytest.raises(GitError, match="cannot clone file:///") as caught:
        clone((tmp_path / "gone.git").as_uri(), tmp_path / "into")
    assert caught.value.hint


def test_all_refs_arrive(git_repo: Repo, tmp_path: Path) -> None:
    git_repo.commit({"a": "1"})
    git_repo.tag("v1", "one")
    git_repo.git("update-ref", "refs/pull/7/head", "HEAD")
    git_repo.git("update-ref", "refs/notes/commits", "HEAD")
    clone(git_repo.path.resolve().as_uri(), tmp_path / "into")
    listing = ["for-each-ref", "--format=%(refname) %(objectname)"]
    mirror = ["--git-dir", str(tmp_path / "into"), *listing]
    assert git_repo.git(*mirror) == git_repo.git(*listing)
    assert not (tmp_path / "into" / "hooks").exists()
    assert "remote" not in (tmp_path / "into" / "config").read_text()


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Serve on a port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield running.server_port
        finally:
            running.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[tuple[int, list[str]]]:
    """An HTTP server that wants a password and then has nothing; gives its port and the credentials it saw."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent = self.headers.get("Authorization", "")
            if sent:
                seen.append(base64.b64decode(sent.partition(" ")[2]).decode())
            self.send_response(404 if sent else 401)
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            pass

    with served(Handler) as port:
        yield port, seen


def test_credentials_reach_the_server_and_nothing_else(server: tuple[int, list[str]], tmp_path: Path) -> None:
    port, seen = server
    with pytest.raises(GitError, match=f"cannot clone http://127.0.0.1:{port}/x.git") as caught:
        clone(f"http://someone:{PASSWORD}@127.0.0.1:{port}/x.git", tmp_path / "into")
    assert seen == ["someone:pass/word-of-test"]
    told = f"{caught.value} {caught.value.hint} {caught.value.__cause__} {caught.value.__context__!r}"
    assert "word-of-test" not in told


def test_credentials_do_not_follow_a_redirect(server: tuple[int, list[str]], tmp_path: Path) -> None:
    port, seen = server

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", f"http://localhost:{port}{self.path}")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
            pass

    with served(Handler) as first, pytest.raises(GitError, match="cannot clone"):
        clone(f"http://someone:{PASSWORD}@127.0.0.1:{first}/x.git", tmp_path / "into")
    assert seen == []


def test_a_password_is_not_asked_for(server: tuple[int, list[str]], tmp_path: Path) -> None:
    port, seen = server
    with pytest.raises(GitError, match="cannot clone"):
        clone(f"http://127.0.0.1:{port}/x.git?private_token=word-of-test", tmp_path / "into")
    assert seen == []


def test_queries_are_not_shown(server: tuple[int, list[str]], tmp_path: Path) -> None:
    port, _ = server
    with pytest.raises(GitError) as caught:
        clone(f"http://127.0.0.1:{port}/x.git?private_token=word-of-test", tmp_path / "into")
    assert "word-of-test" not in str(caught.value)


def test_credentials_are_not_stored(git_repo: Repo, tmp_path: Path) -> None:
    # file: URLs take no credentials; git would still write them into the clone's configuration.
    git_repo.commit({"a": "1"})
    path = git_repo.path.resolve().as_uri().removeprefix("file://")
    clone(f"file://someone:{PASSWORD}@{path}", tmp_path / "into")
    kept = [file for file in (tmp_path / "into").rglob("*") if file.is_file() and b"word-of-test" in file.read_bytes()]
    assert kept == []
