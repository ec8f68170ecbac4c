"""Judges generic candidates: how sure each is where it stands, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from keyguard.model import Confidence
from keyguard.triage.generic import is_label, is_own_name, is_public
from keyguard.triage.judge.features import NAMES, Gauge
from keyguard.triage.judge.scene import Scene, make_scene, name_on_line, words_of
from keyguard.triage.judge.weights import Weights, read_weights
from keyguard.triage.placeholder import is_placeholder

if TYPE_CHECKING:
    from keyguard.triage.context import Case

_REASONS = 6
_REMEMBERED = 1 << 16
_NOT_PATH = frozenset(place for place, (part, _) in enumerate(NAMES) if part == "path")
_NOT_HERE = _NOT_PATH | {place for place, (part, _) in enumerate(NAMES) if part == "name"}
_PARTS = {
    "rule": "the syntax",
    "value": "the value",
    "name": "the name",
    "line": "its line",
    "around": "the lines around",
    "path": "the path",
}


class Judgement(NamedTuple):
    """`confidence` is None for what is no secret; `said` is what decided where the trees did not."""

    scene: Scene
    confidence: Confidence | None
    said: str = ""


class Court:
    """Holds what was learned; opened at the first candidate of a process."""

    def __init__(self, weights: Weights | None = None) -> None:
        words, self._forest, self._limits = weights or read_weights()
        self._gauge = Gauge(words)
        self._hopeless: dict[tuple[str, bytes, bytes | None], bool] = {}

    def is_hopeless(self, rule: str, value: bytes, before: bytes, *, is_cut: bool) -> bool:
        """Whether a candidate is no secret wherever it stands, by what precedes it on its line (see `name_on_line`)."""
        name = name_on_line(before, is_cut=is_cut)
        key = (rule, value, name)
        if key not in self._hopeless:
            if len(self._hopeless) >= _REMEMBERED:
                self._hopeless.clear()
            self._hopeless[key] = self._looks_hopeless(rule, value, name)
        return self._hopeless[key]

    def _looks_hopeless(self, rule: str, value: bytes, name: bytes | None) -> bool:
        if name is not None and is_public(name, value):
            return True
        scene = Scene(rule, "file", b"", value, name or b"", words_of(name or b""), b"", b"", b"", b"")
        return not self._forest.may_pass(self._gauge.glance(scene), _NOT_HERE if name is None else _NOT_PATH)

    def judge(self, rule: str, case: Case) -> Judgement:
        passage, match = case
        start = match.start - passage.origin
        end = start + len(match.value)
        return self.judge_scene(make_scene(rule, passage.kind, passage.path, passage.text, start, end))

    def judge_scene(self, scene: Scene) -> Judgement:
        if is_public(scene.name, scene.value):
            return Judgement(scene, None, "it is public by its kind: a public key, a hash, a date or a resource name")
        if is_label(scene.value, scene.before, scene.above + scene.below):
            return Judgement(scene, None, "it is the text of a label or its translation")
        confidence = self._confidence(self.score(scene))
        if confidence and (is_own_name(scene.value) or is_placeholder(scene.value)):
            return Judgement(scene, Confidence.LOW, "the value is a placeholder")
        return Judgement(scene, confidence)

    def score(self, scene: Scene) -> int | None:
        """The sum of the trees, in thousandths of the log-odds; None where a glance sees no hope."""
        total = self._forest.begin(self._gauge.glance(scene))
        return None if total is None else self._forest.finish(total, self._gauge.measure(scene))

    def _confidence(self, score: int | None) -> Confidence | None:
        """None where a score is too low for any."""
        if score is None:
            return None
        reached = [grade for grade, limit in zip(Confidence, self._limits) if score >= limit]
        return reached[-1] if reached else None

    def reasons(self, scene: Scene) -> tuple[str, ...]:
        """What spoke most for the candidate and against it, weightiest first."""
        measured = self._gauge.measure(scene)
        shares = sorted(self._forest.shares(measured).items(), key=lambda share: (-abs(share[1]), share[0]))
        return tuple(_told(feature, share, measured[feature]) for feature, share in shares[:_REASONS])


def _told(feature: int, share: int, value: int) -> str:
    part, name = NAMES[feature]
    said = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return f"{share / 1000:+.1f} {_PARTS[part]}: {name.replace('-', ' ')} {said}"
