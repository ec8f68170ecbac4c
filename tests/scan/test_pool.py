"""Worker processes: whatever becomes of one, the scan ends and says why."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from keyguard.errors import ObjectError, RuleError
from keyguard.odb.forest import grow_forest
from keyguard.odb.pack import BLOB
from keyguard.odb.store import open_store
from keyguard.odb.walk import Chunk, Limits, cut_chunks
from keyguard.scan.matcher import open_matcher
from keyguard.scan.objects import LooseChunk, ObjectScanner
from keyguard.scan.pool import jobs_of, run_tasks
from tests.scan.planting import text, token

if TYPE_CHECKING:
    from keyguard.scan import ScanOptions
    from tests.repositories import Repo

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


@pytest.mark.parametrize("engine", ["auto", "portable"])
def test_a_scanner_can_be_sent_to_a_process_that_is_not_forked(
    git_repo: Repo, options: ScanOptions, engine: str
) -> None:
    git_repo.commit({"a": text("one"), "b/c": text("two")})
    git_repo.repack()
    git_repo.commit({"d": text("three")})
    store = open_store(git_repo.git_dir / "objects", 20)
    matcher = open_matcher(options._replace(engine=engine))
    limits = Limits(matcher.confirmer.margin, 1 << 20, 1 << 20, 20, True)
    scanner = ObjectScanner(matcher, store.packs, limits)
    sent = pickle.loads(pickle.dumps(scanner))  # noqa: S301 - it is our own
    pack = store.packs[0]
    tasks: list[Chunk | LooseChunk] = [
        *cut_chunks(0, pack, grow_forest(pack), BLOB, 1 << 20),
        LooseChunk(sorted(store.loose.items())),
    ]
    found = [sent.run(task).found for task in tasks]
    assert found == [scanner.run(task).found for task in tasks]
    assert {each.match.value for part in found for each in part} == {token(place) for place in ("one", "two", "three")}


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
