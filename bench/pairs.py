"""Runs contenders against keyguard in alternating pairs (keyguard, other, keyguard, other …)."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from contenders import Contender, fill, hide, missing
from findings import count
from measure import RunError, Sample, Task, run

EXCERPT: Final = 240


class Plan(NamedTuple):
    """`budget`: seconds after which one contender gets no further run. `places`: what fills its command line."""

    runs: int
    timeout: float
    budget: float
    folder: Path
    places: Mapping[str, str]
    environment: Mapping[str, str]


class Outcome(NamedTuple):
    """What one contender did. `ratios`: its wall time over keyguard's, pair by pair. `trouble`: why it has no times."""

    contender: Contender
    samples: tuple[Sample, ...] = ()
    ratios: tuple[float, ...] = ()
    tree: int = 0
    findings: int | None = None
    remark: str = ""
    trouble: str = ""


def compete(own: Contender, others: list[Contender], plan: Plan) -> list[Outcome]:
    """keyguard first, then the others as listed. A keyguard that fails is told of, and the others run alone."""
    first = _warm_up(own, plan)
    rival = None if first.trouble else own
    outcomes = [_pair_up(_warm_up(other, plan), rival, plan) for other in others]
    if not rival:
        return [first, *(outcome for outcome, _ in outcomes)]
    samples = tuple(sample for _, own_samples in outcomes for sample in own_samples)
    samples = samples or tuple(_measure(own, plan) for _ in range(plan.runs))
    return [first._replace(samples=samples), *(outcome for outcome, _ in outcomes)]


def _warm_up(contender: Contender, plan: Plan) -> Outcome:
    """One run that is not timed: fills caches, shows whether it works, and is where memory is sampled."""
    if reason := missing(contender):
        return Outcome(contender, trouble=reason)
    _tell(f"{contender.name}: warm-up")
    try:
        sample = _measure(contender, plan, sample_tree=True)
    except RunError as error:
        return Outcome(contender, trouble=str(error))
    found = count(contender.findings, Path(plan.places["{report}"]))
    return Outcome(contender, tree=sample.tree, findings=found, remark=_remark(contender, sample, plan))


def _pair_up(outcome: Outcome, rival: Contender | None, plan: Plan) -> tuple[Outcome, list[Sample]]:
    """The outcome with its times, and the times of keyguard in the same pairs."""
    samples: list[Sample] = []
    own: list[Sample] = []
    while not outcome.trouble and len(samples) < plan.runs and sum(one.wall for one in samples) < plan.budget:
        try:
            if rival:
                own.append(_measure_rival(rival, plan))
            samples.append(_measure(outcome.contender, plan))
        except RunError as error:
            outcome = outcome._replace(trouble=f"run {len(samples) + 1}: {error}")
    if not outcome.trouble and samples:
        walls = [f"{one.wall:.2f}" for one in samples]
        _tell(f"{outcome.contender.name}: {' '.join(walls)} s, median {median(one.wall for one in samples):.2f} s")
    own = own[: len(samples)]
    ratios = tuple(theirs.wall / ours.wall for ours, theirs in zip(own, samples, strict=False))
    return outcome._replace(samples=tuple(samples), ratios=ratios), own


def _measure_rival(rival: Contender, plan: Plan) -> Sample:
    """As `_measure`; a failure is told as keyguard's, not as that of the contender in the same pair."""
    try:
        return _measure(rival, plan)
    except RunError as error:
        raise RunError(f"keyguard failed in this pair: {error}") from error


def _measure(contender: Contender, plan: Plan, *, sample_tree: bool = False) -> Sample:
    """One run that did its work, else RunError."""
    _empty(plan.folder)
    put: Callable[[str], str] = lambda word: fill(word, plan.places)  # noqa: E731 (shorter than a partial)
    task = Task(
        tuple(map(put, contender.command)),
        plan.folder,
        {**plan.environment, **dict(contender.environment)},
        put(contender.stdin),
        put(contender.stdout),
    )
    sample = run(task, plan.timeout, sample_tree=sample_tree)
    if sample.code not in contender.good:
        raise RunError(f"exit code {sample.code}: {_excerpt(sample.stderr, plan)}")
    return sample


def _empty(folder: Path) -> None:
    """A report of the run before must not be counted for this one."""
    for entry in folder.iterdir():
        if entry.name != "list":
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()


def _remark(contender: Contender, sample: Sample, plan: Plan) -> str:
    if contender.findings == "keyguard" and sample.code == 3:
        return "incomplete: something could not be read"
    found = re.search(contender.incomplete, sample.stderr) if contender.incomplete else None
    return f"incomplete: {_excerpt(found[0], plan)}" if found else ""


def _excerpt(text: str, plan: Plan) -> str:
    """One line; its end, where programs tell what went wrong."""
    line = hide(" ".join(text.split()), plan.places)
    return line if len(line) <= EXCERPT else f"…{line[-EXCERPT:]}"


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
