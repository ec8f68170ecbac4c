"""Why a candidate was reported or was not: every match of a pattern on one line, with what decided about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from keyguard.model import Confidence, Rule
from keyguard.model.rule import SECRET, base_name
from keyguard.triage.context import Case, Context, Passage
from keyguard.triage.match import Match

_SECONDS = 2.0


class Answer(NamedTuple):
    """What became of one candidate at `start` to `end` of the line: `confidence` None where it is taken for none."""

    rule: str
    start: int
    end: int
    value: bytes
    confidence: Confidence | None
    reasons: tuple[str, ...]


def inquire(rules: Sequence[Rule], path: bytes, text: bytes, start: int, end: int) -> list[Answer]:
    """Everything that a pattern matches on the line at `start` to `end` of a text, by place and rule.

    Triggers are not asked: what they leave out is not a match of the pattern either.
    """
    context = Context(rules, explain=True)
    passage = Passage("file", path, text)
    answers = {
        (match.start, match.end, match.rule): _answer(rules[match.rule], context, Case(passage, match), start, dropped)
        for match, dropped in _candidates(rules, text, start, end)
    }
    return [answers[key] for key in sorted(answers)]


def _candidates(rules: Sequence[Rule], text: bytes, low: int, high: int) -> Iterator[tuple[Match, str]]:
    """Matches whose value begins on the line, each with what drops it whatever is around."""
    import regex

    for number, rule in enumerate(rules):
        floor, ceiling = (max(0, low - rule.reach), high + rule.reach) if rule.reach else (low, high)
        pattern = regex.compile(rule.pattern.encode())
        named = [name for name in pattern.groupindex if base_name(name) == SECRET]
        groups: list[str | int] = [*named] or [0]
        for found in pattern.finditer(text, floor, ceiling, overlapped=True, timeout=_SECONDS):
            group = next((name for name in groups if found.start(name) >= 0), groups[0])
            for start, end in found.spans(group):
                if start < end and low <= start < high:
                    value = text[start:end]
                    confidence, dropped = _weigh(rule, value)
                    yield Match(number, start, end, start, end, value, confidence), dropped


def _weigh(rule: Rule, value: bytes) -> tuple[Confidence, str]:
    from keyguard.triage.entropy import reaches, shannon
    from keyguard.triage.generic import is_hopeless
    from keyguard.triage.placeholder import is_placeholder
    from keyguard.triage.weigh import Scale

    confidence = Scale([rule]).weigh(0, value)
    if confidence:
        return confidence, ""
    if rule.generic and is_hopeless(value):
        return Confidence.LOW, "the value is a reference, a template, a pattern or a word of the language"
    if is_placeholder(value):
        return Confidence.LOW, "the value is a placeholder"
    if rule.entropy and not reaches(value, rule.entropy):
        return Confidence.LOW, f"the value is too regular: {shannon(value):.1f} bits a character"
    return Confidence.LOW, "the value is no secret by itself"


def _answer(rule: Rule, context: Context, case: Case, low: int, dropped: str) -> Answer:
    match = case.match
    place = (rule.id, match.start - low, match.end - low, match.value)
    if dropped:
        return Answer(*place, None, (dropped,))
    verdict = context.ask(case)
    return Answer(*place, verdict.confidence, verdict.reasons)
