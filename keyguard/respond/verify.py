"""Asks providers whether found secrets are live: one request that only reads for each distinct secret."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import KeyguardError
from keyguard.http import Client, HttpError
from keyguard.model.verdict import Verdict
from keyguard.providers.actions import find_file
from keyguard.providers.requests import MissingPartError, show
from keyguard.providers.verifying import check_of, read_checks
from keyguard.respond.asking import ask
from keyguard.respond.evidence import kept
from keyguard.respond.judging import judge
from keyguard.respond.material import material

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.http import Settings
    from keyguard.model import Finding, Secret
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.verifying import Check

_WORKERS = 8
OnVerdict = Callable[[int, int], None] | None
Parts = tuple[tuple[str, bytes], ...]


class Question(NamedTuple):
    """One request to make: a check of a provider, and the secret to make it with."""

    provider: str
    number: int
    secret: Secret
    parts: Parts


class Plan(NamedTuple):
    """What is to be asked, before anything is. `answers` are verdicts that need no request, by finding."""

    findings: tuple[Finding, ...]
    questions: tuple[Question | None, ...]
    answers: tuple[Verdict | None, ...]
    checks: dict[Question, Check]
    files: dict[str, ActionFile]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts that will be called, as provider files name them."""
        return tuple(sorted({check.request.host for check in self.checks.values() if check.request}))


def plan(findings: Iterable[Finding], trusted: Sequence[Path] = ()) -> Plan:
    """Find out whom to ask about each finding. Nothing is sent.

    `trusted` are provider files of the person's own whose requests may be made.
    """
    made = Plan(tuple(findings), (), (), {}, {})
    known: dict[str, tuple[ActionFile | None, tuple[Check, ...]]] = {}
    questions: list[Question | None] = []
    answers: list[Verdict | None] = []
    for finding in made.findings:
        if finding.provider not in known:
            file = find_file(finding.provider, trusted)
            known[finding.provider] = (file, read_checks(file) if file else ())
        file, checks = known[finding.provider]
        check = check_of(checks, finding.rule)
        reason = _why_not(finding, file, check)
        if reason or file is None or check is None:
            questions.append(None)
            answers.append(Verdict("unknown", reason))
            continue
        question = Question(file.provider, checks.index(check), finding.secret, finding.parts)
        made.checks[question], made.files[file.provider] = check, file
        questions.append(question)
        answers.append(None)
    return made._replace(questions=tuple(questions), answers=tuple(answers))


def verify(made: Plan, settings: Settings, on_verdict: OnVerdict = None) -> tuple[Finding, ...]:
    """The findings of a plan with their verdicts; each question is asked once, several at a time.

    A provider that cannot be asked makes a verdict "unknown" with the reason. HttpError "offline" where that is set.
    """
    questions = list(made.checks)
    if settings.offline and questions:
        raise HttpError("offline", "keyguard is set to stay offline, so nothing was verified", "leave --offline out")
    clients = {name: Client(settings, file.hosts) for name, file in made.files.items()}
    verdicts: dict[Question, Verdict] = {}
    pool = ThreadPoolExecutor(_WORKERS)
    try:
        asked = [
            pool.submit(verdict_of, clients[each.provider], made.checks[each], each, settings) for each in questions
        ]
        for number, (question, future) in enumerate(zip(questions, asked), 1):
            verdicts[question] = future.result()
            if on_verdict:
                on_verdict(number, len(questions))
    finally:
        pool.shutdown(cancel_futures=True)
        for client in clients.values():
            client.close()
    return tuple(
        _with(finding, answer or verdicts[question])  # type: ignore[index]  # one of the two is there
        for finding, question, answer in zip(made.findings, made.questions, made.answers)
    )


def verify_one(finding: Finding, settings: Settings, trusted: Sequence[Path] = ()) -> Verdict:
    """The verdict on one finding."""
    details = verify(plan([finding], trusted), settings)[0].details
    return details or Verdict("unknown")


def verdict_of(client: Client, check: Check, question: Question, settings: Settings) -> Verdict:
    """Ask once. Expected failures become verdicts; none of them holds the secret."""
    if check.request is None:
        return Verdict("unknown", check.none)
    now = settings.clock.now
    checked = dt.datetime.fromtimestamp(now(), dt.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")
    values = material(question.secret, question.parts)
    try:
        answer = ask(client, check.request, values, now, repeatable=True)
    except MissingPartError as error:
        how = f"keyguard verify --stdin --rule {question.provider}-… --part NAME=VALUE takes it"
        return Verdict("unknown", f"{error}, and the request needs it: it does not stand beside the secret; {how}")
    except HttpError as error:
        return Verdict("unknown", str(error), host=check.request.host, checked=checked, status=error.status)
    except KeyguardError as error:
        return Verdict("unknown", f"{error}{': ' if error.hint else ''}{error.hint}")
    verdict = judge(check, answer, question.secret)
    sent, said = show(check.request, values), kept(answer, values.values())
    return verdict._replace(host=check.request.host, checked=checked, request=sent, answer=said)


def _why_not(finding: Finding, file: ActionFile | None, check: Check | None) -> str:
    if not finding.secret.reveal():
        return "its place does not hold it any more, and the report does not hold it either"
    if file is None:
        return "its rule is of a file whose requests are not trusted (--trust-rules)"
    if check is None:
        return "its provider file does not say how to verify it"
    return "" if check.request else check.none


def _with(finding: Finding, verdict: Verdict) -> Finding:
    return finding._replace(verdict=verdict.state, details=verdict)
