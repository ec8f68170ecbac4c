"""Runs tasks on several processes, and survives a worker that dies."""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import Any, NamedTuple, Protocol, TypeVar

from keyguard.errors import ObjectError

Task_contra = TypeVar("Task_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)


class Worker(Protocol[Task_contra, Result_co]):
    """Does tasks. Must survive pickling where processes cannot be forked."""

    def run(self, task: Task_contra, /) -> Result_co: ...


def jobs_of(wanted: int) -> int:
    """The number of processes: what was asked for, else one for each core that this process may use."""
    if wanted:
        return wanted
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_tasks(worker: Worker[Any, Result_co], tasks: Sequence[Any], jobs: int) -> Iterator[Result_co]:
    """The results in the order they are ready. Raises ObjectError where a worker process died, and what it raised."""
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        yield from map(worker.run, tasks)
        return
    # Forked workers share the mapped packs and the loaded engine; macOS may break forked processes.
    forks = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
    context: Any = multiprocessing.get_context("fork" if forks else "spawn")
    pairs = [context.Pipe() for _ in range(jobs)]
    # A forked worker has the ends of all pipes. While it holds another's, nobody sees that one die.
    inherited = [end for pair in pairs for end in pair] if forks else []
    processes = [
        context.Process(
            target=_work, args=(worker, tasks, child, [end for end in inherited if end is not child]), daemon=True
        )
        for _, child in pairs
    ]
    try:
        with _uninterrupted():
            for process in processes:
                process.start()
        for _, child in pairs:
            child.close()
        yield from _hand_out([ours for ours, _ in pairs], len(tasks))
    finally:
        for ours, _ in pairs:
            ours.close()
        for process in processes:
            if process.pid is not None:
                process.terminate()
                process.join()


def _work(worker: Worker[Any, Any], tasks: Sequence[Any], numbers: Connection, others: Sequence[Connection]) -> None:
    """The life of a worker: it ends when the other end of its pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A handler in Python would wait until a long match is over.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for other in others:
        other.close()
    # What a task makes has no cycles; looking for them takes a twentieth of the time.
    gc.disable()
    try:
        while True:
            # `send` pickles into a growing buffer, which takes twenty times as long.
            numbers.send_bytes(pickle.dumps(_outcome(worker, tasks[numbers.recv()]), pickle.HIGHEST_PROTOCOL))
    except (EOFError, OSError):
        return


def _outcome(worker: Worker[Any, Any], task: Any) -> Any:
    try:
        return worker.run(task)
    except MemoryError:
        return _Fault(ObjectError("there is not enough memory", "try: -j 1, or a smaller --memory"))
    except Exception as error:  # noqa: BLE001 - the last door of this process: the other one raises it
        return _Fault(error)


class _Fault(NamedTuple):
    """What a task raised."""

    error: Exception


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until the workers that were started are known, and meets none that does not ignore it yet."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _hand_out(pipes: list[Connection], count: int) -> Iterator[Any]:
    """Hands out tasks by number: so little is never stuck in a pipe whose worker is stuck at the other end."""
    todo = iter(range(count))
    given = dict.fromkeys(pipes, 0)
    # A second task lies ready, so that nobody waits while this process is at work itself.
    for pipe, task in zip([*pipes, *pipes], todo):
        _talk(pipe.send, task)
        given[pipe] += 1
    while busy := [pipe for pipe in pipes if given[pipe]]:
        ready: Any
        for ready in wait(busy):
            result = pickle.loads(_talk(ready.recv_bytes))  # noqa: S301 - it is from a worker of our own
            if isinstance(result, _Fault):
                raise result.error
            given[ready] -= 1
            for task in islice(todo, 1):
                _talk(ready.send, task)
                given[ready] += 1
            yield result


def _talk(call: Callable[..., Any], *words: Any) -> Any:
    """Sends to a worker, or hears from it. A pipe that breaks here is not the one that a report goes to."""
    try:
        return call(*words)
    except (EOFError, OSError):
        raise ObjectError("a worker process died", "is there enough memory? try: -j 1") from None
