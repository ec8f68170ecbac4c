from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from keyguard.scan.machine import scan_machine
from keyguard.scan.options import ScanOptions
from tests.program import COMPILED
from tests.scan.homes import machine_at, put
from tests.secrets import made_up

OPTIONS = ScanOptions(cache=Path(COMPILED.name), jobs=1)
OPENAI = made_up("openai").secrets[0]
GITHUB = made_up("github", "github-fine-grained-token").secrets[0]
posix = pytest.mark.skipif(os.name != "posix", reason="permissions as on POSIX")


def test_a_tidy_home_is_clean(tmp_path: Path) -> None:
    put(tmp_path, ".bashrc", b"alias ll='ls -l'\n", 0o644)
    put(tmp_path, ".bash_history", b"ls\nexport OPENAI_API_KEY=$(pass openai)\n", 0o600)
    report = scan_machine(machine_at(tmp_path), OPTIONS)
    assert (report.findings, report.notes, report.exit_code, report.stats.files) == ((), (), 0, 2)


def test_secrets_are_told_place_by_place(tmp_path: Path) -> None:
    history = b"ls\ncurl -H 'Authorization: Bearer " + OPENAI + b"' https://api.openai.com/v1/models\n"
    put(tmp_path, ".bash_history", history + b"export GH_TOKEN=" + GITHUB + b"\n")
    put(tmp_path, ".claude/projects/x/a.jsonl", b'{"text":"my key is ' + GITHUB + b'"}\n')
    put(tmp_path, "work/app/.env", b"OPENAI_API_KEY=" + OPENAI + b"\n")
    report = scan_machine(machine_at(tmp_path), OPTIONS)
    assert report.exit_code == 1
    assert {finding.secret.reveal() for finding in report.findings} == {OPENAI, GITHUB}
    assert sum(len(finding.occurrences) for finding in report.findings) == 4
    assert report.notes == (
        f"shell history, bash: {tmp_path}/.bash_history: 2 secrets, 1 passed on a command line",
        f"transcripts, Claude Code: {tmp_path}/.claude/projects/x/a.jsonl: 1 secret",
        f"project files, projects: {tmp_path}/work/app/.env: 1 secret",
    )


@posix
def test_permissions_that_are_too_open(tmp_path: Path) -> None:
    put(tmp_path, ".netrc", b"", 0o644)  # private by what it is for
    zshrc = put(tmp_path, ".zshrc", b"export GH_TOKEN=" + GITHUB + b"\n", 0o640)  # by what it holds
    put(tmp_path, ".bashrc", b"", 0o644)
    put(tmp_path, ".pgpass", b"", 0o600)
    report = scan_machine(machine_at(tmp_path), OPTIONS)
    assert report.notes == (
        f"dotfiles, the shell: {zshrc}: 1 secret; permissions 0640, 0600 expected: chmod 600 {zshrc}",
        f"credentials, netrc: {tmp_path}/.netrc: permissions 0644, 0600 expected: chmod 600 {tmp_path}/.netrc",
    )


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    put(tmp_path, ".netrc", b"", 0)
    report = scan_machine(machine_at(tmp_path), OPTIONS)
    assert report.exit_code == 3
    assert [skip.what for skip in report.skipped] == [f"{tmp_path}/.netrc"]


@pytest.mark.skipif(
    sys.version_info < (3, 11) and sys.platform != "linux", reason="this Python cannot read databases from memory"
)
def test_a_database_of_an_editor_is_looked_into(tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    folder = put(tmp_path, ".config/Cursor/User/globalStorage/x").parent
    with closing(sqlite3.connect(folder / "state.vscdb")) as database, database:
        database.execute("create table ItemTable (key text, value blob)")
        database.execute("insert into ItemTable values ('openAIKey', ?)", (OPENAI.decode(),))
    (folder / "state.vscdb").chmod(0o600)
    report = scan_machine(machine_at(tmp_path), OPTIONS)
    assert [finding.secret.reveal() for finding in report.findings] == [OPENAI]
    assert report.notes == (f"transcripts, Cursor: {folder}/state.vscdb: 1 secret",)


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_command_lines_of_running_programs(tmp_path: Path) -> None:
    program = "import sys; print(flush=True); sys.stdin.read()"
    words = [sys.executable, "-c", program, "--key", GITHUB.decode()]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout
        running.stdout.readline()
        without = scan_machine(machine_at(tmp_path), OPTIONS)
        report = scan_machine(machine_at(tmp_path), OPTIONS, processes=True)
        running.communicate()
    assert without.findings == ()
    mine = [finding for finding in report.findings if finding.secret.reveal() == GITHUB]
    assert [place.location.path for place in mine[0].occurrences] == [b"/proc/%d/cmdline" % running.pid]
    assert any(note.startswith(f"running program {running.pid}: ") for note in report.notes)
