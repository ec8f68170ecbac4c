from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.http.server import Asked, Reply, Server
from tests.program import run_keyguard
from tests.repositories import Repo
from tests.respond.fakes.forges import FakeGitHub
from tests.respond.fakes.keys import Key, Ring
from tests.respond.fakes.openai import FakeOpenAI
from tests.secrets import made_up


class Bed(NamedTuple):
    """A repository with two secrets in a file, their keys at fakes on one server, and settings that lead there."""

    repo: Repo
    openai: Key
    github: Key
    server: Server

    @property
    def settings(self) -> str:
        return str(self.repo.path / ".keyguard.toml")


@pytest.fixture
def bed(git_repo: Repo) -> Iterator[Bed]:
    values = [made_up("openai", "openai-project-key"), made_up("github", "github-installation-token")]
    openai, github = (Key(value.secrets[0].decode()) for value in values)
    fakes = FakeOpenAI(Ring([openai])), FakeGitHub(Ring([github]))

    def handle(asked: Asked) -> Reply:
        return fakes["/installation" in asked.path](asked)

    with Server(handle) as server:
        hosts = [f'"{host}" = "{server.address}"\n' for host in ("api.openai.com", "api.github.com")]
        text = f"[endpoints]\n{''.join(hosts)}[network]\ntries = 1\n"
        (git_repo.path / ".keyguard.toml").write_text(text, encoding="utf-8")
        (git_repo.path / "env").write_text(f"A={openai.value}\nB={github.value}\nC={openai.value}\n", encoding="utf-8")
        yield Bed(git_repo, openai, github, server)


def verdicts(path: Path) -> dict[str, str]:
    found = json.loads(path.read_text(encoding="utf-8"))["findings"]
    return {row["rule"]: row["verdict"] for row in found}


def test_needs_something_to_verify(tmp_path: Path) -> None:
    for words in ([], ["--stdin", "x.json"], ["--rule", "openai-project-key", "x"], ["--stdin", "--part", "id=1"]):
        assert run_keyguard("verify", *words, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.json", None, "no such file, and no fingerprint"),
        ("list.json", "[1]", "not a report of keyguard"),
        ("text.json", "hello", "not a report of keyguard"),
        ("half.json", '{"findings": [{"rule": "x"}]}', "not a report of keyguard"),
    ],
)
def test_refuses_what_is_no_report(tmp_path: Path, name: str, content: str | None, said: str) -> None:
    if content is not None:
        (tmp_path / name).write_text(content, encoding="utf-8")
    done = run_keyguard("verify", name, cwd=tmp_path)
    assert (done.returncode, said in done.stderr.decode()) == (2, True)


def test_settings_that_were_not_named_lead_no_secret_away(bed: Bed) -> None:
    done = run_keyguard("scan", "--verify", ".", cwd=bed.repo.path)
    assert done.returncode == 2
    assert "[endpoints] counts only in a file that you name" in done.stderr.decode()
    assert not bed.server.asked


def test_offline_asks_nobody(bed: Bed) -> None:
    (bed.repo.path / ".keyguard.toml").write_text("offline = true\n", encoding="utf-8")
    for words in (["scan", "--verify", "."], ["scan", "--verify", "--offline", "--config", "", "."]):
        done = run_keyguard(*words, cwd=bed.repo.path)
        assert (done.returncode, "stay offline" in done.stderr.decode()) == (2, True)


def test_scan_verifies_and_names_the_hosts_first(bed: Bed) -> None:
    bed.github.state = "dead"
    done = run_keyguard("scan", "--verify", "--config", bed.settings, ".", cwd=bed.repo.path)
    told, notes = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 1
    assert "2 requests that only read, to api.github.com, api.openai.com" in notes
    assert "  LIVE (api.openai.com)\n" in told
    assert "  DEAD (api.github.com)\n" in told
    for value in (bed.openai.value, bed.github.value):
        assert value not in told + notes
    assert len(bed.server.asked) == 2


def test_only_live_leaves_the_others_out(bed: Bed) -> None:
    bed.openai.state = "dead"
    words = ["scan", "--verify", "--only-live", "--config", bed.settings, "-o", "out.json", "env"]
    assert run_keyguard(*words, cwd=bed.repo.path).returncode == 1
    assert verdicts(bed.repo.path / "out.json") == {"github-installation-token": "live"}
    bed.github.state = "dead"
    assert run_keyguard(*words, cwd=bed.repo.path).returncode == 0


def test_a_report_without_secrets_is_enough(bed: Bed) -> None:
    """The file of one secret is committed and removed: it is found again by its object."""
    bed.repo.commit({"env": f"A={bed.openai.value}\nB={bed.github.value}\n"})
    (bed.repo.path / "env").write_text(f"A={bed.openai.value}\n", encoding="utf-8")
    bed.repo.commit({"env": f"A={bed.openai.value}\n"})
    run_keyguard("scan", "--history", "-o", "out.json", ".", "--config", "", cwd=bed.repo.path)
    assert bed.github.value not in (bed.repo.path / "out.json").read_text(encoding="utf-8")
    words = ["verify", "out.json", "--config", bed.settings, "-o", "done.json", "-o", "done.sarif"]
    done = run_keyguard(*words, cwd=bed.repo.path)
    assert (done.returncode, done.stdout) == (1, b"")
    live = {"openai-project-key": "live", "github-installation-token": "live"}
    assert verdicts(bed.repo.path / "done.json") == live
    again = run_keyguard("verify", "done.json", "--config", bed.settings, "-f", "json", "-q", cwd=bed.repo.path)
    details = json.loads(again.stdout)["findings"][0]["details"]
    assert details["state"] == "live"
    sarif = (bed.repo.path / "done.sarif").read_text(encoding="utf-8")
    assert '"verdict": "live"' in sarif
    assert '"verdictDetails"' in sarif


def test_a_secret_that_is_gone_is_unknown(bed: Bed) -> None:
    run_keyguard("scan", "-o", "out.json", "env", "--config", "", cwd=bed.repo.path)
    (bed.repo.path / "env").unlink()
    done = run_keyguard("verify", "out.json", "--config", bed.settings, "-f", "json", cwd=bed.repo.path)
    found = json.loads(done.stdout)["findings"]
    assert {row["verdict"] for row in found} == {"unknown"}
    assert "does not hold it any more" in found[0]["details"]["reason"]
    assert not bed.server.asked


def test_a_fingerprint_names_a_finding(bed: Bed) -> None:
    run_keyguard("scan", "-o", "../out.json", ".", "--config", "", cwd=bed.repo.path)
    rows = json.loads((bed.repo.path / "../out.json").read_text(encoding="utf-8"))["findings"]
    name = next(row["fingerprint"] for row in rows if row["provider"] == "openai")
    done = run_keyguard("verify", name[:8], "--config", bed.settings, cwd=bed.repo.path)
    assert (done.returncode, done.stdout.decode().count("LIVE")) == (1, 1)
    for word, said in (("abc", "no such file"), ("0" * 12, "no finding in .")):
        done = run_keyguard("verify", word, "--config", bed.settings, cwd=bed.repo.path)
        assert (done.returncode, said in done.stderr.decode()) == (2, True)


def test_reads_one_secret_from_standard_input(bed: Bed) -> None:
    words = ["verify", "--stdin", "--rule", "openai-project-key", "--config", bed.settings, "-f", "json"]
    done = run_keyguard(*words, cwd=bed.repo.path, stdin=bed.openai.value.encode() + b"\n")
    assert [row["verdict"] for row in json.loads(done.stdout)["findings"]] == ["live"]
    odd = run_keyguard(*words, cwd=bed.repo.path, stdin=b"anything-at-all")
    assert [row["verdict"] for row in json.loads(odd.stdout)["findings"]] == ["dead"]
    assert run_keyguard(*words, cwd=bed.repo.path, stdin=b" \n").returncode == 2
    words[3] = "openai-no-such-rule"
    assert run_keyguard(*words, cwd=bed.repo.path, stdin=b"x").returncode == 2
