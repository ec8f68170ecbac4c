"""Worker processes: whatever becomes of one, the scan ends and says why."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

import pytest

from keyguard.errors import ObjectError, RuleError
from keyguard.scan.pool import jobs_of, run_tasks

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


class Doubler:
    """Doubles numbers; does something else to what is no number."""

    def run(self, task: Any) -> Any:
        if task == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if task == "exit":
            os._exit(3)
        if task == "fail":
            raise RuleError("it is wrong", "mend it")
        if task == "memory":
            raise MemoryError
        if task == "sleep":
            time.sleep(600)
        return 2 * task


@posix
@pytest.mark.parametrize("end", ["die", "exit"])
@pytest.mark.parametrize("others", [[], ["sleep"], [1, 2, 3]])
def test_a_worker_that_dies_ends_it(end: str, others: list[Any]) -> None:
    """Also while another one goes on, and holds what it was started with."""
    with pytest.raises(ObjectError, match="a worker process died") as caught:
        list(run_tasks(Doubler(), [*others, end, *others, 1], 2))
    assert caught.value.exit_code == 3
    assert caught.value.hint


@posix
def test_workers_that_die_between_tasks_are_no_closed_pipe() -> None:
    """A report that nobody reads is a success, a worker that nobody hears is not."""
    results = run_tasks(Doubler(), [1] * 200_000, 2)
    next(results)
    _kill_children()
    with pytest.raises(ObjectError, match="a worker process died"):
        list(results)


def _kill_children() -> None:
    import multiprocessing

    for process in multiprocessing.active_children():
        process.kill()


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_task_raises_is_raised_here(jobs: int) -> None:
    with pytest.raises(RuleError, match="it is wrong") as caught:
        list(run_tasks(Doubler(), [1, "fail", 1], jobs))
    assert caught.value.hint == "mend it"


def test_a_worker_without_memory_says_so() -> None:
    with pytest.raises(ObjectError, match="not enough memory"):
        list(run_tasks(Doubler(), [1, "memory"], 2))


def test_leaving_early_leaves_no_process() -> None:
    import multiprocessing

    results = run_tasks(Doubler(), [1, 2, "sleep", "sleep"], 2)
    next(results)
    results.close()  # type: ignore[attr-defined]  # it is a generator
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("jobs", [0, 1, 2, 3, 100])
def test_every_task_once(jobs: int) -> None:
    assert sorted(run_tasks(Doubler(), range(50), jobs)) == [2 * number for number in range(50)]
    assert list(run_tasks(Doubler(), [], jobs)) == []


def test_jobs() -> None:
    assert jobs_of(3) == 3
    assert jobs_of(0) >= 1
