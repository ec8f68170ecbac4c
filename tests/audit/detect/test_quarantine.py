from __future__ import annotations

import numpy as np

from keyguard.audit.detect.quarantine import Quarantine
from keyguard.model.usage import DAY, HOUR


def held(days: dict[int, int], *, excess: float = 10.0, total: int = 30) -> list[bool]:
    """Whether each hour was held back, where so many hours of those days were unusual. The floor is 5."""
    quarantine = Quarantine(HOUR, np.array([5.0]))
    return [
        bool(quarantine.holds(np.array([flag]), np.array([excess if flag else 0.0]))[0])
        for day in range(total)
        for hour in range(24)
        for flag in [hour < days.get(day, 0)]
    ]


def test_what_is_cheap_or_usual_is_not_held_back() -> None:
    assert not any(held({}))
    assert not any(held({3: 1}, excess=4.0))


def test_hours_of_an_event_are_held_back_from_the_floor_on() -> None:
    assert np.flatnonzero(held({3: 3})).tolist() == [72, 73, 74]
    assert np.flatnonzero(held({3: 3}, excess=2.0)).tolist() == [74]
    assert not any(held({3: 1, 6: 1, 9: 1}, excess=4.0)), "events days apart do not add up"


def test_thefts_now_and_then_never_become_normal() -> None:
    often = dict.fromkeys(range(0, 120, 4), 6)
    assert sum(held(often, total=120)) == 6 * 30


def test_after_a_week_it_is_the_new_normal() -> None:
    lasting = np.flatnonzero(held(dict.fromkeys(range(3, 30), 24)))
    assert 5 * DAY // HOUR <= lasting[-1] - lasting[0] <= 7 * DAY // HOUR
