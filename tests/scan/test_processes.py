"""The real program under bad luck: interrupted, robbed of a worker, without git, without rights, without room."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.program import environment, run_keyguard
from tests.scan.planting import text, token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.repositories import Repo

linux = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX rights, signals and pipes")
root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
SLOW = """
schema = 1
[provider]
id = "slow"
name = "Slow"
category = "saas"
hosts = []
console = ""
docs = ""
source = "made up"
verified = 2026-11-21
[[rule]]
id = "slow-key"
title = "A rule that takes its time"
severity = "high"
confidence = "high"
pattern = '''slow(?:a{1,30}a{1,30}){1,30}b'''
advice = "None."
examples = ["{secret:slowaaab}"]
rejects = ["slow"]
"""

# A process counts the memory of the one it was forked from as its own peak, and this one may be large by now.
PROBE = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@pytest.fixture
def slow(git_repo: Repo) -> Repo:
    """A repository that takes half a minute to scan with slow.toml."""
    git_repo.commit({f"{number}.txt": f"{number} slow{'a' * 600}\n" for number in range(15)})
    git_repo.repack()
    git_repo.write("slow.toml", SLOW)
    return git_repo


@contextmanager
def running(repo: Repo, temporary: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    """A history scan in a process group of its own, with two workers at work."""
    temporary.mkdir()
    command = [sys.executable, "-m", "keyguard", "scan", "--history", "--rules", "slow.toml", "-j", "2", *words]
    with subprocess.Popen(
        command,
        cwd=repo.path,
        env=environment(TMPDIR=str(temporary)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            _wait_for(lambda: len(_workers(process.pid)) == 2, 60)
            time.sleep(0.5)
            yield process
        finally:
            process.kill()


def _wait_for(condition: object, seconds: float) -> None:
    until = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until, "that took too long"
        time.sleep(0.05)


def _workers(parent: int) -> list[int]:
    """Children that run the same program."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and b"keyguard" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except (OSError, IndexError):
            continue
    return found


def _living(session: int) -> list[str]:
    """The commands of a session's processes that are not ended."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] not in "ZX":
                found.append((folder / "cmdline").read_bytes().decode())
        except (OSError, IndexError):
            continue
    return found


def _ends(process: subprocess.Popen[bytes], code: int, said: bytes) -> None:
    out, err = process.communicate(timeout=30)
    assert b"Traceback" not in err
    assert said in err
    assert out == b""
    assert process.returncode == code
    _wait_for(lambda: _living(process.pid) == [], 10)


@linux
@pytest.mark.parametrize("whole_group", [True, False], ids=["as a terminal does", "the parent alone"])
def test_ctrl_c(slow: Repo, tmp_path: Path, whole_group: bool) -> None:
    with running(slow, tmp_path / "temporary") as process:
        if whole_group:
            os.killpg(process.pid, signal.SIGINT)
        else:
            os.kill(process.pid, signal.SIGINT)
        _ends(process, 130, b"keyguard: interrupted\n")
    assert list((tmp_path / "temporary").iterdir()) == []


@linux
def test_ctrl_c_removes_a_clone(slow: Repo, tmp_path: Path) -> None:
    with running(slow, tmp_path / "temporary", slow.path.as_uri()) as process:
        assert list((tmp_path / "temporary").iterdir())
        os.killpg(process.pid, signal.SIGINT)
        _ends(process, 130, b"keyguard: interrupted\n")
    assert list((tmp_path / "temporary").iterdir()) == []


@linux
def test_terminated(slow: Repo, tmp_path: Path) -> None:
    with running(slow, tmp_path / "temporary", slow.path.as_uri()) as process:
        os.kill(process.pid, signal.SIGTERM)
        _ends(process, 143, b"")
    assert list((tmp_path / "temporary").iterdir()) == []


@linux
def test_a_killed_worker(slow: Repo, tmp_path: Path) -> None:
    with running(slow, tmp_path / "temporary") as process:
        os.kill(_workers(process.pid)[0], signal.SIGKILL)
        _ends(process, 3, b"keyguard: error: a worker process died\n  hint: ")


@linux
def test_workers_do_not_outlive_their_parent(git_repo: Repo, tmp_path: Path) -> None:
    """They finish what they are at, and that is all."""
    git_repo.commit({"slow.toml": SLOW, "1.txt": f"slow{'a' * 600}\n"})
    git_repo.repack()
    with running(git_repo, tmp_path / "temporary") as process:
        os.kill(process.pid, signal.SIGKILL)
        _wait_for(lambda: _living(process.pid) == [], 20)


@posix
@pytest.mark.parametrize("form", ["text", "jsonl"])
def test_a_closed_pipe_is_success(git_repo: Repo, form: str) -> None:
    git_repo.commit({"many.txt": b"".join(text(f"number {number}") for number in range(400))})
    words = [sys.executable, "-m", "keyguard", "scan", "--history", "--format", form]
    with subprocess.Popen(
        words, cwd=git_repo.path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


def test_without_git(git_repo: Repo, tmp_path: Path) -> None:
    git_repo.commit({"a.txt": text("fine")})
    empty = tmp_path / "empty"
    empty.mkdir()
    done = run_keyguard("scan", "--history", cwd=git_repo.path, PATH=str(empty))
    assert done.returncode == 2
    assert done.stderr.startswith(b"keyguard: error: git was not found on the PATH\n  hint: ")
    done = run_keyguard("scan", "--no-git", "a.txt", cwd=git_repo.path, PATH=str(empty))
    assert done.returncode == 1


@pytest.mark.parametrize("words", [["--history"], ["--history", "nowhere"], ["--history", "a.txt"]])
def test_not_a_repository(tmp_path: Path, words: list[str]) -> None:
    (tmp_path / "a.txt").write_bytes(b"x")
    done = run_keyguard("scan", *words, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith(b"keyguard: error: ")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("place", ["pack", "pack/pack.pack", "pack/pack.idx", "loose folder", "loose file"])
def test_without_rights(git_repo: Repo, place: str) -> None:
    """Root may read everything, unless it lays that right down."""
    git_repo.commit({"packed.txt": text("packed")})
    git_repo.repack()
    git_repo.commit({"a.txt": text("fine")})
    loose = git_repo.loose(git_repo.blob(text("unread")))
    pack = next((git_repo.git_dir / "objects" / "pack").glob("*.pack"))
    places = {"pack": pack.parent, "pack/pack.pack": pack, "pack/pack.idx": pack.with_suffix(".idx")}
    path = {**places, "loose folder": loose.parent, "loose file": loose}[place]
    prefix = _as_nobody_special()
    before = path.stat().st_mode
    path.chmod(0)
    try:
        words = ["scan", "--history", "-f", "json", "--show-secrets", "-j", "1"]
        command = [*prefix, sys.executable, "-m", "keyguard", *words]
        done = subprocess.run(command, cwd=git_repo.path, env=environment(), capture_output=True, check=False)
    finally:
        path.chmod(before)
    assert b"Traceback" not in done.stderr
    assert done.returncode == 3
    report = json.loads(done.stdout)
    assert token("fine").decode() in {finding["secret"] for finding in report["findings"]}
    named = loose.parent.name + loose.name if place == "loose file" else path.stem
    assert any(named in f"{skip['what']} {skip['reason']}" for skip in report["skipped"])


def _as_nobody_special() -> list[str]:
    """What to put before a command so that it minds file modes."""
    if sys.platform == "win32":
        pytest.skip("POSIX rights")
    if os.geteuid():
        return []
    prefix = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search"]
    if not shutil.which("setpriv") or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("root cannot lay its rights down here")
    return prefix


@root
@linux
def test_a_full_disk(git_repo: Repo, tmp_path: Path) -> None:
    """The report that was there stays, and no half of a new one."""
    git_repo.commit({"many.txt": b"".join(text(f"number {number}") for number in range(200))})
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("nothing can be mounted here")
    try:
        (disk / "r.json").write_bytes(b"old")
        done = run_keyguard("scan", "--history", "-o", str(disk / "r.json"), cwd=git_repo.path)
        assert [path.name for path in disk.iterdir()] == ["r.json"]
        assert (disk / "r.json").read_bytes() == b"old"
    finally:
        subprocess.run(["umount", disk], check=True)
    assert done.returncode == 2
    assert done.stderr.decode() == f"keyguard: error: cannot write {disk / 'r.json'}: No space left on device\n"


@linux
def test_memory_is_bounded_whatever_is_loose(git_repo: Repo) -> None:
    """15 objects of 20 MB each, which are not held at once."""
    line = b"just a line of text, and no secret in it\n"
    for number in range(15):
        content = b"%d\n" % number + line * (20_000_000 // len(line))
        path = git_repo.loose(f"{number:040x}")
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(zlib.compress(b"blob %d\0" % len(content) + content, 1))
    command = [sys.executable, "-c", PROBE, sys.executable, "-m", "keyguard", "scan", "--history", "-j", "1"]
    done = subprocess.run(command, cwd=git_repo.path, env=environment(), capture_output=True, text=True, check=True)
    code, peak = map(int, done.stdout.split())
    assert code == 0
    assert peak < 300_000  # KiB
