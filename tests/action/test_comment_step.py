"""The comment step, against a stand-in for GitHub's API that keeps comments."""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.action.runner import SCHEDULE, Ran, pull_request, run_step

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="runs the steps in a POSIX shell")
TOKEN = "kg-sample-token"
BOT, PERSON = {"type": "Bot", "login": "github-actions[bot]"}, {"type": "User", "login": "eve"}


class GitHub(ThreadingHTTPServer):
    """Comments of pull request 7, by id."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[dict[str, Any]] = []
        self.refuse = 0
        self.asked: list[str] = []


class Handler(BaseHTTPRequestHandler):
    server: GitHub

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Nothing: it would stand in the tests' output."""

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size)) if size else {}
        self.server.asked.append(f"{self.command} {self.path}")
        status, answer = self._done(body)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://localhost:1/elsewhere")
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the names that http.server looks for

    def _done(self, body: dict[str, Any]) -> tuple[int, Any]:
        if self.server.refuse:
            return self.server.refuse, {}
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return 401, {}
        comments, (path, _, query) = self.server.comments, self.path.partition("?")
        if self.command == "GET" and path == "/repos/acme/app/issues/7/comments":
            start = (int(query.rpartition("page=")[2]) - 1) * 100
            return 200, comments[start : start + 100]
        if self.command == "POST" and path == "/repos/acme/app/issues/7/comments":
            comments.append({"id": len(comments) + 1, "user": BOT, **body})
            return 201, comments[-1]
        if self.command == "PATCH" and path.startswith("/repos/acme/app/issues/comments/"):
            comments[int(path.rpartition("/")[2]) - 1] |= body
            return 200, {}
        return 404, {}


@pytest.fixture
def github() -> Iterator[GitHub]:
    with GitHub() as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


def comment(github: GitHub, folder: Path, text: str, count: int = 1, event: Any = None) -> Ran:
    (folder / "summary.md").write_text(text, encoding="utf-8")
    return run_step(
        "Comment",
        folder / "runner",
        folder,
        event or pull_request("1" * 40, "2" * 40),
        GITHUB_API_URL=f"http://127.0.0.1:{github.server_port}",
        KEYGUARD_TOKEN=TOKEN,
        KEYGUARD_SUMMARY=str(folder / "summary.md"),
        KEYGUARD_COUNT=str(count),
    )


def test_one_comment_is_kept_up_to_date(github: GitHub, tmp_path: Path) -> None:
    github.comments = [{"id": n + 1, "user": PERSON, "body": "hello"} for n in range(150)]
    github.comments.append({"id": 151, "user": PERSON, "body": "<!-- keyguard -->\nmine"})
    assert comment(github, tmp_path, "## one\n").code == 0
    assert comment(github, tmp_path, "## none\n", count=0).code == 0
    assert len(github.comments) == 152
    assert github.comments[150]["body"].endswith("mine")
    assert github.comments[151]["body"] == "<!-- keyguard -->\n## none\n"


def test_nothing_found_is_not_worth_a_first_comment(github: GitHub, tmp_path: Path) -> None:
    assert comment(github, tmp_path, "## none\n", count=0).code == 0
    assert github.comments == []


def test_other_events_have_no_pull_request(github: GitHub, tmp_path: Path) -> None:
    assert comment(github, tmp_path, "## one\n", event=SCHEDULE).code == 0
    assert github.asked == []


def test_a_long_one_is_cut(github: GitHub, tmp_path: Path) -> None:
    comment(github, tmp_path, "## many\n" + "x\n" * 50_000)
    assert len(github.comments[0]["body"]) < 65_536
    assert github.comments[0]["body"].endswith("more: see the summary of the job\n")


@pytest.mark.parametrize(
    ("status", "said"), [(403, "pull-requests: write"), (302, "answered 302"), (500, "answered 500")]
)
def test_a_refusal_is_a_warning(github: GitHub, tmp_path: Path, status: int, said: str) -> None:
    github.refuse = status
    ran = comment(github, tmp_path, "## one\n")
    assert ran.code == 0
    assert "::warning title=keyguard::no comment" in ran.log
    assert said in ran.log
    assert TOKEN not in ran.log
