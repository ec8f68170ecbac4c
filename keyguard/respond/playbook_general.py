"""Steps for where a provider's file has none of its own: what follows from its console, requests and kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.model.playbook import Step

if TYPE_CHECKING:
    from keyguard.model import Finding
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.playbooks import Chapter
    from keyguard.providers.revoking import Way

GENERAL: Final = "general steps: no provider-specific instructions were verified"
GENERAL_BESIDE: Final = "beside the requests of keyguard, general steps: no further instructions were verified"
# A part of a finding comes from the scanned text: in a command it may be nothing that a shell would read.
_PLAIN = re.compile(r"[A-Za-z0-9_.@:=+][A-Za-z0-9_.@:/=+-]{0,200}")
_LOGS = {
    "ai": "requests, models and cost by key; files, tuned models and batches that nobody of yours made",
    "cloud": "API calls by this identity: new users, roles, keys, machines, buckets opened to the world",
    "vcs": "the audit log: clones, pushes, new keys, webhooks, tokens, runners, changed pipelines",
    "payment": "the request log: exports of customers, refunds, payouts, changed bank accounts",
    "messaging": "messages sent, files read, apps and webhooks added",
    "email": "mail sent, templates and senders changed, lists exported",
    "registry": "versions published, owners added, tokens made",
    "infrastructure": "changes of DNS, deployments, variables and members",
    "database": "connections by address, exports, new users and grants",
    "monitoring": "exports, changed monitors and muted alarms, keys made",
    "identity": "sign-ins by address, new factors, new members, changed rules",
    "saas": "exports, changed members, keys and webhooks",
    "crypto": "sign-ins with this key pair, signatures and certificates made with it",
    "generic": "whatever the thing it opens has for a log",
}


class Case(NamedTuple):
    """What playbook steps are made from: a provider's file, the rule, and the finding where there is one.

    `pushed` are the remote refs with the secret; None where that is not known. `address` is where their remote is.
    """

    file: ActionFile
    rule: str
    finding: Finding | None
    ways: tuple[Way, ...]
    verifiable: bool
    identifiable: bool
    usage: bool
    advices: tuple[str, ...]
    category: str
    console: str
    docs: str
    source: str
    verified: str
    pushed: tuple[str, ...] | None
    chapters: tuple[Chapter, ...]
    address: str = ""

    @property
    def short(self) -> str:
        """How a command line names the finding."""
        if self.finding is None:
            return "FINGERPRINT"
        past = any(each.provenance for each in self.finding.occurrences)
        return self.finding.fingerprint[:12] + (" --history" if past else "")

    @property
    def looks(self) -> str:
        return f" that looks like {self.finding.secret.masked}" if self.finding else ""

    def part(self, name: str) -> str:
        """A part of the finding, or its `owner` by the last word of what the provider said, where that is safe in a
        command line; else its name in angle brackets."""
        parts = dict(self.finding.parts) if self.finding else {}
        text = parts.get(name, b"").decode("utf-8", "replace")
        if name == "owner" and self.finding and self.finding.details:
            text = self.finding.details.owner.rpartition("/")[2]
        return text if _PLAIN.fullmatch(text) else f"<{name.upper()}>"


def contain_steps(case: Case) -> list[Step]:
    """Find the key at its provider, and stop it by hand."""
    steps = []
    if case.identifiable:
        find = f"keyguard identify {case.short}"
        steps.append(
            Step(
                "Find the provider's own record of the secret, so that the right one is stopped",
                run=(find,),
                breaks="nothing: it only reads",
                delay="at once",
                check="one record is shown, with its name and owner",
                undo="nothing to undo",
                survives="everything: nothing is stopped by it",
            )
        )
    where = "in the provider's console" if case.console else "where it was made"
    steps.append(
        Step(
            do=f"Look {where} for the secret{case.looks}, and disable it; delete it where it cannot be disabled",
            who="its owner, or an administrator of the account",
            open=case.console or case.docs,
            check=_check(case),
        )
    )
    return [*steps[:-1], steps[-1]._replace(do=_own_words(case) or steps[-1].do)]


def rotate_steps(case: Case) -> list[Step]:
    """A successor, and the change over to it."""
    return [
        Step(
            do="Make a successor with no more rights than its program needs, and with an end date where there is one",
            who="its owner, or an administrator of the account",
            open=case.console or case.docs,
        ),
        Step(
            do="Put it where programs read it (a secret manager, a variable of the pipeline), never into code",
            breaks="programs that read the old one, until they are started again",
            check="each program works with the new one: its log shows no refused requests",
        ),
        Step(
            do="Stop the old one now, if it was left running so that nothing stood still",
            run=(f"keyguard revoke {case.short}",) if any(way.request for way in case.ways) else (),
            check=_check(case),
            undo="not for a deleted one",
        ),
    ]


def investigate_steps(case: Case) -> list[Step]:
    """What was done with it, and what is left of that."""
    steps = [
        Step(
            do=f"Read what the provider logs of the time it lay open: {_LOGS.get(case.category, _LOGS['generic'])}",
            who="an administrator of the account",
            open=case.console or case.docs,
        )
    ]
    if case.usage:
        read = ("keyguard audit read", "keyguard audit history")
        steps.append(
            Step("Compare use and cost of those days with the weeks before", run=read, who="who may read billing")
        )
    steps.append(
        Step(
            do="Look for what outlives the secret: keys, users, webhooks, sessions, jobs and grants made with it",
            check="each one has an owner who knows of it",
        )
    )
    steps.append(
        Step(
            do="Decide who must be told: customers, the authority for data protection, the provider's security team",
            who="whoever answers for data protection; terms of 72 hours are usual",
        )
    )
    return steps


def _own_words(case: Case) -> str:
    """The advice of the rule, where the playbook is for one."""
    return f"{case.advices[0]} It is the one{case.looks}." if case.rule and case.advices and case.looks else ""


def _check(case: Case) -> str:
    if case.verifiable:
        return f"keyguard verify {case.short} says dead"
    return "the console lists it no more, and a program with it is refused"
