"""GitHub, GitLab, Slack and Stripe as their documentation has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.http.server import Asked, Reply

if TYPE_CHECKING:
    from tests.respond.fakes.keys import Ring


class FakeGitHub:
    """Personal tokens see /user, tokens of an installation its repositories."""

    host = "api.github.com"

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.bearer)
        if key is None:
            return Reply(401, {"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"})
        installed = key.value.startswith("ghs_")
        if key.state == "restricted" or installed != (asked.path == "/installation/repositories"):
            return Reply(403, {"message": "Resource not accessible by integration"})
        if installed:
            repository = {"id": 7, "full_name": "acme/site", "owner": {"login": "acme", "id": 3}}
            return Reply(200, {"total_count": 1, "repositories": [repository]})
        headers = {"X-OAuth-Scopes": "repo, read:org"} if key.value.startswith("ghp_") else {}
        headers["GitHub-Authentication-Token-Expiration"] = "2027-01-01 00:00:00 UTC"
        return Reply(200, {"login": "ada", "id": 42, "name": "Ada", "company": None}, headers)


class FakeGitLab:
    host = "gitlab.com"

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.headers.get("private-token", ""))
        if asked.path != "/api/v4/personal_access_tokens/self" or key is None:
            return Reply(401, {"message": "401 Unauthorized"})
        if key.state == "restricted":
            return Reply(403, {"message": "403 Forbidden"})
        body = {"id": 5, "name": key.name, "revoked": False, "active": True, "scopes": ["api"], "user_id": 3}
        times = {"created_at": "2026-01-02T03:04:05.000Z", "last_used_at": None, "expires_at": "2027-01-01"}
        return Reply(200, body | times)


class FakeSlack:
    """Every answer is 200; `ok` and `error` tell."""

    host = "slack.com"

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.bearer)
        if asked.path != "/api/auth.test" or key is None:
            return Reply(200, {"ok": False, "error": "invalid_auth"})
        if key.state == "restricted":
            return Reply(200, {"ok": False, "error": "team_access_not_granted"})
        body = {"ok": True, "url": "https://acme.slack.com/", "team": "Acme", "user": "bot", "team_id": "T1"}
        return Reply(200, body | {"user_id": "U1", "bot_id": "B1"}, {"X-OAuth-Scopes": "chat:write,users:read"})


class FakeStripe:
    host = "api.stripe.com"

    def __init__(self, ring: Ring) -> None:
        self.ring = ring

    def __call__(self, asked: Asked) -> Reply:
        key = self.ring.find(asked.bearer)
        if asked.path != "/v1/account" or key is None:
            return Reply(401, {"error": {"message": "Invalid API Key provided", "type": "invalid_request_error"}})
        if key.state == "restricted":
            return Reply(403, {"error": {"message": "The provided key does not have the required permissions"}})
        return Reply(200, {"id": "acct_1", "object": "account", "email": "billing@example.com"})
