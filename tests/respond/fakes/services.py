"""xAI, ElevenLabs, Hugging Face, Twilio, SendGrid, Datadog and Discord as their documentation has them."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any

from tests.http.server import Asked, Reply
from tests.respond.fakes.routers import FakeSendGrid

if TYPE_CHECKING:
    from tests.respond.fakes.keys import Key, Ring


class FakeXai:
    """A disabled key tells so itself; one that is gone is refused with 400."""

    hosts = ("api.x.ai", "management-api.x.ai")

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) == ("GET", "/v1/api-key"):
            return self._own(asked.bearer)
        if asked.bearer != self.ring.admin:
            return Reply(401, {"code": "unauthenticated", "error": "no"})
        key = self.ring.named(asked.path.removeprefix("/auth/api-keys/"))
        if key is None or key.state == "gone":
            return Reply(404, {"code": "not-found", "error": "no"})
        if asked.method == "DELETE":
            key.state = "gone"
            return Reply(200, {})
        body = json.loads(asked.body)
        if asked.method != "PUT" or body["fieldMask"] != "disabled":
            return Reply(400, {"code": "invalid-argument", "error": "no"})
        key.state = "dead" if body["apiKey"]["disabled"] else "live"
        return Reply(200, _xai(key))

    def _own(self, value: str) -> Reply:
        key = self.ring.find(value, dead=True)
        if key is None or key.state == "gone":
            return Reply(400, {"code": "invalid-argument", "error": "Incorrect API key provided"})
        if key.state == "restricted":
            return Reply(403, {"code": "permission-denied", "error": "The team is blocked"})
        return Reply(200, _xai(key))


class FakeElevenLabs:
    """Two service accounts with keys, `more` tells which; what is changed of a key needs its name and permissions."""

    hosts = ("api.elevenlabs.io",)

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        value = asked.headers.get("xi-api-key", "")
        if asked.path == "/v1/user/subscription":
            return self._subscription(self.ring.find(value))
        if value != self.ring.admin:
            return self._error(401, "invalid_api_key")
        _, _, _, *rest = asked.path.split("/")
        if not rest:
            empty: list[Any] = []
            rows = [{"service_account_user_id": each, "name": each, "api-keys": empty} for each in ("sa_1", "sa_2")]
            return Reply(200, {"service-accounts": rows})
        mine = [key for key in self.ring.keys if key.more.get("account", "sa_1") == rest[0] and key.state != "gone"]
        if asked.method == "GET":
            return Reply(200, {"api-keys": [_elevenlabs(each, rest[0]) for each in mine]})
        key = next((each for each in mine if each.id == rest[2]), None)
        return self._change(asked, key) if key else self._error(404, "api_key_not_found")

    def _subscription(self, key: Key | None) -> Reply:
        if key is None or key.state == "gone":
            return self._error(401, "invalid_api_key")
        if key.state == "restricted":
            return self._error(401, "missing_permissions")
        return Reply(200, {"tier": "creator", "character_count": 7, "character_limit": 100, "status": "active"})

    def _change(self, asked: Asked, key: Key) -> Reply:
        if asked.method == "DELETE":
            key.state = "gone"
            return Reply(200, {"status": "ok"})
        body = json.loads(asked.body)
        missing = {"is_enabled", "name", "permissions"} - body.keys()
        if missing:
            return Reply(422, {"detail": [{"loc": ["body", each], "msg": "field required"} for each in missing]})
        assert (body["name"], body["permissions"]) == (key.name, ["text_to_speech"]), "it is changed by being stopped"
        key.state = "live" if body["is_enabled"] else "dead"
        return Reply(200, {"status": "ok"})

    def _error(self, status: int, word: str) -> Reply:
        return Reply(status, {"detail": {"status": word, "message": "no"}})


class FakeTwilio:
    """Keys are SK… with a secret; the account's own SID and token (the ring's admin) manage them."""

    hosts = ("api.twilio.com",)
    sid = "AC" + "0" * 31 + "1"

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        name, _, secret = b64decode(asked.headers["authorization"].split()[1]).decode().partition(":")
        start = f"/2010-04-01/Accounts/{self.sid}"
        if asked.path in ("/2010-04-01/Accounts.json", f"/2010-04-01/Accounts/{name}.json"):
            key = self.ring.find(secret)
            if key is None or key.more["id"] != name:
                return self._error(401, 20003, "Authenticate")
            if key.state == "restricted":
                return self._error(403, 20003, "Forbidden")
            told = {"sid": self.sid, "friendly_name": "Acme", "owner_account_sid": self.sid, "status": "active"}
            return Reply(200, told if name == self.sid else {"accounts": [told]})
        if (name, secret) != (self.sid, self.ring.admin):
            return self._error(401, 20003, "Authenticate")
        sid = asked.path.removeprefix(f"{start}/Keys/").removesuffix(".json")
        key = next((each for each in self.ring.keys if each.more.get("id") == sid and each.state != "dead"), None)
        if key is None:
            return self._error(404, 20404, "The requested resource was not found")
        if asked.method == "DELETE":
            key.state = "dead"
            return Reply(204)
        return Reply(200, {"sid": sid, "friendly_name": key.name, "date_created": "Fri, 02 Jan 2026 03:04:05 +0000"})

    def _error(self, status: int, code: int, text: str) -> Reply:
        return Reply(status, {"code": code, "message": text, "status": status})


class StoppingSendGrid(FakeSendGrid):
    def __call__(self, asked: Asked) -> Reply:
        if asked.method != "DELETE" or asked.bearer != self.ring.admin:
            return super().__call__(asked)
        for key in self.ring.keys:
            if asked.path == f"/v3/api_keys/{key.value.split('.')[1]}" and key.state != "dead":
                key.state = "dead"
                return Reply(204)
        return self._error(404)


class FakeDatadog:
    """API keys, application keys and personal tokens, told apart by `more`; keys show their last 4 characters, tokens
    how they begin.
    """

    hosts = ("api.datadoghq.com",)

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/api/v1/validate":
            known = self.ring.find(asked.headers.get("dd-api-key", ""))
            return Reply(200, {"valid": True}) if known else Reply(403, {"errors": ["Forbidden"]})
        if asked.path == "/api/v2/current_user":
            token = self.ring.find(asked.bearer)
            user = {"id": "user_1", "type": "users", "attributes": {"email": "ada@example.com"}}
            return Reply(200, {"data": user}) if token else Reply(401, {"errors": ["Unauthorized"]})
        own = (asked.headers.get("dd-api-key"), asked.headers.get("dd-application-key"))
        if own != (self.ring.admin, self.ring.admin):
            return Reply(403, {"errors": ["Forbidden"]})
        _, _, _, kind, *rest = asked.path.split("/")
        mine = [key for key in self.ring.keys if key.more.get("kind", "api_keys") == kind and key.state != "dead"]
        if asked.method == "GET":
            rows = [_datadog(each, kind) for each in mine if asked.query.get("filter", "") in each.value]
            return Reply(200, {"data": rows, "meta": {"page": {"total_filtered_count": len(rows)}}})
        key = next((each for each in mine if [each.id] == rest), None)
        if asked.method != "DELETE" or key is None:
            return Reply(404, {"errors": ["Not Found"]})
        key.state = "dead"
        return Reply(204)


class FakeDiscord:
    """Bots by their token, webhooks by their address."""

    hosts = ("discord.com",)

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        hook = next((key for key in self.ring.keys if key.value.endswith(asked.path)), None)
        if hook is not None:
            return self._webhook(asked, hook)
        key = self.ring.find(asked.headers.get("authorization", "").removeprefix("Bot "))
        if key is None:
            return Reply(401, {"message": "401: Unauthorized", "code": 0})
        if key.state == "restricted":
            return Reply(403, {"message": "Missing Access", "code": 50001})
        if asked.path == "/api/v10/applications/@me":
            return Reply(200, {"id": "7", "name": key.name, "owner": {"id": "9", "username": "ada"}})
        return Reply(200, {"id": "7", "username": "bot", "discriminator": "0", "bot": True})

    def _webhook(self, asked: Asked, key: Key) -> Reply:
        if key.state == "dead":
            return Reply(404, {"message": "Unknown Webhook", "code": 10015})
        if key.state == "restricted":
            return Reply(403, {"message": "Missing Access", "code": 50001})
        if asked.method == "DELETE":
            key.state = "dead"
            return Reply(204)
        return Reply(200, {"id": "7", "type": 1, "name": key.name, "guild_id": "8", "channel_id": "9"})


def _xai(key: Key) -> dict[str, Any]:
    return {
        "redacted_api_key": f"xai-...{key.value[-4:]}",
        "user_id": "59fbe5f2",
        "name": key.name,
        "create_time": "2026-01-02T03:04:05Z",
        "team_id": "5ea6f6bd",
        "acls": ["api-key:model:*", "api-key:endpoint:*"],
        "api_key_id": key.id,
        "api_key_blocked": False,
        "api_key_disabled": key.state == "dead",
        "team_blocked": False,
    }


def _elevenlabs(key: Key, account: str) -> dict[str, Any]:
    return {
        "name": key.name,
        "hint": key.value[-4:],
        "key_id": key.id,
        "service_account_user_id": account,
        "created_at_unix": 1_790_000_000,
        "is_disabled": key.state == "dead",
        "permissions": ["text_to_speech"],
        "character_limit": None,
    }


def _datadog(key: Key, kind: str) -> dict[str, Any]:
    known = {"created_at": "2026-01-02T03:04:05Z", "last4": key.value[-4:], "name": key.name}
    if kind == "personal_access_tokens":
        known = {**known, "public_portion": key.value[:18], "last_used_at": "2026-11-21T03:04:05Z"}
    owner = "created_by" if kind == "api_keys" else "owned_by"
    relations = {owner: {"data": {"id": "user_1", "type": "users"}}}
    return {"id": key.id, "type": kind, "attributes": known, "relationships": relations}
