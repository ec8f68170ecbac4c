"""Whole passes: what must be silent, then what must not."""

from __future__ import annotations

import numpy as np
import pytest

from keyguard.audit.detect.detection import continues, detect
from keyguard.audit.detect.sensitivity import LEVELS
from keyguard.audit.detect.watched import Limits
from keyguard.audit.series import Floats
from keyguard.model.anomaly import Anomaly, Kind
from keyguard.model.grade import Severity
from keyguard.model.usage import DAY, HOUR, Span
from tests.audit.detect.histories import at, counted, office, quiet, watched


def robbed(money: Floats, day: float, hours: int, rate: float) -> Floats:
    out = money.copy()
    out[int(day * 24) : int(day * 24) + hours] += rate
    return out


def only(found: list[Anomaly]) -> Anomaly:
    assert len(found) == 1, [one.sentence for one in found]
    return found[0]


def test_honest_use_is_silent() -> None:
    keys = [watched(office(seed=seed), key=str(seed)) for seed in range(20)]
    assert detect([*keys, watched(quiet(), key="quiet")]) == []


def test_nothing_and_emptiness_are_silent() -> None:
    assert detect([]) == []
    assert detect([watched(office(1)[:1])]) == []
    assert detect([watched(np.zeros(24 * 20))]) == []


def test_cents_wake_nobody() -> None:
    assert detect([watched(robbed(office(level=0.05), 40, 8, 0.4))]) == []


def test_a_fall_is_not_an_anomaly() -> None:
    money = office()
    money[40 * 24 :] = 0
    assert detect([watched(money)]) == []


def test_missing_hours_and_credits_are_not_use() -> None:
    money = office()
    money[30 * 24 : 32 * 24] = np.nan
    money[35 * 24] = -50.0
    assert detect([watched(money)]) == []


def test_a_burst_is_one_event_that_ends() -> None:
    found = only(detect([watched(robbed(office(), 40 + 2 / 24, 5, 21.0))]))
    assert found.kind == Kind.UNUSUAL
    assert found.started == found.raised == at(40 + 2 / 24)
    assert found.ended is not None
    assert found.ended <= at(41)
    assert found.excess == pytest.approx(105, abs=2)
    assert found.severity == Severity.CRITICAL


@pytest.mark.parametrize(("hour", "hours", "rate"), [(2, 6, 5.0), (14, 6, 5.0), (2, 3, 10.0), (14, 8, 3.0)])
def test_a_like_theft_days_later_is_found_again(hour: int, hours: int, rate: float) -> None:
    money, days = office(), (34, 38, 42)
    for day in days:
        money = robbed(money, day + hour / 24, hours, rate)
    found = detect([watched(money)])
    assert [one.raised // DAY for one in found] == [at(day) // DAY for day in days]
    assert max(one.raised - at(day + hour / 24) for one, day in zip(found, days)) <= 5 * HOUR, "before $20 are gone"


def test_a_like_burst_of_a_quiet_key_is_found_again() -> None:
    money = quiet(60)
    for day in (40, 44, 48):
        money = robbed(money, day + 11 / 24, 1, 40.0)
    assert [one.raised for one in detect([watched(money)])] == [at(day + 11 / 24) for day in (40, 44, 48)]


def test_what_lasts_becomes_normal() -> None:
    money = office(70)
    money[40 * 24 :] *= 2.5
    found = detect([watched(money)])
    assert len(found) == 1, [one.sentence for one in found]
    assert found[0].ended is not None
    assert found[0].ended <= at(56)


def test_an_event_may_go_on_at_the_end_of_the_history() -> None:
    assert only(detect([watched(robbed(office(), 45.5, 12, 5.0))])).ended is None


def test_an_event_that_gets_worse_says_so_once_for_each_doubling() -> None:
    found = only(detect([watched(robbed(office(), 40, 48, 10.0))]))
    assert found.alarms[0] == found.raised
    assert 4 <= len(found.alarms) <= 8


def test_a_slow_ramp_is_found_before_it_is_dear() -> None:
    money = office(level=2.0)
    money[40 * 24 : 44 * 24] += 0.04 * np.arange(96)
    found = only(detect([watched(money)]))
    assert {found.kind, *found.also} & {Kind.RAMP, Kind.UNUSUAL}
    assert found.raised - at(40) <= 36 * HOUR


def test_first_use_silence_model_and_hour() -> None:
    fresh = np.zeros(24 * 30)
    fresh[20 * 24 : 20 * 24 + 4] = 5.0
    assert only(detect([watched(fresh)])).kind == Kind.FIRST
    assert only(detect([watched(fresh, model="dear")])).kind == Kind.MODEL
    late = np.full(24 * 30, np.nan)
    late[20 * 24 : 20 * 24 + 4] = 5.0
    assert only(detect([watched(late, model="dear", since=at(0))])).kind == Kind.MODEL
    assert detect([watched(late, key="new key of a new account")]) == []
    again = office()
    again[20 * 24 : 42 * 24] = 0
    again[42 * 24 :] *= 3
    assert Kind.SILENCE in {kind for one in detect([watched(again)]) for kind in (one.kind, *one.also)}
    night = np.where(np.arange(24 * 40) % 24 // 9 == 1, office(40), 0)
    found = only(detect([watched(robbed(night, 35 + 2 / 24, 3, 4.0))]))
    assert found.kind == Kind.HOUR
    assert "at an hour of the day" in found.sentence


def test_a_quiet_keys_burst() -> None:
    found = only(detect([watched(robbed(quiet(), 40 + 11 / 24, 3, 4.0))]))
    assert found.kind in {Kind.BURST, Kind.UNUSUAL}
    assert found.raised <= at(40 + 12 / 24)


def test_use_after_revocation_is_certain_whatever_it_costs() -> None:
    found = only(detect([watched(quiet(), revoked=at(44))]))
    assert (found.kind, found.severity, found.by_chance) == (Kind.REVOKED, Severity.CRITICAL, 0)
    assert found.raised == at(45.5)
    assert "this is certain" in found.sentence
    assert detect([watched(quiet(), revoked=at(46))]) == []


def test_use_while_exposed_is_told_once_and_lowers_the_bar() -> None:
    window = (Span(at(40), at(42)),)
    found = only(detect([watched(office(), exposed=window)]))
    assert (found.kind, found.severity, found.raised) == (Kind.EXPOSED, Severity.LOW, at(40))
    stolen = detect([watched(robbed(office(), 40.5, 12, 3.0), exposed=window)])
    assert [one.severity for one in stolen if one.kind != Kind.EXPOSED] == [Severity.HIGH]
    assert any(Kind.EXPOSED in one.also for one in stolen)


def test_limits_hold_from_the_first_hour() -> None:
    money = np.full(24 * 3, 1.0)
    assert detect([watched(money, limits=Limits(hourly=1.0, daily=24.0))]) == []
    found = only(detect([watched(money, limits=Limits(daily=20.0))]))
    assert (found.kind, found.raised) == (Kind.LIMIT, at(20 / 24))
    assert only(detect([watched(money, limits=Limits(hourly=150, of_requests=False, monthly=70.0))])).raised == at(
        70 / 24
    )
    assert only(detect([watched(money, limits=Limits(hourly=99, of_requests=True))])).raised == at(0)


def test_without_money_requests_are_judged() -> None:
    requests = office(level=200.0)
    assert detect([counted(requests)]) == []
    found = only(detect([counted(robbed(requests, 40, 5, 5000.0))]))
    assert "requests" in found.sentence
    assert "$" not in found.sentence


def test_an_unfinished_hour_can_alarm_and_teaches_nothing() -> None:
    money = robbed(office(50), 49 + 23 / 24, 1, 30.0)
    found = only(detect([watched(money, complete=False)]))
    assert found.raised == at(50) - HOUR


def test_later_hours_do_not_change_earlier_alarms() -> None:
    money = robbed(office(), 40, 30, 8.0)
    whole = only(detect([watched(money)]))
    for hours in (1, 3, 10, 29):
        part = only(detect([watched(money[: 40 * 24 + hours])]))
        assert (part.id, part.raised) == (whole.id, whole.raised)
        assert part.alarms == tuple(time for time in whole.alarms if time < at(40) + hours * HOUR)


def test_restated_data_continue_the_event() -> None:
    money = robbed(office(), 40, 30, 8.0)
    before = only(detect([watched(money)]))
    money[40 * 24] = 0
    after = only(detect([watched(money)]))
    assert after.id != before.id
    assert continues(before, after)
    far = before._replace(started=before.last + 3 * DAY, last=before.last + 4 * DAY)
    assert not continues(before, far)


def test_the_company_of_other_series_changes_nothing() -> None:
    money = robbed(office(), 40, 5, 20.0)
    alone = detect([watched(money)])
    others = [watched(office(30, seed), key=str(seed)) for seed in range(3)]
    assert [one for one in detect([*others, watched(money)]) if one.series.key == "ci"] == alone


def test_sensitivity_moves_the_floor() -> None:
    money = robbed(office(level=0.2), 40, 4, 2.0)
    assert detect([watched(money)], LEVELS["low"]) == []
    assert len(detect([watched(money)], LEVELS["normal"])) == 1
    assert len(detect([watched(money)], LEVELS["high"])) >= 1


def test_the_sentence_says_all() -> None:
    said = only(detect([watched(robbed(office(), 40, 5, 20.0))])).sentence
    assert said.startswith("openai/acme: key ci is far above what is normal for these hours: $")
    for part in ("from 2026-02-14 00:00 to 2026-02-14", "is normal", "above normal so far", "without a cause"):
        assert part in said


@pytest.mark.parametrize("hours", [1, -1])
def test_summer_time_in_the_owners_country_is_no_anomaly(hours: int) -> None:
    keys = []
    for seed in range(20):
        money, change = office(90, seed=seed), 45 * 24
        money[change:] = np.roll(money, hours)[change:]
        keys.append(watched(money, key=str(seed)))
    assert detect(keys) == []


def test_holidays_make_no_habit() -> None:
    money = office(60, level=4.0)
    for day in (4, 18):  # Fridays
        money[day * 24 : day * 24 + 24] = money[5 * 24 : 6 * 24]
    assert detect([watched(money)]) == []


def test_after_an_alarm_the_next_has_to_be_worth_more() -> None:
    def found(first: float) -> int:
        return len(detect([watched(robbed(robbed(office(), 32.1, 2, first), 40.1, 1, 11.0))]))

    assert found(0) == 1
    assert found(50.0) == 1, "$11 are less than three floors"
    assert len(detect([watched(robbed(robbed(office(), 32.1, 2, 50.0), 40.1, 2, 11.0))])) == 2
