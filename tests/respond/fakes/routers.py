"""OpenRouter, Mistral and SendGrid as their specifications have them."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from tests.http.server import Asked, Reply
from tests.respond.fakes.contract import checked

if TYPE_CHECKING:
    from tests.respond.fakes.keys import Key, Ring

_COUNTERS = ("usage", "usage_daily", "usage_weekly", "usage_monthly")
_WORKSPACE = "0df9e665-d932-5740-b2c7-b52af166bc11"


class FakeOpenRouter:
    host = "openrouter.ai"

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/api/v1/key":
            key = self.ring.find(asked.bearer)
            if key is None:
                return self._error(401)
            if key.state == "restricted":
                return self._error(402)
            more = {
                "is_free_tier": False,
                "is_management_key": False,
                "is_provisioning_key": False,
                "rate_limit": {"interval": "1h", "note": "deprecated", "requests": 1000},
            }
            return Reply(200, checked("openrouter", "GET /api/v1/key", {"data": _spent(key) | more}))
        if asked.bearer != self.ring.admin:
            return self._error(401)
        for key in self.ring.keys:
            if asked.path == f"/api/v1/keys/{hashlib.sha256(key.value.encode()).hexdigest()}":
                return Reply(200, checked("openrouter", "GET /api/v1/keys/{hash}", {"data": _full(key)}))
        return self._error(404)

    def _error(self, status: int) -> Reply:
        body = {"error": {"code": status, "message": "no"}}
        return Reply(status, checked("openrouter", "401", body))


class FakeMistral:
    host = "api.mistral.ai"

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/v1/models":
            key = self.ring.find(asked.bearer)
            if key is None:
                return Reply(401, {"detail": "Unauthorized"})
            if key.state == "restricted":
                return Reply(403, {"detail": "Forbidden"})
            return Reply(200, checked("mistral", "GET /v1/models", {"object": "list", "data": []}))
        if asked.path != "/v1/admin/api-keys" or asked.bearer != self.ring.admin:
            return Reply(403 if asked.bearer != self.ring.admin else 404, {"detail": "no"})
        rows = [_mistral_row(key) for key in self.ring.keys if key.value.endswith(asked.query["name"])]
        return Reply(200, checked("mistral", "GET /v1/admin/api-keys", {"keys": rows}))


class FakeSendGrid:
    host = "api.sendgrid.com"

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/v3/scopes":
            key = self.ring.find(asked.bearer)
            if key is None:
                return self._error(401)
            if key.state == "restricted":
                return self._error(403)
            return Reply(200, checked("sendgrid", "GET /v3/scopes", {"scopes": ["mail.send", "alerts.read"]}))
        if asked.bearer != self.ring.admin:
            return self._error(403)
        for key in self.ring.keys:
            if asked.path == f"/v3/api_keys/{key.value.split('.')[1]}":
                body = {"result": [{"scopes": ["mail.send"], "api_key_id": key.value.split(".")[1], "name": key.name}]}
                return Reply(200, checked("sendgrid", "GET /v3/api_keys/{api_key_id}", body))
        return self._error(404)

    def _error(self, status: int) -> Reply:
        return Reply(status, {"errors": [{"field": None, "message": "no"}]})


def _spent(key: Key) -> dict[str, Any]:
    counters = dict.fromkeys((*_COUNTERS, *(f"byok_{name}" for name in _COUNTERS)), 1.5)
    return counters | {
        "creator_user_id": "user_1",
        "expires_at": "2027-12-31T23:59:59Z",
        "include_byok_in_limit": False,
        "label": f"{key.value[:12]}...{key.value[-3:]}",
        "limit": 100,
        "limit_remaining": 74.5,
        "limit_reset": "monthly",
    }


def _full(key: Key) -> dict[str, Any]:
    return _spent(key) | {
        "created_at": "2025-08-24T10:30:00Z",
        "updated_at": None,
        "disabled": key.state == "dead",
        "hash": hashlib.sha256(key.value.encode()).hexdigest(),
        "name": key.name,
        "workspace_id": _WORKSPACE,
    }


def _mistral_row(key: Key) -> dict[str, Any]:
    return {
        "key_id": key.id,
        "key": None,
        "name": key.name,
        "hidden_key": f"{key.value[:4]}...{key.value[-4:]}",
        "created_at": "2026-01-02T03:04:05Z",
        "expiration_date": None,
        "actions": {"rotate": {"status": "available"}, "delete": {"status": "available"}},
        "workspace_id": _WORKSPACE,
        "workspace_name": "Default",
        "created_by": "ada@example.com",
        "product": None,
        "last_used": None,
        "can_delete": True,
    }
