"""Every provider with a fake of its own that keeps keys: whose secret it is, where it is asked, and what it tells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from keyguard.model import Secret
from tests.http.server import Asked, Reply
from tests.respond.fakes.clouds import (
    FakeAzureOpenAI,
    FakeCloudflare,
    FakeDigitalOcean,
    FakeEntra,
    FakeGoogle,
    FakeServiceAccounts,
    FakeSupabase,
)
from tests.respond.fakes.forges import FakeStripe
from tests.respond.fakes.keys import Key, Ring
from tests.respond.fakes.models import READERS, FakeReader
from tests.respond.fakes.offices import OFFICES
from tests.respond.fakes.services import (
    FakeDatadog,
    FakeDiscord,
    FakeElevenLabs,
    FakeTwilio,
    FakeXai,
    StoppingSendGrid,
)
from tests.respond.fakes.stops import (
    StoppingAnthropic,
    StoppingGitHub,
    StoppingGitLab,
    StoppingHuggingFace,
    StoppingMistral,
    StoppingOpenAI,
    StoppingOpenRouter,
    StoppingSlack,
)
from tests.respond.fakes.tools import TOOLS
from tests.respond.findings import finding, text_of

if TYPE_CHECKING:
    from keyguard.model import Finding

Fake = Callable[[Asked], Reply]
ADMIN = "admin-credential-for-tests"
_PLAIN = {"credential": ADMIN}
_TENANT = {"tenant": "tenant-1", "client": "client-1"}
_DATADOG = {"credential.api": ADMIN, "credential.application": ADMIN}


class Story(NamedTuple):
    """One secret at one provider. `owner` to `expires` are what a live one tells ("*": anything); `dead` and
    `restricted` are what becomes of those; `parts` stand beside the secret, `more` is what the fake keeps of it.
    `credential` is the administrator's, `states` what stopping, undoing and deleting make of the key.
    """

    rule: str
    hosts: tuple[str, ...]
    fake: Callable[[Ring], Fake]
    owner: str = ""
    account: str = ""
    scopes: tuple[str, ...] = ()
    expires: str = ""
    dead: str = "dead"
    restricted: str = "restricted"
    parts: Mapping[str, str] = {}
    more: Mapping[str, str] = {}
    value: Callable[[], bytes] = bytes
    credential: Mapping[str, str] = {}

    def finding(self, seed: int = 1) -> Finding:
        parts = tuple((name, text.encode()) for name, text in self.parts.items())
        return finding(self.rule, self.value(), parts, seed)

    def ring(self, one: Finding) -> Ring:
        """The key of the finding among two others."""
        others = [text_of(finding(self.rule, seed=seed)) for seed in (2, 3)]
        rest = [Key(value, f"key_{n}", more=dict(self.more) | {"id": f"SK{n}"}) for n, value in enumerate(others, 2)]
        return Ring([*rest, Key(text_of(one), "key_1", "ci", more=dict(self.more))], ADMIN)

    def own(self) -> dict[str, Secret]:
        return {name: Secret(text.encode()) for name, text in self.credential.items()}


@lru_cache
def service_key() -> bytes:
    """The private key of a service account that nobody has."""
    from cryptography.hazmat.primitives import serialization as kinds
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(kinds.Encoding.PEM, kinds.PrivateFormat.PKCS8, kinds.NoEncryption())


def _host(fake: type) -> tuple[str, ...]:
    return tuple(getattr(fake, "hosts", (getattr(fake, "host", ""),)))


def _story(rule: str, fake: type, owner: str = "", account: str = "", **more: Any) -> Story:
    return Story(rule, _host(fake), fake, owner, account)._replace(**more)


_KEY_PARTS = {"email": "bot@demo.iam.gserviceaccount.com", "kid": "key_1"}
STORIES = (
    _story("openai-project-key", StoppingOpenAI, credential=_PLAIN),
    _story("anthropic-api-key", StoppingAnthropic, account="wrkspc_01", credential=_PLAIN),
    _story("openrouter-api-key", StoppingOpenRouter, "user_1", "*", expires="2027-12-31T23:59:59Z", credential=_PLAIN),
    _story("mistral-api-key", StoppingMistral, credential=_PLAIN),
    _story("sendgrid-api-key", StoppingSendGrid, scopes=("mail.send", "alerts.read"), credential=_PLAIN),
    _story("github-personal-token", StoppingGitHub, "ada", "42", scopes=("repo", "read:org"), expires="*"),
    _story("github-installation-token", StoppingGitHub, "acme", "acme/site"),
    _story("gitlab-personal-token", StoppingGitLab, "ci", "3", scopes=("api",), expires="2027-01-01"),
    _story("slack-bot-token", StoppingSlack, "bot", "Acme", scopes=("chat:write", "users:read")),
    _story("huggingface-user-token", StoppingHuggingFace, "ada", "acme", scopes=("write",)),
    _story("stripe-live-secret-key", FakeStripe, "billing@example.com", "acct_1"),
    _story("google-api-key", FakeGoogle, credential=_PLAIN),
    _story(
        "google-service-account-key",
        FakeServiceAccounts,
        restricted="live",
        parts=_KEY_PARTS,
        value=service_key,
        credential=_PLAIN,
    ),
    _story("azure-client-secret", FakeEntra, parts=_TENANT, more=_TENANT),
    _story("azure-openai-key", FakeAzureOpenAI, parts={"resource": "acme-east"}),
    _story("cloudflare-api-token", FakeCloudflare, account="key_1", expires="*", dead="unknown", credential=_PLAIN),
    _story("digitalocean-access-token", FakeDigitalOcean, "ada@example.com", "*"),
    _story("supabase-access-token", FakeSupabase, "Acme", "acme"),
    _story(
        "xai-api-key",
        FakeXai,
        "59fbe5f2",
        "5ea6f6bd",
        scopes=("api-key:model:*", "api-key:endpoint:*"),
        credential=_PLAIN,
    ),
    _story("elevenlabs-api-key", FakeElevenLabs, credential=_PLAIN),
    _story(
        "twilio-api-key-secret",
        FakeTwilio,
        "Acme",
        FakeTwilio.sid,
        dead="unknown",
        parts={"id": "SK1"},
        more={"id": "SK1"},
        credential={"credential.sid": FakeTwilio.sid, "credential.token": ADMIN},
    ),
    _story(
        "twilio-auth-token",
        FakeTwilio,
        "Acme",
        FakeTwilio.sid,
        parts={"id": FakeTwilio.sid},
        more={"id": FakeTwilio.sid},
    ),
    _story("datadog-api-key", FakeDatadog, dead="unknown", restricted="live", credential=_DATADOG),
    _story("discord-bot-token", FakeDiscord, "bot", "7"),
    _story("discord-webhook", FakeDiscord, "ci", "8"),
    *(
        Story(
            each.rule,
            (each.host,),
            partial(FakeReader, each),
            each.owner,
            each.account,
            scopes=each.scopes,
            dead="dead" if each.dead else "unknown",
            restricted="restricted" if each.restricted else "",
            parts=each.parts,
        )
        for each in (*READERS, *TOOLS, *OFFICES)
    ),
)
# Secrets that are stopped by a request, whose fakes are asked about others above or cannot be asked.
STOPPED_ONLY = (
    _story(
        "openai-service-account-key",
        StoppingOpenAI,
        more={"owner": "service_account"},
        credential=_PLAIN,
    ),
    _story("openai-admin-key", StoppingOpenAI, more={"kind": "admin"}, credential=_PLAIN),
    _story("github-fine-grained-token", StoppingGitHub),
    _story("supabase-secret-key", FakeSupabase, more={"project": "b" * 20}, credential=_PLAIN),
    _story("datadog-application-key", FakeDatadog, more={"kind": "application_keys"}, credential=_DATADOG),
    _story("datadog-access-token", FakeDatadog, more={"kind": "personal_access_tokens"}, credential=_DATADOG),
)
_BY_THEMSELVES = ("github-", "gitlab-personal", "slack-bot", "huggingface-", "discord-webhook")
STOPPED = (
    *(story for story in STORIES if story.credential or story.rule.startswith(_BY_THEMSELVES)),
    *STOPPED_ONLY,
)
BY_RULE = {story.rule: story for story in STORIES}
