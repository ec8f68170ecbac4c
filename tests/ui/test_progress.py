"""The progress bar."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import threading

import pytest

from keyguard.model import Tick
from keyguard.ui import progress

HIDE, SHOW = "\x1b[?25l", "\x1b[?25h"


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """rich looks at the environment for what kind of terminal there is."""
    for name in ("FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE", "JUPYTER_COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")


def test_no_bar_no_function_no_rich() -> None:
    script = (
        "import sys\n"
        "from keyguard.ui import progress\n"
        "with progress(False) as take:\n"
        "    assert take is None\n"
        "assert 'rich' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_shows_objects_bytes_and_findings() -> None:
    stream = io.StringIO()
    with progress(True, stream) as take:
        assert take is not None
        take(Tick(done=40, total=100, size=3 << 20, findings=2))
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", stream.getvalue())
    assert "40/100" in text
    assert "3.0 MiB" in text
    assert "2 found" in text


def test_an_unknown_total_is_no_error() -> None:
    stream = io.StringIO()
    with progress(True, stream) as take:
        assert take is not None
        take(Tick(done=5, total=0, size=0, findings=0))
    assert "5/?" in stream.getvalue()


def _interrupted(stream: io.StringIO, error: type[BaseException]) -> None:
    with progress(True, stream) as take:
        assert take is not None
        take(Tick(1, 2, 3, 0))
        raise error


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_the_cursor_comes_back_after_an_interruption(error: type[BaseException]) -> None:
    stream = io.StringIO()
    with pytest.raises(error):
        _interrupted(stream, error)
    assert stream.getvalue().count(HIDE) == stream.getvalue().count(SHOW) == 1
    assert stream.getvalue().rindex(SHOW) > stream.getvalue().rindex(HIDE)


def test_standard_streams_and_threads_are_left_alone() -> None:
    before, threads = (sys.stdout, sys.stderr), threading.active_count()
    with progress(True, io.StringIO()):
        assert (sys.stdout, sys.stderr) == before
        assert threading.active_count() == threads


def test_many_ticks_are_few_refreshes() -> None:
    stream = io.StringIO()
    with progress(True, stream) as take:
        assert take is not None
        for number in range(1000):
            take(Tick(number, 1000, number, 0))
    assert stream.getvalue().count("scanning") < 20
