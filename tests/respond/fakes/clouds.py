"""Google, Azure, Cloudflare, DigitalOcean and Supabase as their documentation has them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from typing import TYPE_CHECKING, Any

from tests.http.server import Asked, Reply

if TYPE_CHECKING:
    from tests.respond.fakes.keys import Key, Ring

_ACCOUNT = "bot@demo.iam.gserviceaccount.com"


class FakeGoogle:
    """API keys: a list of models for their holder; lookup, deletion and restoring for administrators."""

    hosts = ("generativelanguage.googleapis.com", "apikeys.googleapis.com")

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) == ("GET", "/v1beta/models"):
            return self._models(self.ring.find(asked.headers.get("x-goog-api-key", "")))
        if asked.bearer != self.ring.admin:
            return _google_error(401, "UNAUTHENTICATED")
        if (asked.method, asked.path) == ("GET", "/v2/keys:lookupKey"):
            key = self.ring.find(asked.query.get("keyString", ""), dead=True)
            parent = "projects/77/locations/global"
            told = {"parent": parent, "name": f"{parent}/keys/{key.id}"} if key else {}
            return Reply(200, told) if key else _google_error(403, "PERMISSION_DENIED")
        name, _, verb = asked.path.rpartition("/")[2].partition(":")
        key = self.ring.named(name)
        states = {("DELETE", ""): "dead", ("POST", "undelete"): "live"}
        if key is None or (asked.method, verb) not in states:
            return _google_error(404, "NOT_FOUND")
        key.state = states[asked.method, verb]
        return Reply(200, {"name": "operations/akmf.p7-77-1"})

    def _models(self, key: Key | None) -> Reply:
        if key is None:
            return _google_error(400, "INVALID_ARGUMENT", "API_KEY_INVALID")
        if key.state == "restricted":
            return _google_error(403, "PERMISSION_DENIED", "API_KEY_SERVICE_BLOCKED")
        return Reply(200, {"models": [{"name": "models/gemini-x", "version": "1"}]})


class FakeServiceAccounts:
    """A key signs an assertion (RFC 7523), which is changed for an access token; IAM keeps the keys.

    The signature is not checked: a key is known by the id in `more`, and there is one key.
    """

    hosts = ("oauth2.googleapis.com", "iam.googleapis.com")

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) == ("POST", "/token"):
            return self._token(asked)
        if asked.bearer != self.ring.admin:
            return _google_error(401, "UNAUTHENTICATED")
        path, _, verb = asked.path.partition(":")
        key = self.ring.named(path.rpartition("/")[2])
        assert path.startswith(("/v1/projects/-/", "/v1/projects/demo/"))
        assert f"/serviceAccounts/{_ACCOUNT}/keys/" in path
        if key is None or key.state == "gone":
            return _google_error(404, "NOT_FOUND")
        if asked.method == "GET" and not verb:
            return Reply(200, _service_key(key))
        states = {("POST", "disable"): "dead", ("POST", "enable"): "live", ("DELETE", ""): "gone"}
        key.state = states[asked.method, verb]
        return Reply(200, {})

    def _token(self, asked: Asked) -> Reply:
        head, claims, _ = asked.form["assertion"].split(".")
        assert asked.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
        assert _decoded(head)["alg"] == "RS256"
        key = self.ring.keys[-1]
        if _decoded(claims)["iss"] != _ACCOUNT or key.state not in ("live", "restricted"):
            return Reply(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."})
        return Reply(200, {"access_token": "example", "expires_in": 3599, "token_type": "Bearer"})


class FakeEntra:
    """Client secrets of Microsoft Entra: `more` holds the tenant and the client that a secret is of."""

    hosts = ("login.microsoftonline.com",)

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.form.get("client_secret", ""))
        if key is None:
            return _entra_error(7000215, "Invalid client secret provided.")
        assert asked.path == f"/{key.more['tenant']}/oauth2/v2.0/token"
        assert asked.form["client_id"] == key.more["client"]
        if key.state == "restricted":
            return _entra_error(53003, "Access has been blocked by Conditional Access policies.")
        told = {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "eyJ0.made-up"}
        return Reply(200, told)


class FakeAzureOpenAI:
    hosts = ("{resource}.openai.azure.com",)

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.headers.get("api-key", ""))
        if asked.path != "/openai/models" or "api-version" not in asked.query:
            return Reply(404, {"error": {"code": "404", "message": "Resource not found"}})
        if key is None:
            return Reply(401, {"error": {"code": "401", "message": "Access denied due to invalid subscription key"}})
        if key.state == "restricted":
            return Reply(403, {"error": {"code": "403", "message": "Access denied due to Virtual Network/Firewall"}})
        return Reply(200, {"object": "list", "data": []})


class FakeCloudflare:
    """A disabled token tells so; a deleted one is refused like one that never was."""

    hosts = ("api.cloudflare.com",)

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        path = asked.path.removeprefix("/client/v4/user/tokens/")
        if (asked.method, path) == ("GET", "verify"):
            key = self.ring.find(asked.bearer)
            if key is None:
                return self._error(401, 1000, "Invalid API Token")
            if key.state == "restricted":
                return self._error(403, 9109, "Cannot use the access token from location")
            told = {"id": key.id, "status": "active", "expires_on": "2027-01-01T00:00:00Z"}
            return Reply(200, {"result": told, "success": True, "errors": [], "messages": []})
        if asked.bearer != self.ring.admin:
            return self._error(403, 9109, "Unauthorized to access requested resource")
        key = self.ring.named(path)
        if asked.method != "DELETE" or key is None:
            return self._error(404, 1003, "Token not found")
        key.state = "dead"
        return Reply(200, {"result": {"id": key.id}, "success": True, "errors": [], "messages": []})

    def _error(self, status: int, code: int, message: str) -> Reply:
        errors = [{"code": code, "message": message}]
        return Reply(status, {"success": False, "errors": errors, "messages": [], "result": None})


class FakeDigitalOcean:
    hosts = ("api.digitalocean.com", "cloud.digitalocean.com")

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.bearer)
        if key is None:
            return Reply(401, {"id": "Unauthorized", "message": "Unable to authenticate you"})
        if (asked.method, asked.path) == ("POST", "/v1/oauth/revoke") and asked.form["token"] == key.value:
            key.state = "dead"
            return Reply(200, {})
        if key.state == "restricted":
            return Reply(403, {"id": "forbidden", "message": "You are not authorized to perform this operation"})
        limits = {"droplet_limit": 25, "floating_ip_limit": 5, "email_verified": True}
        known = {"email": "ada@example.com", "uuid": "b6fr89dbf6d9156cace5f3c78dc9851d957381ef"}
        told = {
            **limits,
            **known,
            "status": "active",
            "status_message": " ",
            "team": {"uuid": "5df3e3", "name": "Acme"},
        }
        return Reply(200, {"account": told})


class FakeSupabase:
    """Secret keys of two projects, `more` tells which; an access token may read and delete them."""

    hosts = ("api.supabase.com",)

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/v1/organizations":
            key = self.ring.find(asked.bearer)
            if key and key.state == "restricted":
                return Reply(403, {"message": "Forbidden"})
            return Reply(200, [{"id": "acme", "name": "Acme"}]) if key else Reply(401, {"message": "Unauthorized"})
        if asked.bearer != self.ring.admin:
            return Reply(401, {"message": "Unauthorized"})
        if asked.path == "/v1/projects":
            return Reply(200, [{"ref": each, "name": each} for each in ("a" * 20, "b" * 20)])
        _, _, _, project, _, *rest = asked.path.split("/")
        mine = [key for key in self.ring.keys if key.more.get("project", "a" * 20) == project and key.state != "dead"]
        if asked.method == "GET":
            shown = asked.query.get("reveal") == "true"
            return Reply(200, [_supabase_key(each, shown=shown) for each in mine])
        key = next((each for each in mine if [each.id] == rest), None)
        if asked.method != "DELETE" or key is None:
            return Reply(404, {"message": "API key not found"})
        assert asked.query["was_compromised"] == "true"
        key.state = "dead"
        return Reply(200, _supabase_key(key, shown=False))


def _supabase_key(key: Key, *, shown: bool) -> dict[str, Any]:
    value = key.value if shown else f"{key.value[:15]}..."
    told = {"api_key": value, "id": key.id, "type": "secret", "prefix": key.value[10:15], "name": key.name}
    return {**told, "description": None, "hash": "x", "inserted_at": "2026-01-02T03:04:05Z", "updated_at": None}


def _service_key(key: Key) -> dict[str, Any]:
    return {
        "name": f"projects/demo/serviceAccounts/{_ACCOUNT}/keys/{key.id}",
        "keyAlgorithm": "KEY_ALG_RSA_2048",
        "keyOrigin": "GOOGLE_PROVIDED",
        "keyType": "USER_MANAGED",
        "validAfterTime": "2026-01-02T03:04:05Z",
        "validBeforeTime": "9999-12-31T23:59:59Z",
        **({"disabled": True} if key.state == "dead" else {}),
    }


def _google_error(status: int, word: str, reason: str = "") -> Reply:
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    details = [{"@type": kind, "reason": reason, "domain": "googleapis.com"}] if reason else []
    return Reply(status, {"error": {"code": status, "message": "no", "status": word, "details": details}})


def _entra_error(code: int, text: str) -> Reply:
    told = {"error": "invalid_client", "error_description": f"AADSTS{code}: {text}", "error_codes": [code]}
    return Reply(401 if code == 7000215 else 400, told)


def _decoded(piece: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(urlsafe_b64decode(piece + "=" * (-len(piece) % 4)))
    return found
