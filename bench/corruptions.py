"""Endurance: thousands of damaged packs, and deltas, for the C step and for its Python twin. `corruptions.py --help`.

Ends with 1 where a scan gave up, was silent about a loss, or took too long.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SLOW = 60


def main(words: Sequence[str]) -> int:
    made = argparse.ArgumentParser(description=__doc__)
    made.add_argument(
        "--step", choices=("both", "C", "python"), default="both", help="which delta step; both unless named"
    )
    made.add_argument("--count", type=int, default=2000, help="damaged packs for each step")
    made.add_argument("--start", type=int, default=0, help="number of the first; the same numbers give the same damage")
    options = made.parse_args(words)
    if options.step == "both":
        rest = ["--count", str(options.count), "--start", str(options.start)]
        runs = [
            subprocess.run((sys.executable, __file__, "--step", step, *rest), check=False) for step in ("C", "python")
        ]
        return int(any(run.returncode for run in runs))
    sys.path.insert(0, str(ROOT))
    if options.step == "python":
        sys.modules["keyguard.odb._delta"] = None  # type: ignore[assignment]  # as if it had not been built
    with tempfile.TemporaryDirectory(prefix="keyguard-corruptions-") as folder:
        enclose(folder)
        return endure(Path(folder), options.step, range(options.start, options.start + options.count))


def enclose(folder: str) -> None:
    """Keep git and keyguard away from the person's settings and caches."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        del os.environ[name]
    os.environ.update(HOME=folder, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull)


def endure(folder: Path, step: str, seeds: range) -> int:
    from keyguard.odb.delta import IMPLEMENTATION
    from keyguard.scan import ScanOptions
    from tests.scan import corruption

    if step != IMPLEMENTATION:
        print(f"the {step} step is not here, only that in {IMPLEMENTATION}", file=sys.stderr)
        return 1
    options = ScanOptions(jobs=1, cache=folder / "cache")
    victims = [corruption.make_victim(folder / form.replace(" ", "-"), options, form) for form in corruption.FORMS]
    began = time.monotonic()
    wrong = 0
    for seed in seeds:
        victim = victims[seed % len(victims)]
        harm = corruption.damage(victim, seed)
        corruption.inflict(victim, harm)
        fault = judged(partial(corruption.judge, victim, options))
        corruption.heal(victim)
        if fault:
            wrong += 1
            print(f"{harm.what}, {list(corruption.FORMS)[seed % len(victims)]}: {fault}", flush=True)
    print(f"{step}: {len(seeds)} damaged packs in {time.monotonic() - began:.0f} s, {wrong} faults", flush=True)
    return int(wrong > 0)


def judged(judge: Callable[[], str]) -> str:
    """What is wrong, be it an exception or a scan that does not end."""
    try:
        with alarm(SLOW):
            return judge()
    except Exception as error:  # noqa: BLE001 - the next one is to be tried all the same
        frames = []
        trace = error.__traceback__
        while trace:
            frames.append(f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}")
            trace = trace.tb_next
        return f"{type(error).__name__}: {error} at {' '.join(frames[-4:])}"


@contextmanager
def alarm(seconds: int) -> Iterator[None]:
    if not hasattr(signal, "SIGALRM"):
        yield
        return

    def ring(*_: object) -> None:
        raise TimeoutError(f"not finished after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
