"""All that can allow a match where it stands: comments, tables of the configuration, allowlists of rule files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from keyguard.model import Allowance, Rule
from keyguard.model.namedtuple import NamedTuple
from keyguard.model.rule import SECRET, base_name
from keyguard.model.silence import Exemption
from keyguard.triage.rooted import Root

if TYPE_CHECKING:
    from keyguard.triage.allow import Names
    from keyguard.triage.context import Passage, Verdict
    from keyguard.triage.match import Match

SIGHT = 1024


class Surroundings(NamedTuple):
    """The text around a match, no more than `SIGHT` bytes on each side, and where the value is in it."""

    text: bytes
    start: int
    end: int
    clipped: bool


class Allowlist:
    """Judges matches of a fixed list of rules. A verdict depends on path, commit, value and `SIGHT` bytes around it.

    In a working tree paths are seen from `root`.
    """

    def __init__(self, rules: Sequence[Rule], exemptions: Sequence[Exemption] = (), root: Root | None = None) -> None:
        self._rules, self._exemptions, self._root = rules, exemptions, root or Root()
        self._names: Names | None = None

    def __reduce__(self) -> tuple[type[Allowlist], tuple[object, ...]]:
        return Allowlist, (self._rules, self._exemptions, self._root)

    def judge(self, passage: Passage, match: Match, verdict: Verdict, commit: str = "") -> Verdict:
        """The verdict with what allows the match, if anything does; without confidence where its rule does not hold."""
        rule = self._rules[match.rule]
        if (rule.path or rule.keywords) and not self._holds(rule, passage):
            return verdict._replace(confidence=None)
        allowed = self.allowance(match, passage.text, passage.origin, passage.path, commit)
        return verdict._replace(allowed=allowed) if allowed else verdict

    def _holds(self, rule: Rule, passage: Passage) -> bool:
        from keyguard.triage.exemption import holds

        return holds(rule, self._root.seen(passage.path), passage.text)

    def allowance(self, match: Match, text: bytes, origin: int, path: bytes, commit: str) -> Allowance | None:
        """What allows the match, if anything does. `text` is what is known of the object, from `origin` on."""
        from keyguard.triage.allow import inline_allowance

        rule = self._rules[match.rule]
        start = match.start - origin
        around = _around(text, start, start + len(match.value), origin)
        found = inline_allowance(
            around.text, around.start, around.end, (rule.id, rule.provider), self._known(), clipped=around.clipped
        )
        if found or not self._exemptions:
            return found
        from keyguard.triage.exemption import Place, exempt

        seen = self._root.seen(path)
        whole = partial(_whole, rule, around)
        return exempt(self._exemptions, Place(rule.id, rule.provider, seen, commit, match.value, _lines(around), whole))

    def _known(self) -> Names:
        from keyguard.triage.allow import Names

        if self._names is None:
            self._names = Names(
                frozenset(rule.id for rule in self._rules), frozenset(rule.provider for rule in self._rules)
            )
        return self._names


def _around(text: bytes, start: int, end: int, origin: int) -> Surroundings:
    low = max(0, start - SIGHT)
    return Surroundings(text[low : end + SIGHT], start - low, end - low, low + origin > 0)


def _lines(around: Surroundings) -> bytes:
    """The lines that the value is on."""
    text, start, end, _ = around
    last = text.find(b"\n", end)
    return text[text.rfind(b"\n", 0, start) + 1 : last if last >= 0 else len(text)]


def _whole(rule: Rule, around: Surroundings) -> bytes:
    """All that the rule's pattern matched there; the value where that cannot be told again."""
    import regex

    pattern = regex.compile(rule.pattern.encode())
    groups: list[str | int] = [name for name in pattern.groupindex if base_name(name) == SECRET]
    text, start, end, _ = around
    try:
        for match in pattern.finditer(text, overlapped=True, timeout=2.0, concurrent=False):
            if any(match.span(group) == (start, end) for group in groups or [0]):
                return bytes(match[0])
    except TimeoutError:
        pass
    return text[start:end]
