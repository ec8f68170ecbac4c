"""Hosting, tools and monitoring: providers of which one request that only reads is known: path, header and answer."""

from __future__ import annotations

from typing import Any, Final

from tests.respond.fakes.models import Reader

MAIL: Final = "ada@example.com"


def me(rule: str, host: str, path: str, live: Any, owner: str = "", account: str = "", **more: Any) -> Reader:
    """A reader, its usual fields by place."""
    return Reader(rule, host, path, live, owner, account)._replace(**more)


_HOSTING: Final = (
    me("heroku-api-key", "api.heroku.com", "/account", {"id": "01", "email": MAIL}, MAIL, "01", needs=("accept",)),
    me("hetzner-api-token", "api.hetzner.cloud", "/v1/locations", {"locations": [], "meta": {}}),
    me("linode-access-token", "api.linode.com", "/v4/profile", {"username": "ada", "email": MAIL}, MAIL, "ada"),
    me("netlify-access-token", "api.netlify.com", "/api/v1/user", {"id": "u", "email": MAIL}, MAIL, "u"),
    me(
        "render-api-key",
        "api.render.com",
        "/v1/owners",
        [{"cursor": "c", "owner": {"id": "tea-1", "name": "Acme", "email": MAIL, "type": "team"}}],
        MAIL,
        "tea-1",
    ),
    me("vultr-api-key", "api.vultr.com", "/v2/account", {"account": {"name": "Acme", "email": MAIL}}, MAIL, "Acme"),
    me("neon-api-key", "console.neon.tech", "/api/v2/projects", {"projects": []}),
    me(
        "vercel-personal-token",
        "api.vercel.com",
        "/v2/user",
        {"user": {"id": "u", "email": MAIL, "username": "ada"}},
        MAIL,
        "u",
        dead=403,
        refusal={"error": {"code": "forbidden", "message": "Not authorized", "invalidToken": True}},
    ),
    # A token for one organization is refused like one that is dead.
    me(
        "azure-devops-pat",
        "app.vssps.visualstudio.com",
        "/_apis/profile/profiles/me",
        {"displayName": "Ada", "emailAddress": MAIL, "id": "p", "publicAlias": "p", "coreRevision": 1},
        MAIL,
        "p",
        prefix=":basic:",
        dead=0,
    ),
    me(
        "google-oauth-access-token",
        "oauth2.googleapis.com",
        "/tokeninfo",
        {"aud": "app", "sub": "7", "scope": "openid email", "email": MAIL, "access_type": "online"},
        MAIL,
        "app",
        method="POST",
        header="form:access_token",
        dead=400,
        refusal={"error": "invalid_token", "error_description": "Invalid Value"},
        scopes=("openid", "email"),
    ),
)
_BUILDING: Final = (
    me("doppler-token", "api.doppler.com", "/v3/me", {"name": "ci", "workplace": {"name": "Acme"}}, "ci", "Acme"),
    me(
        "buildkite-api-token",
        "api.buildkite.com",
        "/v2/access-token",
        {"uuid": "u", "scopes": ["read_builds"], "user": {"name": "Ada", "email": MAIL}},
        MAIL,
        "u",
        scopes=("read_builds",),
    ),
    me(
        "circleci-api-token",
        "circleci.com",
        "/api/v2/me",
        {"id": "u", "login": "ada", "name": "Ada"},
        "ada",
        "u",
        header="circle-token",
        prefix="",
    ),
    me(
        "confluent-api-secret",
        "api.confluent.cloud",
        "/iam/v2/api-keys",
        {"api_version": "iam/v2", "kind": "ApiKeyList", "data": []},
        prefix="key-id:basic:",
        parts={"id": "key-id"},
        dead=0,
    ),
    me(
        "ngrok-authtoken",
        "api.ngrok.com",
        "/api_keys",
        {"keys": [], "uri": "https://api.ngrok.com/api_keys"},
        needs=("ngrok-version",),
        refusal={"error_code": "ERR_NGROK_202", "status_code": 401, "msg": "no"},
    ),
    me(
        "pulumi-access-token",
        "api.pulumi.com",
        "/api/user",
        {"id": "u", "githubLogin": "ada", "name": "Ada", "email": MAIL},
        MAIL,
        "Ada",
        prefix="token ",
        refusal={"code": 401, "message": "Unauthorized: No credentials provided or are invalid."},
    ),
    me("tailscale-key", "api.tailscale.com", "/api/v2/tailnet/-/keys", {"keys": []}, prefix="basic:", dead=0),
    me(
        "terraform-cloud-token",
        "app.terraform.io",
        "/api/v2/account/details",
        {"data": {"id": "user-1", "type": "users", "attributes": {"username": "ada", "email": MAIL}}},
        MAIL,
        "user-1",
    ),
    me(
        "snyk-access-token",
        "api.snyk.io",
        "/rest/self",
        {"data": {"id": "s", "attributes": {"email": MAIL}}},
        MAIL,
        "s",
        prefix="token ",
        dead=0,
    ),
    # false is also what a dead token of another server gets.
    me(
        "sonar-token",
        "sonarcloud.io",
        "/api/authentication/validate",
        {"valid": True},
        dead=0,
        refusal={"valid": False},
    ),
    me(
        "gitlab-job-token",
        "gitlab.com",
        "/api/v4/job",
        {"id": 1, "status": "running", "user": {"username": "ada"}, "pipeline": {"id": 2, "project_id": 3}},
        "ada",
        "3",
        header="job-token",
        prefix="",
        refusal={"message": "401 Unauthorized"},
    ),
    me("bitbucket-access-token", "api.bitbucket.org", "/2.0/user", {"username": "ada", "uuid": "u"}, "ada", "u"),
)
_WATCHING: Final = (
    me(
        "datadog-access-token",
        "api.datadoghq.com",
        "/api/v2/current_user",
        {"data": {"id": "user_1", "type": "users", "attributes": {"email": MAIL}}},
        MAIL,
        "user_1",
        dead=0,
        restricted=0,
    ),
    me(
        "newrelic-user-key",
        "api.newrelic.com",
        "/graphql",
        {"data": {"actor": {"user": {"id": 7, "email": MAIL, "name": "Ada"}}}},
        MAIL,
        "7",
        method="POST",
        header="api-key",
        prefix="",
        dead=0,
        body="actor",
    ),
    me(
        "pagerduty-api-key",
        "api.pagerduty.com",
        "/users/me",
        {"user": {"id": "P1", "email": MAIL, "type": "user"}},
        MAIL,
        "P1",
        prefix="Token token=",
        restricted=400,
    ),
    me(
        "sentry-user-token",
        "sentry.io",
        "/api/0/",
        {"version": "0", "auth": {"scopes": ["org:read"]}, "user": {"id": "1", "email": MAIL}},
        MAIL,
        "1",
        scopes=("org:read",),
    ),
    # A token of an organization belongs to no user.
    me(
        "sentry-organization-token",
        "sentry.io",
        "/api/0/",
        {"version": "0", "auth": {"scopes": ["org:ci"]}, "user": None},
        scopes=("org:ci",),
    ),
)
TOOLS: Final = (*_HOSTING, *_BUILDING, *_WATCHING)
