"""Runs tasks on several processes, one task at a time each, and survives a worker that dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any, Protocol, TypeVar

from keyguard.errors import ObjectError

Task = TypeVar("Task", contravariant=True)
Result = TypeVar("Result", covariant=True)


class Worker(Protocol[Task, Result]):
    """Does tasks. Must survive pickling where processes cannot be forked."""

    def run(self, task: Task, /) -> Result: ...


def jobs_of(wanted: int) -> int:
    """The number of processes: what was asked for, else one for each core that this process may use."""
    if wanted:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_tasks(worker: Worker[Any, Result], tasks: Sequence[Any], jobs: int) -> Iterator[Result]:
    """The results in the order they are ready. Raises ObjectError where a worker process died."""
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        yield from map(worker.run, tasks)
        return
    # Forked workers share the mapped packs and the loaded engine; macOS may break forked processes.
    forks = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    context = multiprocessing.get_context("fork" if forks else "spawn")
    pairs = [context.Pipe() for _ in range(jobs)]
    processes = [
        context.Process(target=_work, args=(worker, child, [ours for ours, _ in pairs] if forks else []), daemon=True)
        for _, child in pairs
    ]
    try:
        for process in processes:
            process.start()  # type: ignore[attr-defined]  # the context is a union of two
        for _, child in pairs:
            child.close()
        yield from _hand_out([ours for ours, _ in pairs], list(tasks))
    finally:
        for ours, _ in pairs:
            ours.close()
        for process in processes:
            process.terminate()  # type: ignore[attr-defined]
            process.join()  # type: ignore[attr-defined]


def _work(worker: Worker[Any, Any], tasks: Connection, others: Sequence[Connection]) -> None:
    """The life of a worker: it ends when the other end of its pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in others:
        other.close()
    while True:
        try:
            task = tasks.recv()
        except EOFError:
            return
        tasks.send(worker.run(task))


def _hand_out(pipes: list[Connection], tasks: list[Any]) -> Iterator[Any]:
    todo = iter(tasks)
    busy: list[Connection] = []
    for pipe, task in zip(pipes, todo):
        pipe.send(task)
        busy.append(pipe)
    while busy:
        for ready in wait(busy):
            assert isinstance(ready, Connection)
            try:
                result = ready.recv()
            except (EOFError, ConnectionError):
                raise ObjectError("a worker process died", "is there enough memory? try: -j 1") from None
            task = next(todo, None)
            if task is None:
                busy.remove(ready)
            else:
                ready.send(task)
            yield result
