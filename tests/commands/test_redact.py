from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.program import environment, loaded_modules, run_keyguard
from tests.secrets import made_up

OPENAI = made_up("openai")
GITHUB = made_up("github", "github-fine-grained-token")
CLEAN = b"nothing to see\r\nhere"
TEXT = b"ask: " + OPENAI.text + b"\nmail joe@example.org, again " + OPENAI.secrets[0] + b"\n"
posix = pytest.mark.skipif(os.name != "posix", reason="permissions as on POSIX")


def test_clean_text_is_code_0_and_stays(tmp_path: Path) -> None:
    done = run_keyguard("redact", cwd=tmp_path, stdin=CLEAN)
    assert (done.returncode, done.stdout) == (0, CLEAN)
    assert b"nothing to replace" in done.stderr


def test_secrets_are_code_1_and_replaced(tmp_path: Path) -> None:
    done = run_keyguard("redact", cwd=tmp_path, stdin=TEXT)
    assert done.returncode == 1
    assert done.stdout.count(b"[OPENAI_KEY_1]") == 2
    assert b"joe@example.org" in done.stdout
    assert OPENAI.secrets[0] not in done.stdout + done.stderr
    assert done.stderr == b"keyguard: replaced 2 OPENAI_KEY\n"


def test_personal_data_and_exit_zero(tmp_path: Path) -> None:
    done = run_keyguard("redact", "--pii", "--exit-zero", "-q", cwd=tmp_path, stdin=TEXT)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"mail [EMAIL_1], again [OPENAI_KEY_1]" in done.stdout


def test_files_share_their_placeholders_and_are_judged_as_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    (tmp_path / "b.txt").write_bytes(GITHUB.text + b" " + OPENAI.secrets[0])
    done = run_keyguard("redact", "b.txt", "a.txt", "-o", "out.txt", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, b"")
    written = (tmp_path / "out.txt").read_bytes()
    assert written.count(b"[OPENAI_KEY_1]") == 3
    assert written.count(b"[GITHUB_TOKEN_1]") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.txt", "b.txt", "out.txt"]


def test_a_map_brings_back_every_byte(tmp_path: Path) -> None:
    words = ("--map", "chat.map", "--passphrase", "env:WORDS")
    first = run_keyguard("redact", "--pii", *words, cwd=tmp_path, stdin=TEXT, WORDS="correct horse")
    assert first.returncode == 1, first.stderr
    sealed = (tmp_path / "chat.map").read_bytes()
    assert OPENAI.secrets[0] not in sealed
    if os.name == "posix":
        assert (tmp_path / "chat.map").stat().st_mode & 0o777 == 0o600
    second = run_keyguard("redact", *words, cwd=tmp_path, stdin=GITHUB.text + b"\n" + TEXT, WORDS="correct horse")
    assert b"[GITHUB_TOKEN_1]" in second.stdout
    assert b"[OPENAI_KEY_1]" in second.stdout
    answer = b"Revoke [OPENAI_KEY_1] and [GITHUB_TOKEN_1], write to [EMAIL_1], not to [EMAIL_2]."
    back = run_keyguard("redact", "--restore", *words, cwd=tmp_path, stdin=answer, WORDS="correct horse")
    assert back.returncode == 0
    expected = (
        b"Revoke " + OPENAI.secrets[0] + b" and " + GITHUB.secrets[0] + b", write to joe@example.org, not to [EMAIL_2]."
    )
    assert back.stdout == expected
    wrong = run_keyguard("redact", "--restore", *words, cwd=tmp_path, stdin=answer, WORDS="wrong")
    assert (wrong.returncode, wrong.stdout) == (2, b"")


@posix
def test_a_key_file_must_be_private(tmp_path: Path) -> None:
    key = tmp_path / "map.key"
    key.write_bytes(bytes(range(32)))
    key.chmod(0o644)
    words = ("--map", "chat.map", "--key-file", "map.key")
    done = run_keyguard("redact", *words, cwd=tmp_path, stdin=TEXT)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"chmod 600" in done.stderr
    key.chmod(0o600)
    done = run_keyguard("redact", *words, cwd=tmp_path, stdin=TEXT)
    back = run_keyguard("redact", "--restore", *words, cwd=tmp_path, stdin=done.stdout)
    assert back.stdout == TEXT


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--restore",), b"--map FILE"),
        (("--key-file", "x"), b"--map FILE"),
        (("--map", "m", "--passphrase", "hunter2"), b"env:NAME"),
        (("--map", "m", "--passphrase", "env:NOT_SET"), b"NOT_SET is not set"),
        (("--map", "m", "--passphrase", "env:A", "--key-file", "x"), b"choose one"),
        (("--restore", "--map", "missing", "--passphrase", "env:A"), b"missing: no such file"),
        (("--disable", "no-such-rule"), b"no-such-rule"),
    ],
)
def test_wrong_options_are_code_2_and_write_nothing(tmp_path: Path, words: tuple[str, ...], said: bytes) -> None:
    done = run_keyguard("redact", *words, cwd=tmp_path, stdin=TEXT, A="words")
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr
    assert b"hunter2" not in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="no terminal is a POSIX matter")
def test_without_a_terminal_nobody_takes_the_text_for_a_passphrase(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "keyguard", "redact", "--map", "m"],
        cwd=tmp_path,
        input=TEXT,
        env=environment(),
        capture_output=True,
        start_new_session=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"no terminal" in done.stderr


def at_terminal(cwd: Path, words: tuple[str, ...], answers: list[bytes]) -> bytes:
    """What a run at a terminal of its own shows; answers are typed one by one, each when it is asked for."""
    spawn = "import pty, sys; pty.spawn(sys.argv[1:])"
    command = [sys.executable, "-c", spawn, sys.executable, "-m", "keyguard", *words]
    shown = b""
    with subprocess.Popen(
        command, cwd=cwd, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdin
        assert process.stdout
        for answer in answers:
            asked = b""
            while not asked.endswith(b": ") and (sign := process.stdout.read(1)):
                asked += sign
            time.sleep(0.2)  # what is typed before the echo is off is thrown away
            process.stdin.write(answer + b"\n")
            shown += asked
        shown += process.stdout.read()
    return shown


@posix
def test_the_passphrase_is_asked_for_at_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    words = ("redact", "--map", "m", "a.txt", "-o", "out.txt")
    assert b"differ" in at_terminal(tmp_path, words, [b"one", b"two"])
    assert not (tmp_path / "m").exists()
    shown = at_terminal(tmp_path, words, [b"correct horse", b"correct horse"])
    assert b"replaced" in shown
    assert b"horse" not in shown
    back = ("redact", "--restore", "--map", "m", "out.txt", "-o", "back.txt")
    at_terminal(tmp_path, back, [b"correct horse"])
    assert (tmp_path / "back.txt").read_bytes() == TEXT
    assert (tmp_path / "back.txt").stat().st_mode & 0o777 == 0o600


@posix
def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE) as reader:
        assert run_keyguard("redact", "-o", "pipe", cwd=tmp_path, stdin=CLEAN).returncode == 0
        assert reader.communicate()[0] == CLEAN


def test_what_cannot_be_read_is_code_3(tmp_path: Path) -> None:
    (tmp_path / "a.gz").write_bytes(b"\x1f\x8b\x08\x00" + bytes(20))
    for name, said in (("missing.txt", b"missing.txt"), ("a.gz", b"a.gz: is a gzip file")):
        done = run_keyguard("redact", name, "-o", "out", cwd=tmp_path)
        assert done.returncode == 3
        assert said in done.stderr
        assert not (tmp_path / "out").exists()


@posix
def test_lines_come_out_while_the_stream_goes_on(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "keyguard", "redact", "--line-buffered", "-q"],
        cwd=tmp_path,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(OPENAI.text + b"\nhalf")
        process.stdin.flush()
        started = time.monotonic()
        assert process.stdout.readline().endswith(b"[OPENAI_KEY_1]\n")
        assert time.monotonic() - started < 60
        process.stdin.close()
        assert process.stdout.read() == b"half"
    assert process.returncode == 1


def test_nothing_that_could_send_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(TEXT)
    loaded = loaded_modules("redact", "-q", "-o", "out.txt", "a.txt", cwd=tmp_path)
    assert not {"requests", "urllib3", "socket", "rich", "git", "numpy", "cryptography"} & loaded
