"""Judges generic candidates: how sure each is where it stands, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keyguard.model import Confidence
from keyguard.triage.judge.features import NAMES, Gauge
from keyguard.triage.judge.scene import Scene, make_scene, name_on_line
from keyguard.triage.judge.weights import Weights, read_weights

if TYPE_CHECKING:
    from keyguard.triage.context import Case

_REASONS = 6
_SHORTEST = 4
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
_Seen = tuple[str, str, bytes, bytes, bytes]


class Court:
    """Holds what was learned; opened at the first candidate of a process."""

    def __init__(self, weights: Weights | None = None) -> None:
        words, self._forest, self._limits = weights or read_weights()
        self._gauge = Gauge(words)
        self._hopeless: dict[tuple[str, bytes, bytes | None], bool] = {}
        self._glanced: dict[_Seen, int | None] = {}

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
        from keyguard.triage.harmless import is_public

        if name is not None and is_public(name, value):
            return True
        scene = Scene(rule, "file", b"", value, name or b"", b"", b"", b"", b"")
        return not self._forest.may_pass(self._gauge.glance(scene), _NOT_HERE if name is None else _NOT_PATH)

    def judge(self, scenes: Sequence[Scene]) -> list[Confidence | None]:
        """How sure each is; None for what is no secret."""
        return [self._ruled(scene, score) for scene, score in zip(scenes, self.scores(scenes))]

    def _ruled(self, scene: Scene, score: int | None) -> Confidence | None:
        confidence = self._confidence(score)
        if not confidence or _excluded(scene):
            return None
        return Confidence.LOW if _never_more_than_low(scene) else confidence

    def scores(self, scenes: Sequence[Scene]) -> list[int | None]:
        """The sums of the trees, in thousandths of the log-odds; None where a glance sees no hope."""
        out = self._glance(scenes)
        hopeful = [(place, total) for place, total in enumerate(out) if total is not None]
        measured = [self._gauge.measure(scenes[place]) for place, _ in hopeful]
        for (place, _), score in zip(hopeful, self._forest.finish([total for _, total in hopeful], measured)):
            out[place] = score
        return out

    def _glance(self, scenes: Sequence[Scene]) -> list[int | None]:
        """What the trees that need a glance only say. In a history the same comes again and again."""
        if len(self._glanced) >= _REMEMBERED:
            self._glanced.clear()
        keys = [(scene.rule, scene.kind, scene.path, scene.value, scene.name) for scene in scenes]
        new = {key: scene for key, scene in zip(keys, scenes) if key not in self._glanced}
        self._glanced.update(zip(new, self._forest.begin([self._gauge.glance(scene) for scene in new.values()])))
        return [self._glanced[key] for key in keys]

    def _confidence(self, score: int | None) -> Confidence | None:
        """None where a score is too low for any."""
        if score is None:
            return None
        reached = [grade for grade, limit in zip(Confidence, self._limits) if score >= limit]
        return reached[-1] if reached else None

    def reasons(self, scene: Scene, confidence: Confidence | None) -> tuple[str, ...]:
        """Why the verdict on a scene is what it is: what decided where the trees did not, then what spoke most for the
        candidate and against it, weightiest first."""
        said = _excluded(scene)
        if confidence:
            said = _never_more_than_low(scene)
        measured = self._gauge.measure(scene)
        shares = sorted(self._forest.shares(measured).items(), key=lambda share: (-abs(share[1]), share[0]))
        told = [_told(feature, share, measured[feature]) for feature, share in shares[:_REASONS]]
        return (said, *told) if said else tuple(told)


def scene_of(rule: str, case: Case) -> Scene:
    passage, match = case
    start = match.start - passage.origin
    return make_scene(rule, passage.kind, passage.path, passage.text, start, start + len(match.value))


def settled(scene: Scene) -> str:
    """Why a candidate is no secret or never more than doubtful, whatever the trees say; empty where they decide."""
    return _excluded(scene) or _never_more_than_low(scene)


def _excluded(scene: Scene) -> str:
    """What makes a candidate no secret whatever the trees say; empty where nothing does."""
    # Imported here: most candidates end before, and its patterns take some milliseconds to compile.
    from keyguard.triage.harmless import are_words, is_label, is_public, is_reference

    if is_public(scene.name, scene.value):
        return "it is public by its kind: a public key, an id, a number, a date or a resource name"
    if is_reference(scene.path, scene.value, scene.before, scene.after):
        return "it is a reference: the name of what holds the value"
    if are_words(scene.name, scene.value) or is_label(scene.path, scene.value, scene.before, scene.above + scene.below):
        return "it is words: a label, its translation, or what no key is made of"
    return ""


def _never_more_than_low(scene: Scene) -> str:
    """Why no context makes a value more than doubtful; empty where one may."""
    from keyguard.triage.harmless import is_default, is_hash, is_own_name, is_sample, is_typed
    from keyguard.triage.placeholder import is_placeholder

    if is_own_name(scene.value) or is_placeholder(scene.value):
        return "the value is a placeholder"
    if is_default(scene.value, scene.before, scene.after):
        return "the value is a default that everybody knows or guesses"
    if is_sample(scene.path, scene.value):
        return "the value is an example, in a file to be copied and filled in"
    if is_typed(scene.value):
        return "the value is an odd number of hex digits, as nobody generates them"
    if len(scene.value) < _SHORTEST:
        return "the value is very short"
    return "the value is a hash or a salt" if is_hash(scene.name, scene.value) else ""


def _told(feature: int, share: int, value: int) -> str:
    part, name = NAMES[feature]
    said = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return f"{share / 1000:+.1f} {_PARTS[part]}: {name.replace('-', ' ')} {said}"
