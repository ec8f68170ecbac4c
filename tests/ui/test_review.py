from __future__ import annotations

from collections.abc import Sequence

from keyguard.model.silence import Known
from keyguard.ui.review import Tally, View, review

VIEWS = [
    View(Known(f"{n}" * 32, "acme-key", f"a{n}…", (f"{n}.py",)), f"{n}.py:1:1", ("1  key = a…",)) for n in range(3)
]


class Keeper:
    def __init__(self, keys: str) -> None:
        self.keys = list(keys)
        self.kept: list[list[str]] = []
        self.said: list[str] = []

    def ask(self) -> str:
        return self.keys.pop(0) if self.keys else ""

    def keep(self, entries: Sequence[Known]) -> None:
        self.kept.append([entry.audit for entry in entries])

    def run(self, views: Sequence[View] = VIEWS) -> Tally:
        return review(views, self.ask, self.said.append, self.keep)


def test_end_of_input_decides_nothing() -> None:
    keeper = Keeper("")
    assert keeper.run() == Tally(0, 0, 3)
    assert keeper.kept == []


def test_unknown_keys_are_asked_again() -> None:
    keeper = Keeper("xyq")
    assert keeper.run() == Tally(0, 0, 3)
    assert keeper.said.count("[r]eal  [f]alse  [s]kip  [b]ack  [q]uit") == 3


def test_each_answer_is_kept_at_once() -> None:
    keeper = Keeper("rsf")
    assert keeper.run() == Tally(1, 1, 1)
    assert keeper.kept == [["real", "", ""], ["real", "", "false"]]


def test_back_changes_an_answer() -> None:
    keeper = Keeper("rbfq")
    assert keeper.run() == Tally(0, 1, 2)
    assert keeper.kept == [["real", "", ""], ["false", "", ""]]


def test_goes_on_where_it_ended() -> None:
    views = [VIEWS[0]._replace(entry=VIEWS[0].entry._replace(audit="real")), *VIEWS[1:]]
    keeper = Keeper("q")
    assert keeper.run(views) == Tally(1, 0, 2)
    assert "1 of 2: acme-key  a1…" in keeper.said


def test_what_is_gone_is_named() -> None:
    keeper = Keeper("q")
    keeper.run([VIEWS[0]._replace(place="", lines=())])
    assert any("no longer found (0.py)" in line for line in keeper.said)
