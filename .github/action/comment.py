"""Keeps one comment on the pull request: written when something is found, brought up to date ever after."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

MARK = "<!-- keyguard -->"
LONGEST = 60_000
PAGES = 20


def main() -> int:
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    number = event.get("pull_request", {}).get("number")
    summary = Path(os.environ.get("KEYGUARD_SUMMARY") or os.devnull)
    text = summary.read_text(encoding="utf-8")
    if not number or not text:
        return 0
    if len(text) > LONGEST:
        text = text[:LONGEST].rsplit("\n", 1)[0] + "\n\nmore: see the summary of the job\n"
    try:
        write(int(number), f"{MARK}\n{text}", found=os.environ.get("KEYGUARD_COUNT", "0") != "0")
    except HTTPError as error:
        hint = " (it needs `permissions: pull-requests: write`; pull requests of forks do not get it)"
        print(f"::warning title=keyguard::no comment: GitHub answered {error.code}{hint if error.code == 403 else ''}")
    except (URLError, TimeoutError):
        print("::warning title=keyguard::no comment: GitHub could not be reached")
    return 0


def write(number: int, body: str, *, found: bool) -> None:
    repository = f"/repos/{os.environ['GITHUB_REPOSITORY']}"
    own = own_comment(f"{repository}/issues/{number}/comments")
    if own:
        ask("PATCH", f"{repository}/issues/comments/{own}", {"body": body})
    elif found:
        ask("POST", f"{repository}/issues/{number}/comments", {"body": body})


def own_comment(path: str) -> int:
    """The id of the comment that an earlier run wrote; 0 for none. One that somebody else wrote is left alone."""
    for page in range(1, PAGES + 1):
        comments = ask("GET", f"{path}?per_page=100&page={page}")
        for comment in comments:
            if comment["body"].startswith(MARK) and comment["user"]["type"] == "Bot":
                return int(comment["id"])
        if len(comments) < 100:
            break
    return 0


def ask(method: str, path: str, body: dict[str, str] | None = None) -> Any:
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": f"Bearer {os.environ['KEYGUARD_TOKEN']}",
        "User-Agent": "keyguard",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    data = json.dumps(body).encode() if body else None
    request = Request(os.environ["GITHUB_API_URL"] + path, data, headers, method=method)
    with build_opener(NoRedirects).open(request, timeout=30) as answer:
        return json.load(answer)


class NoRedirects(HTTPRedirectHandler):
    """urllib would take the token along to wherever an answer leads."""

    def redirect_request(self, *_: Any) -> None:
        return None


if __name__ == "__main__":
    sys.exit(main())
