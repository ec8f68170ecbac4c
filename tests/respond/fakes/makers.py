"""Providers that make keys by request, each as its documentation has it: list, make, stop, remove."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.http.server import Asked, Reply

ADMIN = "an-administrators-credential-for-tests"


@dataclass
class Kept:
    """One key; `state` is live, off or gone."""

    id: str
    value: str
    name: str = "ci"
    state: str = "live"
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Maker:
    """A provider with `keys`; `values` are those that further keys get."""

    values: list[str]
    keys: list[Kept]
    made: list[dict[str, Any]] = field(default_factory=list)

    def find(self, identity: str) -> Kept | None:
        return next((each for each in self.keys if each.id == identity and each.state != "gone"), None)

    def works(self, value: str) -> bool:
        return any(each.value == value and each.state == "live" for each in self.keys)

    def make(self, body: dict[str, Any], name: str, identity: str = "") -> Kept:
        self.made.append(body)
        key = Kept(identity or f"key_{len(self.keys) + 1}", self.values[len(self.made) - 1], name)
        self.keys.append(key)
        return key

    def shown(self) -> list[Kept]:
        return [each for each in self.keys if each.state != "gone"]


def openrouter(maker: Maker, asked: Asked) -> Reply:
    path = asked.path.removeprefix("/api/v1")
    if path == "/key":
        return Reply(200, {"data": {"label": "sk"}}) if maker.works(asked.bearer) else Reply(401, {"error": {}})
    if asked.bearer != ADMIN:
        return Reply(401, {"error": {"code": 401}})
    if path == "/keys" and asked.method == "GET":
        return Reply(200, {"data": [_openrouter(each) for each in maker.shown()]})
    if path == "/keys":
        key = maker.make(json.loads(asked.body), json.loads(asked.body)["name"])
        return Reply(201, {"data": _openrouter(key), "key": key.value})
    found = maker.find(path.removeprefix("/keys/"))
    if found is None:
        return Reply(404, {"error": {"code": 404}})
    if asked.method == "PATCH":
        found.state = "off" if json.loads(asked.body)["disabled"] else "live"
        return Reply(200, {"data": _openrouter(found)})
    found.state = "gone"
    return Reply(200, {"deleted": True})


def _openrouter(key: Kept) -> dict[str, Any]:
    told = {"hash": key.id, "name": key.name, "label": "sk-or", "disabled": key.state == "off", "limit": 5}
    return {**told, "limit_reset": "daily", "creator_user_id": "user_1", "workspace_id": "w", "expires_at": None}


def openai(maker: Maker, asked: Asked) -> Reply:
    if asked.path == "/v1/models":
        listed = {"object": "list", "data": []}
        return Reply(200, listed) if maker.works(asked.bearer) else Reply(401, {"error": {"code": "invalid_api_key"}})
    start = "/v1/organization/projects/proj_1/service_accounts"
    if asked.bearer != ADMIN or not asked.path.startswith(start):
        return Reply(401, {"error": {"code": "invalid_api_key"}})
    if asked.path == start and asked.method == "GET":
        return Reply(200, {"object": "list", "data": [_openai(each) for each in maker.shown()], "has_more": False})
    if asked.path == start:
        key = maker.make(json.loads(asked.body), json.loads(asked.body)["name"])
        inner = {"object": "organization.project.service_account.api_key", "value": key.value, "id": "k", "name": "x"}
        return Reply(200, {**_openai(key), "api_key": {**inner, "created_at": 1}})
    return _gone(maker, asked, {"deleted": True})


def _openai(key: Kept) -> dict[str, Any]:
    return {"object": "organization.project.service_account", "id": key.id, "name": key.name, "role": "member"}


def mistral(maker: Maker, asked: Asked) -> Reply:
    if asked.path == "/v1/models":
        return Reply(200, {"object": "list", "data": []}) if maker.works(asked.bearer) else Reply(401, {})
    if asked.bearer != ADMIN:
        return Reply(401, {"detail": "no"})
    if asked.path == "/v1/admin/api-keys" and asked.method == "GET":
        return Reply(200, {"keys": [{"key_id": each.id, "name": each.name} for each in maker.shown()]})
    if asked.path == "/v1/admin/api-keys":
        body = json.loads(asked.body)
        if not {"workspace_uuid", "user_id"} <= body.keys():
            return Reply(422, {"detail": "missing"})
        key = maker.make(body, body["name"])
        return Reply(200, {"key_id": key.id, "key": key.value, "name": key.name, "hidden_key": "abcd***wxyz"})
    return _gone(maker, asked, {"detail": "ok"})


def xai(maker: Maker, asked: Asked) -> Reply:
    if asked.path == "/v1/api-key":
        return Reply(200, {"user_id": "u", "team_id": "t"}) if maker.works(asked.bearer) else Reply(401, {})
    if asked.bearer != ADMIN:
        return Reply(401, {})
    if asked.path == "/auth/teams/team_1/api-keys" and asked.method == "GET":
        return Reply(200, {"apiKeys": [_xai(each) for each in maker.shown()]})
    if asked.path == "/auth/teams/team_1/api-keys":
        body = json.loads(asked.body)
        key = maker.make(body, body["name"])
        return Reply(200, {**_xai(key), "apiKey": key.value})
    found = maker.find(asked.path.rpartition("/")[2])
    if found and asked.method == "PUT":
        found.state = "off" if json.loads(asked.body)["apiKey"]["disabled"] else "live"
        return Reply(200, _xai(found))
    return _gone(maker, asked, {})


def _xai(key: Kept) -> dict[str, Any]:
    return {"apiKeyId": key.id, "name": key.name, "disabled": key.state == "off", "acls": ["api-key:model:*"]}


def gitlab(maker: Maker, asked: Asked) -> Reply:
    if asked.path.endswith("/self"):
        told = {"id": 1, "name": "ci", "active": True, "user_id": 3, "scopes": ["api"]}
        return Reply(200, told) if maker.works(asked.headers.get("private-token", "")) else Reply(401, {})
    if asked.bearer != ADMIN:
        return Reply(401, {"message": "401 Unauthorized"})
    start = "/api/v4/projects/42/access_tokens"
    if asked.path == start and asked.method == "GET":
        return Reply(200, [_gitlab(each) for each in maker.shown()])
    if asked.path == start:
        body = json.loads(asked.body)
        key = maker.make(body, body["name"], str(100 + len(maker.keys)))
        return Reply(201, {**_gitlab(key), "token": key.value})
    return _gone(maker, asked, b"", 204)


def _gitlab(key: Kept) -> dict[str, Any]:
    return {"id": int(key.id), "name": key.name, "scopes": ["api"], "access_level": 40, "expires_at": "2027-01-01"}


def google(maker: Maker, asked: Asked) -> Reply:
    if asked.path == "/v1beta/models":
        value = asked.headers.get("x-goog-api-key", "")
        bad = {"error": {"code": 400, "details": [{"reason": "API_KEY_INVALID"}]}}
        return Reply(200, {"models": []}) if maker.works(value) else Reply(400, bad)
    if asked.bearer != ADMIN:
        return Reply(401, {})
    start = "/v2/projects/p1/locations/global/keys"
    if asked.path == start and asked.method == "GET":
        return Reply(200, {"keys": [_google(each) for each in maker.shown()]})
    if asked.path == start:
        body = json.loads(asked.body)
        maker.make(body, body["displayName"], asked.query["keyId"])
        return Reply(200, {"name": "operations/akmf.1"})
    if asked.path.endswith("/keyString"):
        found = maker.find(asked.path.split("/")[-2])
        return Reply(200, {"keyString": found.value}) if found else Reply(404, {})
    return _gone(maker, asked, {"name": "operations/akmf.2"})


def _google(key: Kept) -> dict[str, Any]:
    restrictions = {"apiTargets": [{"service": "generativelanguage.googleapis.com"}]}
    name = f"projects/1/locations/global/keys/{key.id}"
    return {"name": name, "displayName": key.name, "restrictions": restrictions}


def elevenlabs(maker: Maker, asked: Asked) -> Reply:
    value = asked.headers.get("xi-api-key", "")
    if asked.path == "/v1/user/subscription":
        return Reply(200, {"tier": "free"}) if maker.works(value) else Reply(401, {"detail": {"status": "invalid"}})
    if value != ADMIN:
        return Reply(401, {})
    start = "/v1/service-accounts/sa_1/api-keys"
    if asked.path == start and asked.method == "GET":
        return Reply(200, {"api-keys": [_elevenlabs(each) for each in maker.shown()]})
    body = json.loads(asked.body or b"{}")
    if asked.method != "DELETE" and not {"name", "permissions"} <= body.keys():
        return Reply(422, {"detail": [{"msg": "field required"}]})
    if asked.path == start:
        return Reply(200, {"xi-api-key": maker.make(body, body["name"]).value})
    found = maker.find(asked.path.rpartition("/")[2])
    if found and asked.method == "PATCH":
        assert (body["name"], body["permissions"]) == (found.name, ["tts"]), "it is changed by being stopped"
        found.state = "live" if body["is_enabled"] else "off"
        return Reply(200, {"status": "ok"})
    return _gone(maker, asked, {"status": "ok"})


def _elevenlabs(key: Kept) -> dict[str, Any]:
    return {"key_id": key.id, "name": key.name, "is_disabled": key.state == "off", "permissions": ["tts"]}


def twilio(maker: Maker, asked: Asked) -> Reply:
    """The account has one token, and perhaps a secondary one; promoting ends the first."""
    from base64 import b64decode

    sid, _, token = b64decode(asked.headers["authorization"].split()[1]).decode().partition(":")
    if not maker.works(token):
        return Reply(401, {"code": 20003})
    secondary = maker.find("secondary")
    if asked.path == f"/2010-04-01/Accounts/{sid}.json":
        return Reply(200, {"sid": sid, "friendly_name": "Acme"})
    if asked.path == "/v1/AuthTokens/Secondary" and asked.method == "POST":
        key = maker.make({}, "", "secondary")
        return Reply(201, {"account_sid": sid, "secondary_auth_token": key.value})
    if asked.path == "/v1/AuthTokens/Secondary" and secondary:
        secondary.state = "gone"
        return Reply(204)
    if asked.path == "/v1/AuthTokens/Promote" and secondary:
        for each in maker.keys:
            each.state = "gone"
        secondary.state, secondary.id = "live", sid
        return Reply(200, {"account_sid": sid, "auth_token": secondary.value})
    return Reply(404, {})


def _gone(maker: Maker, asked: Asked, body: Any, status: int = 200) -> Reply:
    found = maker.find(asked.path.rpartition("/")[2])
    if asked.method != "DELETE" or found is None:
        return Reply(404, {"message": "not found"})
    found.state = "gone"
    return Reply(status, body)


class Case:
    """How one provider is asked to rotate. `stopped` is the state of the old key afterwards."""

    def __init__(
        self, serve: Callable[[Maker, Asked], Reply], rule: str, hosts: str, stopped: str, **more: Any
    ) -> None:
        self.serve, self.rule, self.hosts, self.stopped = serve, rule, hosts.split(), stopped
        self.key: str = more.get("key", "old_1")
        self.parts: dict[str, str] = more.get("parts", {})
        self.kind: str = more.get("kind", "")


CASES = {
    "openrouter": Case(openrouter, "openrouter-api-key", "openrouter.ai", "off"),
    "openai": Case(openai, "openai-project-key", "api.openai.com", "gone", parts={"project": "proj_1"}),
    "mistral": Case(mistral, "mistral-api-key", "api.mistral.ai", "gone", parts={"user": "u", "workspace": "w"}),
    "xai": Case(xai, "xai-api-key", "management-api.x.ai api.x.ai", "off", parts={"team": "team_1"}),
    "gitlab": Case(
        gitlab,
        "gitlab-personal-token",
        "gitlab.com",
        "gone",
        key="7",
        kind="project",
        parts={"project": "42", "expires": "2027-01-31"},
    ),
    "google": Case(
        google,
        "google-api-key",
        "apikeys.googleapis.com generativelanguage.googleapis.com",
        "gone",
        parts={"project": "p1"},
    ),
    "elevenlabs": Case(elevenlabs, "elevenlabs-api-key", "api.elevenlabs.io", "off", parts={"account": "sa_1"}),
    "twilio": Case(
        twilio, "twilio-auth-token", "api.twilio.com accounts.twilio.com", "gone", key="AC" + "0" * 31 + "1"
    ),
}
