"""Small versions of bench/anomaly.py, with fixed seeds."""

from __future__ import annotations

import math
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

_BENCH = Path(__file__).parents[3] / "bench"


@pytest.fixture
def nab(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(_BENCH))
    return import_module("nab")


@pytest.fixture
def trial(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(_BENCH))
    return import_module("trial")


def _scored(nab: ModuleType, hits: list[int], profile: str = "standard") -> float:
    """A record of 1,000 rows with windows at 300..399 and 700..799."""
    record = nab.Record("a/b.csv", np.arange(1000.0), np.zeros(1000), [(300, 399), (700, 799)])
    scores = np.zeros(1000)
    scores[hits] = 1.0
    return float(nab.score([record], [scores], nab.PROFILES[profile], 1.0))


def test_nothing_scores_0_and_perfect_100(nab: ModuleType) -> None:
    for profile in nab.PROFILES:
        assert _scored(nab, [], profile) == 0
        assert _scored(nab, [300, 700], profile) == pytest.approx(100)


def test_probation_does_not_count(nab: ModuleType) -> None:
    assert _scored(nab, [0, 149]) == 0
    assert _scored(nab, [150]) == pytest.approx(-0.11 / 4 * 100)


def test_only_the_first_detection_of_a_window_counts_and_late_ones_less(nab: ModuleType) -> None:
    assert _scored(nab, [300, 301, 399]) == _scored(nab, [300]) == pytest.approx(50)
    top = 2 / (1 + math.exp(-5)) - 1
    late = (2 / (1 + math.exp(-0.05)) - 1) / top
    assert _scored(nab, [399]) == pytest.approx((1 + late) / 4 * 100)


def test_a_detection_soon_after_a_window_costs_less(nab: ModuleType) -> None:
    near, far = _scored(nab, [402]), _scored(nab, [690])
    assert far < near < 0
    assert far == pytest.approx(-0.11 / 4 * 100, rel=0.001)
    assert _scored(nab, [690], "reward_low_FP") == pytest.approx(2 * far)


def test_the_best_threshold_is_found(nab: ModuleType) -> None:
    record = nab.Record("a/b.csv", np.arange(1000.0), np.zeros(1000), [(300, 399)])
    scores = np.zeros(1000)
    scores[[300, 500, 600]] = 3.0, 2.0, 4.0
    value, threshold = nab.best([record], [scores], nab.PROFILES["standard"])
    assert threshold == 3.0
    assert value == pytest.approx(float(nab.score([record], [scores], nab.PROFILES["standard"], 3.0)))


def test_the_core_finds_a_step_in_a_daily_rhythm_in_either_direction(nab: ModuleType) -> None:
    detectors = import_module("nab_detectors")
    random = np.random.default_rng(3)
    records = []
    for step in (30.0, -30.0, 0.0):
        values = 50 + 10 * np.sin(np.arange(1200) * 2 * np.pi / 24) + random.normal(0, 1, 1200)
        values[900:960] += step
        records.append(nab.Record(f"a/{step}.csv", 3600.0 * np.arange(1200), values, [(890, 960)] if step else []))
    scores = detectors.core(records)
    value, threshold = nab.best(records, scores, nab.PROFILES["standard"])
    assert value > 80
    assert [nab.tally(record, one, threshold)[0] for record, one in zip(records, scores)] == [1, 1, 0]


def test_thefts_are_found_in_time_and_honest_keys_left_alone(trial: ModuleType) -> None:
    outcome = trial.run(seed=900, keys=60)
    found = {
        name: [one.found for one in outcome.catches if one.watcher == name]
        for name in ("keyguard", "mean + 2 sigma", "daily, a day late")
    }
    assert np.mean(found["keyguard"]) >= 0.95
    assert np.mean(found["mean + 2 sigma"]) < 0.5
    assert np.mean(found["daily, a day late"]) < 0.1
    assert np.mean(outcome.false["keyguard"]) <= 0.3
    assert np.mean(np.array(outcome.false["keyguard"]) <= 1) >= 0.95
