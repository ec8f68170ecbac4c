"""Puts a playbook together: what the provider's file says, what follows from its requests, and the house's own text."""

from __future__ import annotations

import datetime as dt
from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

from keyguard.git.remotes import remote_address
from keyguard.model.playbook import PHASES, Fact, Phase, Playbook, Step
from keyguard.providers.identifying import read_searches, search_of
from keyguard.providers.placeholders import fill_text
from keyguard.providers.playbooks import chapters_of, read_chapters
from keyguard.providers.revoking import read_ways, ways_of
from keyguard.providers.verifying import check_of, read_checks
from keyguard.respond.playbook_facts import facts_of, pushed_to, reach_of
from keyguard.respond.playbook_general import (
    GENERAL,
    GENERAL_BESIDE,
    Case,
    contain_steps,
    investigate_steps,
    rotate_steps,
)
from keyguard.respond.playbook_house import HOUSE, clean_steps, prevent_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.model import Finding
    from keyguard.providers.actions import ActionFile
    from keyguard.providers.playbooks import Chapter, Instruction
    from keyguard.providers.revoking import Way


class Titles(NamedTuple):
    """Rule titles and advices by rule id."""

    titles: Mapping[str, str]
    advices: Mapping[str, str]


def provider_playbook(file: ActionFile, rule: str = "") -> Playbook:
    """The playbook for a provider, or for one of its rules; no finding is known."""
    case = _case(file, rule, None, "")
    head = _head(file)
    blast = Fact("blast_radius", "Blast radius", f"it can {_reach(case)}")
    title = _titles(file).titles.get(rule, "")
    return Playbook(file.provider, file.name, rule, title, "", head["console"], head["docs"], (blast,), _phases(case))


def finding_playbook(file: ActionFile, finding: Finding, folder: str, now: dt.datetime) -> Playbook:
    """The playbook for one finding, filled in. `folder` is in the repository that was scanned."""
    case = _case(file, finding.rule, finding, folder)
    head = _head(file)
    facts = facts_of(finding, _reach(case), folder, now)
    return Playbook(
        file.provider,
        file.name,
        finding.rule,
        finding.title,
        finding.fingerprint,
        head["console"],
        head["docs"],
        facts,
        _phases(case),
    )


def _case(file: ActionFile, rule: str, finding: Finding | None, folder: str) -> Case:
    ways, checks, searches = read_ways(file), read_checks(file), read_searches(file)
    rules = (rule,) if rule else file.rules
    wanted = [way for each in rules for way in ways_of(ways, each)]
    mine = [way for way in ways if any(way is each for each in wanted)]
    verifies = [check for each in rules if (check := check_of(checks, each)) and check.request]
    identifies = [search for each in rules if (search := search_of(searches, each)) and search.request]
    titles = _titles(file)
    head = _head(file)
    pushed = pushed_to(finding, folder) if finding else None
    remote = next(iter(pushed or ()), "").partition("/")[0] or "origin"
    return Case(
        file=file,
        rule=rule,
        finding=finding,
        ways=tuple(mine),
        verifiable=bool(verifies),
        identifiable=bool(identifies),
        usage=bool(file.tables.get("usage")),
        advices=tuple(dict.fromkeys(filter(None, (titles.advices.get(each, "") for each in rules)))),
        category=head["category"],
        console=head["console"],
        docs=head["docs"],
        source=head["source"],
        verified=head["verified"],
        pushed=pushed,
        address=remote_address(folder or ".", remote) if finding else "",
        chapters=read_chapters(file),
    )


def _head(file: ActionFile) -> dict[str, str]:
    table = file.tables["provider"]
    return {name: str(table.get(name, "")) for name in ("category", "console", "docs", "source", "verified")}


def _titles(file: ActionFile) -> Titles:
    rules = [rule for rule in file.tables.get("rule", []) if isinstance(rule, dict)]
    return Titles(
        {str(rule.get("id")): str(rule.get("title", "")) for rule in rules},
        {str(rule.get("id")): str(rule.get("advice", "")) for rule in rules},
    )


def _phases(case: Case) -> tuple[Phase, ...]:
    return tuple(_phase(case, name, limit) for name, limit in PHASES)


def _phase(case: Case, name: str, limit: str) -> Phase:
    written = chapters_of(case.chapters, name, case.rule)
    steps = [step for chapter in written for step in _written(case, chapter)]
    if name == "contain":
        soon = [way for way in case.ways if way.request and not _is_for_later(case, way)]
        first = [_way_step(case, way) for way in soon if not way.aside]
        steps = _beside(first, steps) if first else steps or contain_steps(case)
        steps += [_way_step(case, way) for way in soon if way.aside]
    elif name in ("clean", "prevent"):
        house = clean_steps(case) if name == "clean" else prevent_steps(case)
        return Phase(name, limit, (*house, *steps), HOUSE.source, HOUSE.verified)
    else:
        steps = steps or (rotate_steps(case) if name == "rotate" else investigate_steps(case))
        later = [way for way in case.ways if name == "rotate" and _is_for_later(case, way)]
        steps += [_at_last(_way_step(case, way)) for way in later]
    source, verified, note = _origin(case, written, case.ways if name == "contain" else ())
    return Phase(name, limit, tuple(_whole(step, name) for step in steps), source, verified, note)


def _reach(case: Case) -> str:
    """What a thief can do: the file's own words for the rule, else those for its category."""
    mine = chapters_of(case.chapters, "contain", case.rule) if case.rule else ()
    return next((each.blast for each in mine if each.blast), "") or reach_of(case.category)


def _beside(own: list[Step], written: list[Step]) -> list[Step]:
    """Stops that keyguard makes among the instructions of the file: after what only reads, before the same by hand."""
    reading = len(list(takewhile(lambda step: step.breaks.startswith("nothing"), written)))
    before, rest = written[:reading], written[reading:]
    by_hand = [rest[0]._replace(do=f"By hand, where keyguard cannot: {rest[0].do}"), *rest[1:]] if rest else []
    return [*before, *own, *by_hand]


def _is_for_later(case: Case, way: Way) -> bool:
    """Whether it cannot be undone where another way can: that one comes first, this when nothing needs the key."""
    return bool(way.request) and way.final and _has_undo(case, way)


def _at_last(step: Step) -> Step:
    return step._replace(do=f"When nothing uses it any more: {step.do}")


def _origin(case: Case, written: tuple[Chapter, ...], ways: tuple[Way, ...]) -> tuple[str, str, str]:
    """Where the steps were read, the oldest date of that, and a caution where only requests are the provider's own."""
    read = [(each.source, each.verified) for each in written]
    read += [(each.source, each.verified) for each in ways if each.source]
    note = "" if written else GENERAL_BESIDE if read else GENERAL
    read = read or [(case.source, case.verified)]
    return "; ".join(dict.fromkeys(source for source, _ in read)), min(date for _, date in read), note


def _whole(step: Step, phase: str) -> Step:
    """Where a stop is concerned, silence is said to be silence."""
    if phase != "contain":
        return step
    unknown = "not documented"
    return step._replace(
        who=step.who or "whoever can sign in to the account",
        breaks=step.breaks or "every program that uses this secret",
        delay=step.delay or unknown,
        check=step.check or "the secret is refused when it is used",
        undo=step.undo or unknown,
        survives=step.survives or f"{unknown}: look for sessions, tokens and keys that were made with it",
    )


def _written(case: Case, chapter: Chapter) -> list[Step]:
    titles = _titles(case.file).titles
    only = () if case.rule else tuple(titles[rule] for rule in chapter.rules)
    return [_step(case, each)._replace(only=only) for each in chapter.steps]


def _step(case: Case, written: Instruction) -> Step:
    def fill(text: str) -> str:
        return fill_text(text, case.part)

    return Step(
        fill(written.do),
        fill(written.who),
        fill(written.open),
        tuple(map(fill, written.run)),
        fill(written.breaks),
        fill(written.delay),
        fill(written.check),
        fill(written.undo),
        fill(written.survives),
    )


def _way_step(case: Case, way: Way) -> Step:
    """A stop that keyguard can make."""
    titles = _titles(case.file).titles
    only = () if case.rule or not way.rules else tuple(titles[rule] for rule in way.rules)
    options = (f" --way {way.id}" if way.aside else "") + (" --delete" if way.final and _has_undo(case, way) else "")
    what = f"Or, though it hits more than this secret: {way.do}" if way.aside else way.do
    line = f"keyguard revoke {case.short}{options}"
    return Step(
        do=f"{what}: see what would be sent, then do it",
        who=way.credential or "whoever holds the secret: no other credential is needed",
        run=(line, f"{line} --yes"),
        breaks=way.breaks,
        delay=way.delay,
        check=f"keyguard verify {case.short} says dead" if way.proof else "the answer of the provider",
        undo=f"keyguard revoke {case.short} --undo --yes: {way.undo.do}" if way.undo else "not possible",
        survives=way.survives,
        only=only,
    )


def _has_undo(case: Case, way: Way) -> bool:
    return any(each.undo and not each.aside and each.rules == way.rules for each in case.ways)
