"""Runs tasks on several processes, one task at a time each, and survives a worker that dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
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
        context.Process(target=_work, args=(worker, child, [end for end in inherited if end is not child]), daemon=True)
        for _, child in pairs
    ]
    try:
        with _uninterrupted():
            for process in processes:
                process.start()
        for _, child in pairs:
            child.close()
        yield from _hand_out([ours for ours, _ in pairs], list(tasks))
    finally:
        for ours, _ in pairs:
            ours.close()
        for process in processes:
            if process.pid is not None:
                process.terminate()
                process.join()


def _work(worker: Worker[Any, Any], tasks: Connection, others: Sequence[Connection]) -> None:
    """The life of a worker: it ends when the other end of its pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # A handler in Python would wait until a long match is over.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    for other in others:
        other.close()
    try:
        while True:
            task = tasks.recv()
            tasks.send(_outcome(worker, task))
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


def _hand_out(pipes: list[Connection], tasks: list[Any]) -> Iterator[Any]:
    todo = iter(tasks)
    busy: list[Any] = []
    for pipe, task in zip(pipes, todo):
        _talk(pipe.send, task)
        busy.append(pipe)
    while busy:
        ready: Any
        for ready in wait(busy):
            result = _talk(ready.recv)
            if isinstance(result, _Fault):
                raise result.error
            task = next(todo, None)
            if task is None:
                busy.remove(ready)
            else:
                _talk(ready.send, task)
            yield result


def _talk(call: Callable[..., Any], *words: Any) -> Any:
    """Sends to a worker, or hears from it. A pipe that breaks here is not the one that a report goes to."""
    try:
        return call(*words)
    except (EOFError, OSError):
        raise ObjectError("a worker process died", "is there enough memory? try: -j 1") from None
