"""`keyguard audit report` as a person runs it."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema
import pytest

from keyguard.cli import main
from keyguard.model.usage import DAY, HOUR
from keyguard.state import usage
from keyguard.state.database import Area, open_state
from tests.program import ROOT, environment, loaded_modules, run_keyguard

Run = Callable[..., "Done"]
TODAY = int(time.time()) // DAY * DAY


class Done(NamedTuple):
    """How a command line ended."""

    returncode: int
    stdout: bytes
    stderr: bytes


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Iterator[Run]:
    """In this process: loading numpy for each command line would take most of the time."""
    settings = tmp_path / "settings.toml"
    settings.write_text(
        """
        [[audit.account]]
        provider = "openai"
        credential = "env:ADMIN_KEY"
        limits = { daily = 5, monthly = 50 }
        """,
        encoding="utf-8",
    )
    known = {"KEYGUARD_CONFIG": str(settings), "KEYGUARD_STATE": str(tmp_path / "state"), "ADMIN_KEY": "sk-topsecret"}
    monkeypatch.chdir(tmp_path)

    def call(*words: str, **variables: str) -> Done:
        with monkeypatch.context() as patch:
            for name, value in {**known, **variables}.items():
                patch.setenv(name, value)
            code = main(["audit", *words])
        return Done(code, *capfdbinary.readouterr())

    before = signal.getsignal(signal.SIGTERM)
    yield call
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def filled(run: Run, tmp_path: Path) -> Run:
    """Three keys of one account over 40 days, and another account in another currency."""
    rows = ["start,key,model,money"]
    for day in range(TODAY - 40 * DAY, TODAY, DAY):
        date = time.strftime("%Y-%m-%d", time.gmtime(day))
        rows += [f"{date},key_{number},m{number % 2},{number + 1}.25" for number in range(3)]
    (tmp_path / "usage.csv").write_text("\n".join(rows), encoding="utf-8")
    (tmp_path / "other.csv").write_text("start,money,currency\n" + date + ",7.5,CNY\n", encoding="utf-8")
    assert run("import", "usage.csv", "--provider", "openai").returncode == 0
    assert run("import", "other.csv", "--provider", "deepseek").returncode == 0
    return run


WRONG = [
    (["--since", "yesterday"], b"expected 12h, 7d"),
    (["--since", "2030-01-01"], b"not before --until"),
    (["--since", "5d", "--until", "6d"], b"not before --until"),
    (["--since", "30d", "--by", "hour"], b"14 days at most"),
    (["--since", "2001-01-01"], b"--by day 1,000"),
    (["--format", "pdf"], b"'pdf' is not one of"),
    (["--top", "0"], b"--top"),
    (["--output", "report.pdf"], b"cannot tell the format of report.pdf"),
    (["--output", "report.csv"], b"cannot tell the format of report.csv"),
    (["--output", "nowhere/report.html"], b"there is no folder"),
    (["--account", "acme"], b"no account 'acme' is configured"),
]


@pytest.mark.parametrize(("words", "told"), WRONG)
def test_wrong_options_are_refused(run: Run, words: list[str], told: bytes) -> None:
    done = run("report", *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert told in done.stderr


def test_a_state_that_cannot_be_read_is_code_3(run: Run, tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"no database" * 100)
    done = run("report")
    assert done.returncode == 3
    assert b"state purge" in done.stderr
    (tmp_path / "state").unlink()
    open_state(tmp_path / "state", [Area("usage", (*usage.AREA.scripts, "CREATE TABLE usage_more (name)"))]).close()
    done = run("report", "--format", "html")
    assert (done.returncode, done.stdout) == (3, b"")
    assert b"written by a newer keyguard" in done.stderr


def test_accounts_of_a_file_that_a_repository_brought_are_refused(tmp_path: Path) -> None:
    text = '[[audit.account]]\nprovider = "deepseek"\ncredential = "cmd:touch stolen"\n'
    (tmp_path / ".keyguard.toml").write_text(text, encoding="utf-8")
    done = run_keyguard("audit", "report", cwd=tmp_path)
    assert (done.returncode, b"counts only in a file that you name" in done.stderr) == (2, True)


def test_without_figures_and_accounts_there_is_nothing_to_show(tmp_path: Path) -> None:
    done = run_keyguard("audit", "report", cwd=tmp_path, KEYGUARD_STATE=str(tmp_path / "state"))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"nothing to show; `keyguard audit read` asks the configured accounts\n"
    shown = run_keyguard("audit", "report", "--format", "json", cwd=tmp_path, KEYGUARD_STATE=str(tmp_path / "state"))
    assert json.loads(shown.stdout)["accounts"] == []


def test_an_account_without_figures_is_named(run: Run) -> None:
    assert run("report").stdout.decode().splitlines()[:2] == ["openai/main", "  note: nothing was read yet"]


def test_the_text_says_what_was_spent_and_what_the_month_will_hold(filled: Run) -> None:
    done = filled("report")
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode()
    assert "\x1b" not in text
    assert re.search(r"key_2 +\$97\.50 +48%  +▆?[▁▂▃▄▅▆▇█ ]+\n", text)
    assert "limit $5.00 by the day: crossed on" in text
    assert re.search(r"forecast  .* limit \$50\.00 is (crossed since|reached about) ", text)
    assert "all accounts  7.50 CNY, $202.50" in text
    assert b"\x1b[" in filled("report", FORCE_COLOR="1").stdout
    assert filled("report", "--account", "deepseek").stdout.startswith(b"deepseek/main  ")


def document(done: Done) -> Any:
    assert done.returncode == 0
    found = json.loads(done.stdout)
    jsonschema.validate(found, json.loads((ROOT / "docs" / "usage-report.schema.json").read_text(encoding="utf-8")))
    return found


def test_json_is_as_documented(filled: Run) -> None:
    found = document(filled("report", "--format", "json", "--account", "openai/main", "--since", "20d", "--top", "2"))
    (dollars,) = found["accounts"][0]["spending"]
    assert [part["name"] for part in dollars["parts"]] == ["key_2", "key_1"]
    assert dollars["rankings"][0]["others"] == {"count": 1, "amount": "25"}
    assert dollars["total"]["limit"] == "5"
    assert dollars["total"]["buckets"][-2]["expected"] == pytest.approx(6.75, abs=0.1)
    models = document(filled("report", "--format", "json", "--account", "openai", "--group", "model"))
    assert [part["name"] for part in models["accounts"][0]["spending"][0]["parts"]] == ["m0", "m1"]


@pytest.mark.parametrize(("words", "seconds"), [(["3d"], HOUR), (["4d"], DAY), (["14d", "--by", "hour"], HOUR)])
def test_short_times_are_shown_by_the_hour(run: Run, tmp_path: Path, words: list[str], seconds: int) -> None:
    start = time.strftime("%Y-%m-%dT%H:00:00Z", time.gmtime(TODAY - HOUR))
    (tmp_path / "hours.csv").write_text(f"start,granularity,money\n{start},1h,2.5\n", encoding="utf-8")
    assert run("import", "hours.csv", "--provider", "acme").returncode == 0
    found = document(run("report", "--format", "json", "--account", "acme", "--since", *words))
    assert found["accounts"][0]["spending"][0]["bucket_seconds"] == seconds


def test_an_end_in_the_past_leaves_the_rest_out(filled: Run) -> None:
    day = time.strftime("%Y-%m-%d", time.gmtime(TODAY - 5 * DAY))
    found = document(filled("report", "--format", "json", "--account", "openai", "--since", "10d", "--until", day))
    total = found["accounts"][0]["spending"][0]["total"]
    assert (len(total["buckets"]), total["forecast"]) == (5, None)
    assert total["amount"] == "33.75"


@pytest.mark.parametrize(("name", "begin"), [("a.html", b"<!DOCTYPE html>"), ("a.png", b"\x89PNG"), ("a.json", b"{")])
def test_a_file_gets_the_format_it_is_called_by(filled: Run, tmp_path: Path, name: str, begin: bytes) -> None:
    if name.endswith("png"):
        pytest.importorskip("matplotlib", reason="the extra png is not installed")
    done = filled("report", "--output", name)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / name).read_bytes().startswith(begin)
    (tmp_path / name).unlink()
    assert filled("report", "--format", name[2:]).stdout.startswith(begin)


def test_without_matplotlib_nothing_is_written(filled: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = filled("report", "-o", "a.png")
    assert done.returncode == 2
    assert b'pip install "keyguard[png]"' in done.stderr
    assert not (tmp_path / "a.png").exists()


def test_no_credential_is_in_any_of_it(filled: Run) -> None:
    for form in ("text", "html", "json"):
        told = filled("report", "--format", form).stdout
        assert b"topsecret" not in told
        assert b"ADMIN_KEY" not in told


def test_it_asks_nobody_and_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    modules = loaded_modules("audit", "report", "--output", "a.html", cwd=tmp_path)
    assert {"requests", "rich", "git", "matplotlib", "keyguard.audit.reading"} & modules == set()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured with /proc")
def test_500_keys_with_90_days_of_hours_take_little_memory(tmp_path: Path) -> None:
    hour = int(time.time()) // HOUR * HOUR
    with open_state(tmp_path / "state", [usage.AREA]) as state, state.writing() as connection:
        connection.executemany(
            "INSERT INTO usage_series VALUES"
            " (?, 'openai', 'main', ?, 'm', '', 'completions', 3600, 'USD', 'priced', 'tokens')",
            [(number, f"key_{number}") for number in range(500)],
        )
        connection.execute(
            "WITH RECURSIVE hours (start) AS (SELECT ? UNION ALL SELECT start + 3600 FROM hours WHERE start < ?)"
            " INSERT INTO usage_points SELECT id, start, 5, 100, id * 1000003 + start % 86400, 0, start"
            " FROM usage_series, hours",
            (hour - 90 * DAY, hour - HOUR),
        )
        connection.execute(
            "INSERT INTO usage_coverage VALUES ('openai', 'main', 'completions', 3600, ?, ?)", (hour - 90 * DAY, hour)
        )
    script = (
        "import sys; from pathlib import Path; from keyguard.cli import main; code = main(sys.argv[1:]);"
        "peak = Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0];"
        "print(peak, code, file=sys.stderr)"
    )
    words = ["audit", "report", "--since", "90d", "--format", "html", "--output", "a.html"]
    done = subprocess.run(
        [sys.executable, "-c", script, *words],
        env=environment(KEYGUARD_STATE=str(tmp_path / "state")),
        cwd=tmp_path,
        capture_output=True,
        timeout=300,
        check=True,
    )
    kilobytes, code = done.stderr.split()[-2:]
    assert code == b"0"
    assert int(kilobytes) < 200 * 1024
    assert (tmp_path / "a.html").stat().st_size < 1_000_000
