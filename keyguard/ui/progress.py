"""A progress bar on standard error. rich is imported only when there is a bar."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress

    from keyguard.model import Tick

_SECONDS_BETWEEN = 0.1


@contextmanager
def progress(enabled: bool, stream: TextIO | None = None) -> Iterator[Callable[[Tick], None] | None]:
    """Yields a function that takes ticks, or None where no bar is wanted.

    Whoever enables it has seen that `stream` (standard error if None) is a terminal. The bar is gone and the cursor
    back when the block ends, also on Ctrl-C.
    """
    if not enabled:
        yield None
        return
    with _bar(stream or sys.stderr) as bar:
        yield _tick_taker(bar)


def _bar(stream: TextIO) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    # No refresh thread: a scan forks workers, and forking a process that has threads can lock up the child.
    return Progress(
        TextColumn("scanning"),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        TextColumn("{task.fields[size]}"),
        TextColumn("{task.fields[findings]} found"),
        TimeElapsedColumn(),
        console=Console(file=stream, force_terminal=True),
        auto_refresh=False,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _tick_taker(bar: Progress) -> Callable[[Tick], None]:
    task = bar.add_task("", total=None, size="", findings=0)
    due = 0.0

    def take(tick: Tick) -> None:
        nonlocal due
        now = time.monotonic()
        if now < due:
            return
        due = now + _SECONDS_BETWEEN
        size = _size_text(tick.size)
        bar.update(task, completed=tick.done, total=tick.total or None, size=size, findings=tick.findings)
        bar.refresh()

    return take


def _size_text(size: int) -> str:
    return f"{size / (1 << 20):.1f} MiB"
