"""The world of a leak: providers, a repository, and what kills keyguard while it works on it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.http.server import Asked, Reply
from tests.repositories import Repo
from tests.respond.fakes.amazon import LOGIN, OWN_ID, iam_of, user_with_key
from tests.respond.fakes.anthropic import FakeAnthropic
from tests.respond.fakes.forges import FakeGitHub
from tests.respond.fakes.keys import Key, Ring
from tests.secrets import made_up
from tests.zygote import Zygote

ADMIN = "an-administrators-credential-for-tests"


class Leaks(NamedTuple):
    aws_id: str
    aws: str
    anthropic: str
    github: str

    @property
    def values(self) -> tuple[str, ...]:
        return self.aws, self.anthropic, self.github


class World:
    """The providers, the repository, and what kills: `kill_at` is the number of the event, two for each request.

    `lines` are the command lines of all processes of this machine, as they were at each event.
    """

    def __init__(self, repository: Repo, moto: str, name: str) -> None:
        self.iam = iam_of(moto)
        aws_id, aws = user_with_key(self.iam, name)
        self.user, self.moto = name, moto
        self.leaks = Leaks(aws_id, aws, made_up("anthropic").secrets[0].decode(), _github())
        self.repository, self.folder = repository, repository.path
        self.kill_at = 0
        self.events = 0
        self.zygote: Zygote | None = None
        self.lines: set[bytes] = set()
        self.anthropic = Ring([Key(self.leaks.anthropic, "apikey_1")], ADMIN)
        self.github = Ring([Key(self.leaks.github)])

    def deadly(self, handle: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
        def serve(asked: Asked) -> Reply:
            self._event()
            reply = handle(asked)
            self._event()
            return reply

        return serve

    def _event(self) -> None:
        self.events += 1
        self.lines |= command_lines()
        if self.kill_at and self.events == self.kill_at and self.zygote:
            os.kill(self.zygote.pid, signal.SIGKILL)

    def run(self, *words: str, kill_at: int = 0) -> int:
        self.events, self.kill_at = 0, kill_at
        if self.zygote is None:
            raise AssertionError("no zygote")
        return self.zygote.run(*words)

    def soon_killed(self, *words: str) -> None:
        """Run a command that asks nobody, killed after a moment, and after longer ones."""
        for moment in (0.002, 0.02, 0.1):
            if self.zygote is None:
                raise AssertionError("no zygote")
            self.zygote.run(*words, kill_after=moment)

    def through(self, *words: str) -> int:
        """Run the command again and again, killed at its first event, at its second, …, until it comes through."""
        for event in range(1, 200):
            code = self.run(*words, kill_at=event)
            if code != -signal.SIGKILL:
                return code
        raise AssertionError(f"{words[0]} does not end")

    def dead(self, key: str) -> bool:
        """As AWS itself would: inactive or gone. The administrator's own key is no key of moto's."""
        if key == OWN_ID:
            return False
        return all(each["AccessKeyId"] != key or each["Status"] != "Active" for each in self.listed())

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.iam.list_access_keys(UserName=self.user)["AccessKeyMetadata"]
        return found

    def held(self) -> dict[str, str]:
        import boto3

        library: Any = boto3
        manager = library.client("secretsmanager", endpoint_url=self.moto, **LOGIN)
        text = manager.get_secret_value(SecretId=f"prod/{self.user}")["SecretString"]
        manager.close()
        told: dict[str, str] = json.loads(text)
        return told


def command_lines() -> set[bytes]:
    """Those of all processes, where the system tells them (Linux)."""
    found = set()
    for number in filter(str.isdigit, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        try:
            with open(f"/proc/{number}/cmdline", "rb") as file:
                found.add(file.read())
        except OSError:
            continue
    return found


def _github() -> str:
    return made_up("github", "github-personal-token").secrets[0].decode()


class GitHub(FakeGitHub):
    """With the request that anybody may make who holds a token."""

    def __call__(self, asked: Asked) -> Reply:
        if asked.path != "/credentials/revoke":
            return super().__call__(asked)
        for each in json.loads(asked.body)["credentials"]:
            for key in self.ring.keys:
                key.state = "dead" if key.value == each else key.state
        return Reply(202, {})


class Anthropic(FakeAnthropic):
    """With the request that switches a key."""

    def __call__(self, asked: Asked) -> Reply:
        if asked.method != "POST":
            return super().__call__(asked)
        key = next(each for each in self.ring.keys if asked.path.endswith(each.id))
        status = json.loads(asked.body)["status"]
        key.state = "live" if status == "active" else "dead"
        return Reply(200, {"id": key.id, "type": "api_key", "status": status})
