from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from keyguard.version import VERSION
from tests.program import environment, loaded_modules, run_keyguard

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes and signals")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["scna"], "No such command 'scna'"),
        (["--frob"], "No such option"),
        (["scan", "nowhere"], "nowhere: no such file or folder"),
        (["scan", "--jobs", "many"], "--jobs"),
        (["scan", "--format", "xml"], "--format"),
        (["scan", "--max-object-size", "big"], "expected a size"),
        (["scan", "--since", "yesterday"], "needs --history"),
        (["rules", "show", "nothing"], "no rule or provider 'nothing'"),
        (["completion", "csh"], "csh"),
    ],
)
def test_a_wrong_word_is_one_line_and_code_2(tmp_path: Path, words: list[str], said: str) -> None:
    done = run_keyguard(*words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == b""
    first, *rest = done.stderr.decode().splitlines()
    assert first.startswith("keyguard: error: ")
    assert said in first
    assert all(line.startswith("  hint: ") for line in rest)


def test_no_word_shows_the_help_as_an_error(tmp_path: Path) -> None:
    done = run_keyguard(cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Examples:" in done.stderr


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["scan", "--help"], ["rules", "list", "-h"]])
def test_help_is_asked_for(tmp_path: Path, words: list[str]) -> None:
    done = run_keyguard(*words, cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.startswith(b"Usage: keyguard")


def test_version(tmp_path: Path) -> None:
    done = run_keyguard("--version", cwd=tmp_path)
    assert done.stdout.decode().split() == ["keyguard", VERSION]


def in_place_of_a_command(body: str, *words: str) -> list[str]:
    """A process whose `keyguard doctor` does `body` instead."""
    program = f"""
import sys, types
import click
module = types.ModuleType("keyguard.commands.doctor")
@click.command()
@click.option("--debug", is_flag=True, expose_value=False)
def command():
    secret = "sesame-street"
    {body}
module.command = command
sys.modules[module.__name__] = module
from keyguard.cli import main
sys.exit(main(sys.argv[1:]))
"""
    return [sys.executable, "-c", program, "doctor", *words]


def run_in_place(body: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = in_place_of_a_command(body, *words)
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("body", ["raise KeyError(secret)", "assert not secret, secret", "int(secret)"])
def test_a_fault_of_ours_says_no_content(body: str) -> None:
    done = run_in_place(body)
    assert done.returncode == 2
    assert done.stderr.startswith("keyguard: error: unexpected ")
    assert "--debug" in done.stderr
    assert "sesame" not in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_the_way_and_no_content() -> None:
    done = run_in_place("import json; json.loads(secret)", "--debug")
    assert done.returncode == 2
    assert "JSONDecodeError, by way of" in done.stderr
    assert "raw_decode" in done.stderr
    assert "sesame" not in done.stderr


def test_an_expected_failure_has_its_own_code_and_hint() -> None:
    done = run_in_place("from keyguard.errors import ObjectError; raise ObjectError('torn', 'mend it')")
    assert done.returncode == 3
    assert done.stderr == "keyguard: error: torn\n  hint: mend it\n"


def test_a_failure_of_the_system_names_the_file(tmp_path: Path) -> None:
    done = run_in_place(f"open({str(tmp_path / 'none')!r})")
    assert done.returncode == 2
    assert done.stderr == f"keyguard: error: {tmp_path / 'none'}: No such file or directory\n"


def test_ctrl_c_ends_without_a_stack() -> None:
    done = run_in_place("raise KeyboardInterrupt")
    assert done.returncode == 130
    assert done.stderr == "keyguard: interrupted\n"


@POSIX
def test_sigterm_ends_by_way_of_finally() -> None:
    body = """import time
    try:
        print('up', flush=True)
        time.sleep(60)
    finally:
        print('down', flush=True)"""
    with subprocess.Popen(in_place_of_a_command(body), env=environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGTERM)
        assert process.stdout.read() == "down\n"
    assert process.returncode == 143


@POSIX
def test_a_closed_pipe_is_success() -> None:
    body = "click.echo('x' * 1_000_000)"
    with subprocess.Popen(
        in_place_of_a_command(body), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_standard_output_is_code_2(tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "keyguard", "rules", "list"],
            cwd=tmp_path,
            env=environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"keyguard: error: No space left on device\n"


@POSIX
def test_closed_streams_are_no_fault(tmp_path: Path) -> None:
    line = f"'{sys.executable}' -m keyguard --version >&- 2>&-"
    assert subprocess.run(line, shell=True, cwd=tmp_path, env=environment(), check=False).returncode == 0  # noqa: S602 - a fixed line


@pytest.mark.parametrize(("shell", "sign"), [("bash", b"complete -o"), ("zsh", b"compdef"), ("fish", b"complete ")])
def test_completion_code(tmp_path: Path, shell: str, sign: bytes) -> None:
    done = run_keyguard("completion", shell, cwd=tmp_path)
    assert done.returncode == 0
    assert sign in done.stdout


def test_completes_commands_options_and_ids(tmp_path: Path) -> None:
    def complete(*words: str) -> list[str]:
        line, count = " ".join(["keyguard", *words]), str(len(words))
        done = run_keyguard(cwd=tmp_path, _KEYGUARD_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=count)
        return done.stdout.decode().split()

    assert complete("sc") == ["plain,scan"]
    assert complete("scan", "--for") == ["plain,--format"]
    assert complete("scan", "--format", "js") == ["plain,json", "plain,jsonl"]
    assert "plain,github" in complete("rules", "show", "git")


def test_starting_loads_nothing_heavy(tmp_path: Path) -> None:
    heavy = {"rich", "requests", "git", "numpy", "regex", "hyperscan", "json", "subprocess", "dataclasses"}
    if sys.version_info < (3, 11):
        heavy.remove("subprocess")  # there uuid takes it, which click takes
    assert heavy & loaded_modules("--version", cwd=tmp_path) == set()
