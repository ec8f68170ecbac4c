from __future__ import annotations

from pathlib import Path

from keyguard.audit.report.reach import Reach, reach_of
from keyguard.model.usage import DAY, HOUR, Span
from keyguard.state.database import open_state
from keyguard.state.usage import AREA, Place, replace_points

REACH = Reach({"a": (Span(10, 20), Span(30, 40)), "b": (Span(0, 40),)})


def test_what_was_never_read_is_not_known() -> None:
    assert not REACH.knows(Span(0, 100), ["c"])
    assert not REACH.knows(Span(20, 30), ["a"])
    assert not REACH.knows(Span(20, 30), [])
    assert REACH.gaps("c") == ()


def test_a_part_is_known_but_not_covered() -> None:
    assert REACH.knows(Span(15, 25), ["a"])
    assert not REACH.covers(Span(15, 25), ["a"])
    assert REACH.covers(Span(15, 25), ["b"])
    assert not REACH.covers(Span(15, 25), ["a", "b"])
    assert not REACH.covers(Span(35, 45), ["a"])


def test_before_the_first_read_of_a_source_the_others_count() -> None:
    assert REACH.covers(Span(0, 10), ["a", "b"])
    assert REACH.covers(Span(5, 15), ["a"])


def test_stretches_of_all_granularities_are_joined(tmp_path: Path) -> None:
    with open_state(tmp_path / "state", [AREA]) as state:
        place = Place("openai", "main", "costs")
        for granularity, span in (
            (DAY, Span(0, 2 * DAY)),
            (HOUR, Span(2 * DAY, 3 * DAY)),
            (HOUR, Span(4 * DAY, 5 * DAY)),
        ):
            replace_points(state, place, granularity, span, [])
        reach = reach_of(state, "openai", "main")
    assert reach.spans == {"costs": (Span(0, 3 * DAY), Span(4 * DAY, 5 * DAY))}
    assert reach.gaps("costs") == (Span(3 * DAY, 4 * DAY),)
