"""OpenAI as its specification has it: models for project keys, projects and their keys for administrators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.http.server import Asked, Reply
from tests.respond.fakes.contract import checked

if TYPE_CHECKING:
    from tests.respond.fakes.keys import Key, Ring

HOST = "api.openai.com"
_CREATED = 1_790_000_000
_PAGE = 2


class FakeOpenAI:
    """Keys are spread over two projects; lists come in pages of two."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/v1/models":
            return self._models(asked)
        own = self.ring.find(asked.bearer)
        if asked.bearer != self.ring.admin and not (own and own.more.get("kind") == "admin"):
            return _error(401, "invalid_api_key")
        if asked.path == "/v1/organization/projects":
            rows = [_project(name) for name in ("one", "two", "three")]
            return Reply(200, checked("openai", "GET /v1/organization/projects", _page(rows, asked)))
        if asked.path == "/v1/organization/admin_api_keys":
            rows = [_admin_row(key) for key in self.ring.keys if key.more.get("kind") == "admin"]
            return Reply(200, _page(rows, asked))
        if asked.path.endswith("/api_keys"):
            project = asked.path.split("/")[-2].removeprefix("proj_")
            keys = [_row(key) for key in self.ring.keys if key.more.get("project", "one") == project]
            body = _page(keys, asked)
            return Reply(200, checked("openai", "GET /v1/organization/projects/{project_id}/api_keys", body))
        return _error(404, "not_found")

    def _models(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.bearer)
        if key is None:
            return _error(401, "invalid_api_key")
        if key.state == "restricted":
            return _error(403, "missing_scope")
        model = {"id": "gpt-x", "object": "model", "created": _CREATED, "owned_by": "system", "shutdown_date": None}
        return Reply(200, checked("openai", "GET /v1/models", {"object": "list", "data": [model]}))


def _project(name: str) -> dict[str, Any]:
    return {
        "id": f"proj_{name}",
        "object": "organization.project",
        "name": name,
        "created_at": _CREATED,
        "status": "active",
        "archived_at": None,
        "external_key_id": None,
    }


def _row(key: Key) -> dict[str, Any]:
    name, whose = key.more.get("owner", "user"), {"id": "user_1", "name": "Ada", "created_at": _CREATED}
    email = {"email": "ada@example.com"} if name == "user" else {}
    owner = {"type": name, name: {**whose, **email, "role": "owner"}}
    return {
        "object": "organization.project.api_key",
        "redacted_value": f"{key.value[:10]}...{key.value[-4:]}",
        "name": key.name,
        "created_at": _CREATED,
        "last_used_at": None,
        "id": key.id,
        "owner_project_access": "active",
        "owner": owner,
    }


def _admin_row(key: Key) -> dict[str, Any]:
    owner = {"type": "user", "object": "organization.user", "id": "user_1", "name": "Ada", "role": "owner"}
    return {
        "object": "organization.admin_api_key",
        "redacted_value": f"{key.value[:12]}...{key.value[-4:]}",
        "name": key.name,
        "created_at": _CREATED,
        "last_used_at": None,
        "expires_at": None,
        "id": key.id,
        "owner": owner,
    }


def _page(rows: list[dict[str, Any]], asked: Asked) -> dict[str, Any]:
    ids = [row["id"] for row in rows]
    start = ids.index(asked.query["after"]) + 1 if "after" in asked.query else 0
    shown = rows[start : start + _PAGE]
    ends = {"first_id": shown[0]["id"] if shown else None, "last_id": shown[-1]["id"] if shown else None}
    return {"object": "list", "data": shown, **ends, "has_more": start + _PAGE < len(rows)}


def _error(status: int, code: str) -> Reply:
    return Reply(status, {"error": {"message": "no", "type": "invalid_request_error", "param": None, "code": code}})
