"""Anthropic as its documentation has it: models for keys, api_keys with partial hints for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.http.server import Asked, Reply

if TYPE_CHECKING:
    from tests.respond.fakes.keys import Key, Ring

HOST = "api.anthropic.com"


class FakeAnthropic:
    """Lists come in pages of one, to be asked for with after_id."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if asked.headers.get("anthropic-version") != "2023-06-01":
            return _error(400, "invalid_request_error")
        value = asked.headers.get("x-api-key", "")
        if asked.path == "/v1/organizations/me":
            key = self.ring.find(value)
            organization = {"id": "12345678-1234-5678-1234-567812345678", "type": "organization", "name": "Acme"}
            return Reply(200, organization) if key else _error(401, "authentication_error")
        if asked.path == "/v1/models":
            return self._models(self.ring.find(value))
        if asked.path == "/v1/organizations/api_keys":
            return self._list(asked) if value == self.ring.admin else _error(401, "authentication_error")
        return _error(404, "not_found_error")

    def _models(self, key: Key | None) -> Reply:
        if key is None:
            return _error(401, "authentication_error")
        if key.state == "restricted":
            return _error(403, "permission_error")
        page: dict[str, Any] = {"data": [], "first_id": None, "last_id": None, "has_more": False}
        return Reply(200, page, {"anthropic-workspace-id": "wrkspc_01"})

    def _list(self, asked: Asked) -> Reply:
        rows = [_row(key) for key in self.ring.keys]
        ids = [row["id"] for row in rows]
        start = ids.index(asked.query["after_id"]) + 1 if "after_id" in asked.query else 0
        shown = rows[start : start + 1]
        first = shown[0]["id"] if shown else None
        page = {"data": shown, "first_id": first, "last_id": first, "has_more": start + 1 < len(rows)}
        return Reply(200, page)


def _row(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "type": "api_key",
        "name": key.name,
        "partial_key_hint": f"{key.value[:16]}...{key.value[-4:]}",
        "status": "active" if key.state != "dead" else "inactive",
        "created_at": "2026-01-02T03:04:05Z",
        "created_by": {"id": "user_01", "type": "user"},
        "expires_at": None,
        "workspace_id": None,
    }


def _error(status: int, kind: str) -> Reply:
    return Reply(status, {"type": "error", "error": {"type": kind, "message": "no"}})
