"""Adds up what the chunks of a history gave."""

from __future__ import annotations

from collections.abc import Iterator

from keyguard.git.revisions import Reach
from keyguard.model import Skip
from keyguard.odb.attribution import MOST_PATHS
from keyguard.odb.commits import Links
from keyguard.odb.forest import Forest, endless_objects, lost_objects
from keyguard.odb.pack import Pack
from keyguard.odb.trees import Births, TreeDeltas
from keyguard.scan.objects import Found, Outcome

_MOST_DELTAS = 128 << 20


class Census:
    """All that was found in a store, by object; `values` are those in the wanted part of history (None: all of it)."""

    def __init__(self, wanted: Reach | None) -> None:
        self._wanted = wanted
        self.objects = self.content = self.scanned = 0
        self.found: dict[str, list[Found]] = {}
        self.values: set[bytes] = set()
        self.links: dict[str, Links] = {}
        self.births: dict[int, list[Births]] = {}
        self.deltas: dict[int, list[TreeDeltas]] = {}
        self._held = 0
        self.labels: set[tuple[bytes, str]] = set()
        self.trees: dict[str, list[tuple[str, bytes]]] = {}
        self.failures: dict[str, tuple[str, str]] = {}
        self.crowded: set[int] = set()
        self._timeouts: set[tuple[str, str]] = set()

    def add(self, outcome: Outcome) -> None:
        self.objects += outcome.objects
        self.content += outcome.content
        self.scanned += outcome.scanned
        for found in outcome.found:
            self.add_found(found)
        for table in outcome.links:
            self.links.update(table.rows())
        self.births.setdefault(outcome.pack, []).extend(outcome.births)
        self._hold(outcome)
        self.labels |= outcome.labels
        self.trees.update(outcome.trees)
        self.failures.update((name, (kind, reason)) for name, kind, reason in outcome.failures)
        self._timeouts.update(outcome.timeouts)

    def _hold(self, outcome: Outcome) -> None:
        """Keeps the deltas of trees as long as they fit the budget; the rest is read again."""
        self._held += sum(len(deltas.data) for deltas in outcome.deltas)
        if self._held <= _MOST_DELTAS:
            self.deltas.setdefault(outcome.pack, []).extend(outcome.deltas)

    def add_found(self, found: Found) -> None:
        self.found.setdefault(found.name, []).append(found)
        if self._wanted is None or found.name in self._wanted.objects:
            self.values.add(found.match.value)

    def add_lost(self, pack: Pack, forest: Forest) -> None:
        """Notes the objects that no walk of the pack reaches."""
        endless = set(endless_objects(forest))
        for number in lost_objects(forest):
            lost = "its header or delta base is broken or missing"
            reason = "its delta bases lead in a circle" if number in endless else lost
            self.failures[pack.name(number)] = ("", reason)

    def skips(self) -> Iterator[Skip]:
        for key in self.crowded:
            yield Skip(f"object {key:016x}", f"it has more than {MOST_PATHS} paths; only the first are listed", True)
        for name, rule in self._timeouts:
            yield Skip(f"object {name}", f"rule {rule} took too long on it")
