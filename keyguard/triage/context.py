"""What a match means where it stands: how sure it is, given its path and the text around it, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keyguard.model import Allowance, Confidence, Rule
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from keyguard.triage.judge.court import Court
    from keyguard.triage.match import Match

SIGHT = 1024
_AT_ONCE = 1 << 12  # candidates that are taken apart before they are judged


class Passage(NamedTuple):
    """A text with matches: `kind` and `path` as in Location; `text` whole, or what is known of it from `origin` on."""

    kind: str
    path: bytes
    text: bytes
    origin: int = 0


class Case(NamedTuple):
    """One match and where it stands."""

    passage: Passage
    match: Match


class Verdict(NamedTuple):
    """`confidence` is None for what is no secret; `allowed` says what in the text allows the match, if anything does.

    `reasons` are filled where they were asked for.
    """

    confidence: Confidence | None
    reasons: tuple[str, ...] = ()
    allowed: Allowance | None = None

    def reaches(self, least: Confidence) -> bool:
        return self.confidence is not None and self.confidence >= least


class Context:
    """Weighs matches of a fixed list of rules by what is around them.

    A verdict depends on kind, path, rule, value and the `SIGHT` bytes before and after the value, on nothing else.
    """

    def __init__(self, rules: Sequence[Rule], *, explain: bool = False) -> None:
        self._rules = rules
        self._explain = explain
        self._judged = frozenset(number for number, rule in enumerate(rules) if rule.generic)
        self._court: Court | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """Another process loads its weights for itself."""
        return _rebuild, (self._rules, self._explain)

    def seat(self, court: Court) -> None:
        """Lets another court judge: one that has learned from other data."""
        self._court = court

    def is_hopeless(self, rule: int, value: bytes, before: bytes, is_cut: bool) -> bool:
        """Whether a match is no secret wherever it stands; `before` is (with `is_cut` an end of) what precedes it on
        its line."""
        if rule not in self._judged:
            return False
        return self._opened().is_hopeless(self._rules[rule].id, value, before, is_cut=is_cut)

    def may_reach(self, match: Match, least: Confidence) -> bool:
        """Whether the verdict on a match can be `least` or more."""
        return match.confidence >= least or match.rule in self._judged

    def weigh(self, cases: Sequence[Case]) -> list[Verdict]:
        """One verdict a case, in their order."""
        verdicts = [Verdict(case.match.confidence, self._of_rule(case.match)) for case in cases]
        judged = [place for place, case in enumerate(cases) if case.match.rule in self._judged]
        if judged:
            for place, verdict in zip(judged, self._judge([_as_decoded(cases[place]) for place in judged])):
                verdicts[place] = verdict
        return verdicts

    def ask(self, case: Case) -> Verdict:
        """The verdict on one case, with the reasons also where it is none."""
        if case.match.rule not in self._judged:
            return Verdict(case.match.confidence, self._of_rule(case.match))
        [verdict] = self._judge([case], explain=True)
        return verdict

    def _of_rule(self, match: Match) -> tuple[str, ...]:
        """Why a match of a rule that needs no judge is one."""
        if not self._explain:
            return ()
        rule = self._rules[match.rule]
        reasons = [f"the value has the shape of rule {rule.id}"]
        if rule.checksum:
            right = match.confidence > rule.confidence or match.confidence == Confidence.HIGH
            reasons.append(f"its {rule.checksum} checksum is {'right' if right else 'wrong'}")
        return tuple(reasons)

    def _judge(self, cases: list[Case], *, explain: bool = False) -> list[Verdict]:
        """`explain`: also why what is none is none."""
        from keyguard.triage.judge.court import scene_of

        court = self._opened()
        out: list[Verdict] = []
        for start in range(0, len(cases), _AT_ONCE):
            scenes = [scene_of(self._rules[case.match.rule].id, case) for case in cases[start : start + _AT_ONCE]]
            for scene, confidence in zip(scenes, court.judge(scenes)):
                told = explain or (self._explain and confidence)
                out.append(Verdict(confidence, court.reasons(scene, confidence) if told else ()))
        return out

    def _opened(self) -> Court:
        if self._court is None:
            # Imported at the first candidate: most files have none.
            from keyguard.triage.judge.court import Court

            self._court = Court()
        return self._court


def _as_decoded(case: Case) -> Case:
    """The case as it stands in decoded text, for a match that was found there."""
    passage, match = case
    if not match.inner.steps:
        return case
    decoded = passage._replace(text=match.inner.around, origin=match.start - match.inner.at)
    return Case(decoded, match._replace(end=match.start + len(match.value)))


def _rebuild(rules: Sequence[Rule], explain: bool) -> Context:
    return Context(rules, explain=explain)
