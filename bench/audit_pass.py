"""Measures one real `keyguard audit run` over 500 keys with 90 days of hourly figures in the store.

The store is filled first, as 90 days of runs would have left it; the run then reads what is due from a fake OpenAI in
this process, judges all series, and keeps what it found. A first run, on a copy, lets the fake work its answers out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple

from keyguard.model.usage import HOUR, SeriesName, Span, UsagePoint, UsageSeries
from keyguard.state.database import open_state
from keyguard.state.usage import AREA, Place, replace_points

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from spending import PRICE, invent  # noqa: E402 - a neighbour, as run by its path

from tests.audit.fakes import llm  # noqa: E402 - the tests' own fake
from tests.audit.fakes.ledger import Ledger, used  # noqa: E402
from tests.http.server import Asked, Reply, Server  # noqa: E402

_SETTINGS: Final = """
[endpoints]
"api.openai.com" = "{address}"
[network]
per-second = 1000
[[audit.account]]
provider = "openai"
credential = "env:ADMIN"
sources = ["completions"]
limits = {{ monthly = 1000000 }}
"""


# The peak is asked of the process itself: what wait4 tells counts the fork of this one, too. Linux alone tells it so.
_RUN: Final = """
import sys
from keyguard.cli import main
code = main(["audit", "run"])
print(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1], file=sys.stderr)
sys.exit(code)
"""


class Cost(NamedTuple):
    """Of one run. `store` and `peak` are MB; `peak` is of the whole process, with Python and numpy."""

    seconds: float
    processor: float
    peak: float
    store: float
    points: int
    code: int


def measure(keys: int = 500, days: int = 90) -> Cost:
    """Fills a store, runs once, and tells what that took."""
    end = int(time.time()) // HOUR * HOUR
    # A day more than is asked for, so that no gap is left to be read.
    dollars = invent(7, keys, days + 1).true
    with tempfile.TemporaryDirectory() as folder, Server(_ready(llm.openai(_ledger(dollars[-72:], end)))) as server:
        state, config = Path(folder, "state"), Path(folder, "settings.toml")
        config.write_text(_SETTINGS.format(address=server.address), encoding="utf-8")
        points = _fill(state, dollars, end)
        shutil.copy(state, copy := Path(folder, "copy"))
        more = {"KEYGUARD_CONFIG": str(config), "ADMIN": "admin", "PYTHONPATH": str(ROOT)}
        _run({**more, "KEYGUARD_STATE": str(copy)})
        before, begun = os.times(), time.perf_counter()
        run = _run({**more, "KEYGUARD_STATE": str(state)})
        wall, after = time.perf_counter() - begun, os.times()
        processor = after.children_user - before.children_user + after.children_system - before.children_system
        size = sum(each.stat().st_size for each in Path(folder).glob("state*"))
        return Cost(wall, processor, int(run.stderr.split()[-1]) * 1.024 / 1e3, size / 1e6, points, run.returncode)


def _run(more: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _RUN]
    return subprocess.run(command, env={**os.environ, **more}, capture_output=True, text=True, check=False)


def _ready(fake: Callable[[Asked], Reply]) -> Callable[[Asked], Reply]:
    """The same answer to the same question, at once."""
    known: dict[str, Reply] = {}

    def reply(asked: Asked) -> Reply:
        question = f"{asked.path} {asked.query}"
        if question not in known:
            known[question] = _written(fake(asked))
        return known[question]

    return reply


def _written(reply: Reply) -> Reply:
    return reply._replace(body=json.dumps(reply.body).encode())


def _fill(path: Path, dollars: object, end: int) -> int:
    import numpy as np

    table = np.asarray(dollars)
    since = end - len(table) * HOUR
    series = [
        UsageSeries(
            SeriesName(
                "openai", "main", f"key_{key}", "gpt-4o", f"proj_{key % 20}", "completions", HOUR, "USD", "priced"
            ),
            tuple(
                UsagePoint(since + row * HOUR, round(money / PRICE), round(money / 2.5e-6), Decimal(f"{money:.6f}"))
                for row, money in enumerate(table[:, key])
                if money > 0
            ),
        )
        for key in range(table.shape[1])
    ]
    with open_state(path, [AREA]) as state:
        replace_points(state, Place("openai", "main", "completions"), HOUR, Span(since, end), series)
    return sum(len(each.points) for each in series)


def _ledger(dollars: object, end: int) -> Ledger:
    """What the provider tells of the last days."""
    import numpy as np

    table = np.asarray(dollars)
    uses = [
        used(
            end - (len(table) - row) * HOUR,
            f"key_{key}",
            round(money / PRICE),
            round(money / 2.5e-6),
            0,
            f"proj_{key % 20}",
        )
        for row in range(len(table))
        for key, money in enumerate(table[row])
        if money > 0
    ]
    return Ledger(uses)


if __name__ == "__main__":
    print(measure())
