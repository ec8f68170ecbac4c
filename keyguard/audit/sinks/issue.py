"""Tells by GitHub issues: one for each alarm, commented when it gets worse, closed when it is over.

https://docs.github.com/en/rest/issues (read 2026-11-22).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from keyguard.audit.notices import headline, paragraphs
from keyguard.audit.sinks.printed import plain
from keyguard.audit.sinks.sink import SinkError, Taken
from keyguard.http import Answer, Request

if TYPE_CHECKING:
    from keyguard.http import Client
    from keyguard.model import Secret
    from keyguard.state.alarms import Notice

HOST: Final = "api.github.com"
_LABEL: Final = "keyguard-audit"


class Issue:
    """Issues of one repository (owner/name)."""

    def __init__(self, repository: str, token: Secret, client: Client) -> None:
        self._url = f"https://{HOST}/repos/{repository}/issues"
        self._token = token
        self._client = client
        self.name = f"issues of {repository}"

    def send(self, notices: Sequence[Notice]) -> Iterator[Taken]:
        known: dict[str, str] = {}
        for notice in notices:
            number = notice.reference or known.get(notice.alarm) or self._find(notice) or self._open(notice)
            if notice.what != "raised":
                self._ask("POST", f"/{number}/comments", {"body": _body(notice)})
            if notice.what == "over":
                self._ask("PATCH", f"/{number}", {"state": "closed", "state_reason": "completed"})
            known[notice.alarm] = number
            yield Taken(notice, number)

    def _find(self, notice: Notice) -> str:
        """The issue of an alarm that an earlier run opened without living to note it."""
        found = self._ask("GET", f"?labels={_LABEL}&state=open&per_page=100", None).json()
        for each in found if isinstance(found, list) else ():
            if _mark(notice) in str(each.get("body")):
                return str(each["number"])
        return ""

    def _open(self, notice: Notice) -> str:
        text = f"{_body(notice)}\n\n{_mark(notice)}"
        made = self._ask("POST", "", {"title": headline(notice), "body": text, "labels": [_LABEL]}).json()
        if not isinstance(made, dict) or "number" not in made:
            raise SinkError(f"{self.name}: the answer names no issue")
        return str(made["number"])

    def _ask(self, method: str, path: str, tree: Mapping[str, Any] | None) -> Answer:
        headers = {
            "Authorization": f"Bearer {self._token.reveal().decode('utf-8', 'replace').strip()}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        body = b"" if tree is None else json.dumps(tree).encode()
        answer = self._client.send(Request(method, self._url + path, headers, body))
        if not 200 <= answer.status < 300:
            hint = "the token needs write access to issues" if answer.status in (401, 403, 404) else ""
            raise SinkError(f"{self.name}: answered {answer.status}", hint)
        return answer


def _body(notice: Notice) -> str:
    return "\n\n".join(map(plain, [headline(notice), *paragraphs(notice)]))


def _mark(notice: Notice) -> str:
    return f"<!-- keyguard alarm {notice.alarm} -->"
