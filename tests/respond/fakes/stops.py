"""What providers do when a key is stopped, on top of fakes that list and check keys."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tests.http.server import Asked, Reply
from tests.respond.fakes.anthropic import HOST as ANTHROPIC
from tests.respond.fakes.anthropic import FakeAnthropic
from tests.respond.fakes.forges import FakeGitHub, FakeGitLab, FakeSlack
from tests.respond.fakes.openai import HOST as OPENAI
from tests.respond.fakes.openai import FakeOpenAI
from tests.respond.fakes.routers import FakeMistral, FakeOpenRouter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.respond.fakes.keys import Key, Ring


class StoppingOpenAI(FakeOpenAI):
    """Keys and service accounts are deleted for good; a project can have a spend limit."""

    host = OPENAI
    limits: dict[str, int]

    def __init__(self, ring: Ring) -> None:
        super().__init__(ring)
        self.limits = {}

    def __call__(self, asked: Asked) -> Reply:
        if asked.method == "GET" or asked.bearer != self.ring.admin:
            return super().__call__(asked)
        if asked.path.startswith("/v1/organization/admin_api_keys/"):
            return self._admin_key(asked.path.rpartition("/")[2])
        _, _, _, _, project, kind, *rest = asked.path.split("/")
        if kind == "spend_limit":
            return self._limit(asked, project)
        if kind == "service_accounts":
            return self._account(rest[0])
        key = next((key for key in self.ring.keys if key.id == rest[0] and key.state != "dead"), None)
        if key is None or project != f"proj_{key.more.get('project', 'one')}":
            return Reply(404, {"error": {"code": "not_found"}})
        if key.more.get("owner") == "service_account":
            return Reply(400, {"error": {"code": "service_account_key"}})
        key.state = "dead"
        return Reply(200, {"object": "organization.project.api_key.deleted", "id": key.id, "deleted": True})

    def _account(self, account: str) -> Reply:
        """Every key of the account goes with it; it is named after its owner in the list of keys."""
        own = [key for key in self.ring.keys if key.more.get("owner") == "service_account" and key.state != "dead"]
        if account != "user_1" or not own:
            return Reply(404, {"error": {"code": "not_found"}})
        own[-1].state = "dead"
        return Reply(200, {"object": "organization.project.service_account.deleted", "id": account, "deleted": True})

    def _admin_key(self, identity: str) -> Reply:
        key = self.ring.named(identity)
        if key is None or key.state == "dead":
            return Reply(404, {"error": {"code": "not_found"}})
        key.state = "dead"
        return Reply(200, {"object": "organization.admin_api_key.deleted", "id": identity, "deleted": True})

    def _limit(self, asked: Asked, project: str) -> Reply:
        if asked.method == "DELETE":
            self.limits.pop(project, None)
            return Reply(200, {"object": "project.spend_limit.deleted", "deleted": True})
        self.limits[project] = json.loads(asked.body)["threshold_amount"]
        made = {"object": "project.spend_limit", "currency": "USD", "interval": "month"}
        return Reply(200, made | {"threshold_amount": self.limits[project], "enforcement": {"status": "inactive"}})


class StoppingAnthropic(FakeAnthropic):
    """Keys are inactive, active or archived."""

    host = ANTHROPIC

    def __call__(self, asked: Asked) -> Reply:
        if asked.method != "POST":
            return super().__call__(asked)
        if asked.headers.get("x-api-key") != self.ring.admin:
            return Reply(401, {"type": "error", "error": {"type": "authentication_error"}})
        key = next((key for key in self.ring.keys if key.id == asked.path.rpartition("/")[2]), None)
        if key is None:
            return Reply(404, {"type": "error", "error": {"type": "not_found_error"}})
        status = json.loads(asked.body)["status"]
        key.state = "live" if status == "active" else "dead"
        return Reply(200, {"id": key.id, "type": "api_key", "status": status})


class StoppingOpenRouter(FakeOpenRouter):
    def __call__(self, asked: Asked) -> Reply:
        if asked.method == "GET" or asked.bearer != self.ring.admin:
            return super().__call__(asked)
        key = next((each for each in self.ring.keys if asked.path.endswith(_hash(each))), None)
        if key is None:
            return Reply(404, {"error": {"code": 404, "message": "Resource not found"}})
        if asked.method == "DELETE":
            self.ring.keys.remove(key)
            return Reply(200, {"deleted": True})
        disabled = json.loads(asked.body)["disabled"]
        key.state = "dead" if disabled else "live"
        return Reply(200, {"data": {"hash": _hash(key), "disabled": disabled}})


class StoppingMistral(FakeMistral):
    def __call__(self, asked: Asked) -> Reply:
        if asked.method != "DELETE" or asked.bearer != self.ring.admin:
            return super().__call__(asked)
        key = next((each for each in self.ring.keys if each.id == asked.path.rpartition("/")[2]), None)
        if key is None:
            return Reply(404, {"detail": "no"})
        key.state = "dead"
        return Reply(200, {"id": key.id, "object": "api_key", "deleted": True})


class StoppingGitHub(FakeGitHub):
    """Anybody may report a token; the answer never tells whether it was known."""

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/credentials/revoke":
            assert "authorization" not in asked.headers
            for value in json.loads(asked.body)["credentials"]:
                _kill(self.ring.find(value))
            return Reply(202, {})
        if asked.method == "DELETE":
            _kill(self.ring.find(asked.bearer))
            return Reply(204)
        return super().__call__(asked)


class StoppingGitLab(FakeGitLab):
    def __call__(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.headers.get("private-token", ""))
        if asked.method == "DELETE" and key:
            key.state = "dead"
            return Reply(204)
        return super().__call__(asked)


class StoppingSlack(FakeSlack):
    def __call__(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.bearer)
        if asked.path == "/api/auth.revoke" and key:
            key.state = "dead"
            return Reply(200, {"ok": True, "revoked": True})
        return super().__call__(asked)


class StoppingHuggingFace:
    host = "huggingface.co"

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/api/credentials/revoke":
            for value in json.loads(asked.body)["credentials"]:
                _kill(self.ring.find(value))
            return Reply(202, {})
        key = self.ring.find(asked.bearer)
        if asked.path != "/api/whoami-v2" or key is None:
            return Reply(401, {"error": "Invalid credentials in Authorization header"})
        if key.state == "restricted":
            return Reply(403, {"error": "Forbidden"})
        token = {"type": "access_token", "accessToken": {"displayName": key.name, "role": "write"}}
        return Reply(200, {"type": "user", "name": "ada", "orgs": [{"type": "org", "name": "acme"}], "auth": token})


def slow(fake: Callable[[Asked], Reply], answers: int) -> Callable[[Asked], Reply]:
    """The same, but a stopped key is accepted for some more answers: what is checked comes from a cache."""
    cached: list[Any] = []

    def handle(asked: Asked) -> Reply:
        reply = fake(asked)
        if asked.method == "GET" and reply.status == 200:
            cached[:] = [reply] * answers
        elif reply.status == 401 and cached:
            return cached.pop()  # type: ignore[no-any-return]  # replies are all that goes in
        return reply

    return handle


def _kill(key: Key | None) -> None:
    if key:
        key.state = "dead"


def _hash(key: Key) -> str:
    return hashlib.sha256(key.value.encode()).hexdigest()
