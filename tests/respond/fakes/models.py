"""Providers of models and their tools, of which one request that only reads is known: path, header and answer."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.http.server import Asked, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.respond.fakes.keys import Ring

_LIST: dict[str, Any] = {"object": "list", "data": [{"id": "m-1", "object": "model", "owned_by": "acme"}]}
_VIEWER = {"username": "ada", "email": "ada@example.com", "entity": "acme"}


class Reader(NamedTuple):
    """What a provider answers. `header` and `prefix` are where the key must stand (`query:` for a parameter, `form:` or
    `json:` for a field of the body, "path" for `{key}` in the path; `basic:` behind a name); `dead` and `restricted`
    are statuses, 0 where the provider does not tell that, `refusal` and `limit` the bodies that go with them. `body`
    is what the request's must hold, `scopes` what the answer says of them.
    """

    rule: str
    host: str
    path: str
    live: Any
    owner: str = ""
    account: str = ""
    header: str = "authorization"
    prefix: str = "Bearer "
    dead: int = 401
    restricted: int = 403
    method: str = "GET"
    needs: tuple[str, ...] = ()
    refusal: Any = {"error": {"message": "no such key", "type": "authentication_error"}}  # noqa: RUF012 - never changed
    limit: Any = {"error": {"message": "not for this key"}}  # noqa: RUF012 - never changed
    body: str = ""
    scopes: tuple[str, ...] = ()
    parts: Mapping[str, str] = {}


READERS = (
    Reader(
        "apify-api-token",
        "api.apify.com",
        "/v2/users/me",
        {"data": {"id": "u", "username": "ada", "email": "ada@example.com"}},
        "ada@example.com",
        "ada",
    ),
    Reader(
        "assemblyai-api-key",
        "api.assemblyai.com",
        "/v2/transcript",
        {"page_details": {"limit": 1}, "transcripts": []},
        prefix="",
    ),
    Reader("baseten-api-key", "api.baseten.co", "/v1/models", {"models": []}, prefix="Api-Key "),
    Reader(
        "cartesia-api-key",
        "api.cartesia.ai",
        "/voices",
        {"data": [], "has_more": False},
        header="x-api-key",
        prefix="",
        needs=("cartesia-version",),
    ),
    Reader("cerebras-api-key", "api.cerebras.ai", "/v1/models", _LIST),
    Reader(
        "clarifai-api-key",
        "api.clarifai.com",
        "/v2/users/me",
        {"status": {"code": 10000}, "user": {"id": "ada"}},
        "ada",
        prefix="Key ",
    ),
    Reader(
        "cohere-api-key",
        "api.cohere.com",
        "/v1/check-api-key",
        {"valid": True, "organization_id": "org", "owner_id": "ada"},
        "ada",
        "org",
        method="POST",
    ),
    Reader(
        "coze-pat",
        "api.coze.com",
        "/v1/users/me",
        {"code": 0, "msg": "", "data": {"user_id": "7", "user_name": "ada"}},
        "ada",
        "7",
        dead=0,
    ),
    Reader(
        "cursor-api-key",
        "api.cursor.com",
        "/v0/me",
        {"apiKeyName": "ci", "createdAt": "2026-01-02T03:04:05Z", "userEmail": "ada@example.com"},
        "ada@example.com",
        "ci",
        prefix="basic:",
    ),
    Reader("dashscope-api-key", "dashscope-intl.aliyuncs.com", "/compatible-mode/v1/models", _LIST, dead=0),
    Reader(
        "deepgram-api-key",
        "api.deepgram.com",
        "/v1/projects",
        {"projects": [{"project_id": "p", "name": "Acme"}]},
        "Acme",
        "p",
        prefix="Token ",
    ),
    Reader(
        "deepinfra-api-key", "api.deepinfra.com", "/v1/me", {"uid": "7", "email": "a@b.example"}, "a@b.example", "7"
    ),
    Reader("deepseek-api-key", "api.deepseek.com", "/user/balance", {"is_available": True, "balance_infos": []}),
    Reader(
        "firecrawl-api-key",
        "api.firecrawl.dev",
        "/v2/team/credit-usage",
        {"success": True, "data": {"remainingCredits": 1000}},
    ),
    Reader("fireworks-api-key", "api.fireworks.ai", "/inference/v1/models", _LIST),
    Reader("groq-api-key", "api.groq.com", "/openai/v1/models", _LIST),
    Reader(
        "langsmith-api-key",
        "api.smith.langchain.com",
        "/sessions",
        [],
        header="x-api-key",
        prefix="",
        dead=0,
    ),
    Reader(
        "llamacloud-api-key",
        "api.cloud.llamaindex.ai",
        "/api/v1/projects",
        [{"name": "Default", "id": "p", "organization_id": "org"}],
        "",
        "org",
        dead=0,
    ),
    Reader(
        "mem0-api-key",
        "api.mem0.ai",
        "/v1/ping/",
        {"status": "ok", "org_id": "org", "project_id": "p", "user_email": "ada@example.com"},
        "ada@example.com",
        "org",
        prefix="Token ",
        restricted=0,
    ),
    Reader(
        "moonshot-api-key",
        "api.moonshot.ai",
        "/v1/users/me/balance",
        {"code": 0, "status": True, "data": {"cash_balance": 1}},
        dead=0,
    ),
    Reader(
        "pinecone-api-key",
        "api.pinecone.io",
        "/indexes",
        {"indexes": []},
        header="api-key",
        prefix="",
        needs=("x-pinecone-api-version",),
    ),
    Reader(
        "replicate-api-key",
        "api.replicate.com",
        "/v1/account",
        {"type": "organization", "username": "acme", "name": "Acme Corp", "github_url": None},
        "acme",
        "Acme Corp",
    ),
    Reader("retell-api-key", "api.retellai.com", "/get-concurrency", {"current_concurrency": 0}),
    Reader("runpod-api-key", "rest.runpod.io", "/v1/billing/pods", []),
    Reader(
        "runway-api-key",
        "api.dev.runwayml.com",
        "/v1/organization",
        {"creditBalance": 0, "tier": {}, "usage": {}},
        needs=("x-runway-version",),
    ),
    Reader(
        "serpapi-api-key",
        "serpapi.com",
        "/account",
        {"account_id": "7", "account_email": "a@b.example"},
        "a@b.example",
        "7",
        header="query:api_key",
        prefix="",
    ),
    Reader(
        "siliconflow-api-key",
        "api.siliconflow.com",
        "/v1/user/info",
        {"code": 20000, "status": True, "data": {"id": "7", "email": "a@b.example"}},
        "a@b.example",
        "7",
        dead=0,
    ),
    Reader(
        "stability-api-key",
        "api.stability.ai",
        "/v1/user/account",
        {"id": "7", "email": "a@b.example"},
        "a@b.example",
        "7",
    ),
    Reader(
        "tavily-api-key",
        "api.tavily.com",
        "/usage",
        {"key": {"usage": 1, "limit": 10}, "account": {"current_plan": "Bootstrap"}},
        "",
        "Bootstrap",
    ),
    Reader("together-api-key", "api.together.xyz", "/v1/models", [{"id": "m-1", "object": "model"}]),
    Reader(
        "vastai-api-key",
        "console.vast.ai",
        "/api/v0/users/current/",
        {"id": 7, "email": "a@b.example"},
        "a@b.example",
        "7",
        dead=0,
        restricted=0,
    ),
    Reader(
        "wandb-api-key",
        "api.wandb.ai",
        "/graphql",
        {"data": {"viewer": _VIEWER}},
        "ada@example.com",
        "acme",
        prefix="api:basic:",
        dead=0,
        method="POST",
        body="viewer",
    ),
)


class FakeReader:
    """Answers one request, and 404 or 405 to any other; a key that is not known or dead is refused."""

    def __init__(self, reader: Reader, ring: Ring) -> None:
        self.reader, self.ring = reader, ring

    def __call__(self, asked: Asked) -> Reply:
        reader = self.reader
        if reader.header != "path" and asked.path != reader.path:
            return Reply(404, {"error": "not found"})
        if asked.method != reader.method or not all(name in asked.headers for name in reader.needs):
            return Reply(405, {"error": "not so"})
        key = self.ring.find(_shown(asked, reader))
        if key is None:
            return Reply(reader.dead or 400, reader.refusal)
        if key.state == "restricted":
            return Reply(reader.restricted, reader.limit)
        assert reader.body in asked.body.decode()
        return Reply(200, reader.live)


def _shown(asked: Asked, reader: Reader) -> str:
    """The key as the request shows it, where it stands as it should."""
    kind, _, name = reader.header.partition(":")
    if kind == "path":
        before, after = reader.path.split("{key}")
        return asked.path.removeprefix(before).removesuffix(after)
    if name:
        fields = {"query": asked.query, "form": asked.form, "json": json.loads(asked.body) if kind == "json" else {}}
        return str(fields[kind].get(name, ""))
    text = asked.headers.get(reader.header, "")
    if reader.prefix.endswith("basic:"):
        name, _, value = b64decode(text.removeprefix("Basic ")).decode().partition(":")
        return value if reader.prefix == f"{name}:basic:" else name if not value else ""
    return text.removeprefix(reader.prefix) if text.startswith(reader.prefix) else ""
