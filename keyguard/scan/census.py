"""Adds up what the chunks of a history gave."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from keyguard.git.revisions import Reach
from keyguard.model import Skip
from keyguard.odb.commits import Links
from keyguard.odb.forest import Forest
from keyguard.odb.pack import Pack
from keyguard.odb.trees import Births, WindowBirths
from keyguard.scan.objects import Found, Outcome


class Census:
    """All that was found in a store, by object. `wanted` narrows it to a part of history; None is everything."""

    def __init__(self, wanted: Reach | None) -> None:
        self._wanted = wanted
        self.objects = self.content = self.scanned = 0
        self.found: dict[str, list[Found]] = {}
        self.values: set[bytes] = set()
        self.links: dict[str, Links] = {}
        self.wholes: dict[int, list[Births]] = {}
        self.windows: dict[int, list[WindowBirths]] = {}
        self.labels: set[tuple[bytes, str]] = set()
        self.trees: dict[str, list[tuple[str, bytes]]] = {}
        self.failures: dict[str, tuple[str, str]] = {}
        self._timeouts: set[tuple[str, str]] = set()

    def add(self, outcome: Outcome) -> None:
        self.objects += outcome.objects
        self.content += outcome.content
        self.scanned += outcome.scanned
        for found in outcome.found:
            self.add_found(found)
        self.links.update(outcome.links)
        self.wholes.setdefault(outcome.pack, []).extend(outcome.wholes)
        self.windows.setdefault(outcome.pack, []).extend(outcome.windows)
        self.labels |= outcome.labels
        self.trees.update(outcome.trees)
        self.failures.update((name, (kind, reason)) for name, kind, reason in outcome.failures)
        self._timeouts.update(outcome.timeouts)

    def add_found(self, found: Found) -> None:
        if self._wanted is None or found.name in self._wanted.objects:
            self.found.setdefault(found.name, []).append(found)
            self.values.add(found.match.value)

    def add_lost(self, pack: Pack, forest: Forest) -> None:
        """Notes the objects that no walk of the pack reaches."""
        for number in np.flatnonzero(forest.depths < 0).tolist():
            reason = "its header or delta base is broken, missing, or in a cycle"
            self.failures[pack.name(number)] = ("", reason)

    def skips(self) -> Iterator[Skip]:
        for name, rule in self._timeouts:
            yield Skip(f"object {name}", f"rule {rule} took too long on it")
