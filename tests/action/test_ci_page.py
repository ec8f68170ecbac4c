"""The snippets of docs/ci.md: against the public schemas of the services, and run where that can be done here."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

import click
import pytest
import yaml

from keyguard.commands.output import pair
from keyguard.commands.scan import command
from tests.action.runner import ACTION, console
from tests.action.test_action_file import valid
from tests.program import COMPILED, ROOT
from tests.secrets import made_up

if TYPE_CHECKING:
    from pathlib import Path

    from tests.repositories import Repo

PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
MARKED = dict(re.findall(r"^<!-- ([a-z-]+) -->\n```[a-z]+\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
COMMANDS = re.findall(r"(?<!\w)keyguard (scan (?:[^`'\n|#]|\n {6}(?=--))*)", PAGE)
NAMES = {
    "github-workflows": ".github/workflows/secrets.yml",
    "gitlab-ci": ".gitlab-ci.yml",
    "azure-pipelines": "azure-pipelines.yml",
    "bitbucket-pipelines": "bitbucket-pipelines.yml",
}


@pytest.mark.parametrize("service", NAMES)
def test_snippets_follow_the_schema_of_their_service(service: str, tmp_path: Path) -> None:
    path = tmp_path / NAMES[service]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MARKED[service], encoding="utf-8")
    assert valid(f"vendor.{service}", path) == ""
    assert isinstance(yaml.safe_load(MARKED[service]), dict)


def test_every_snippet_is_looked_at() -> None:
    assert set(MARKED) == {*NAMES, "shell"}


def test_commands_have_options_that_there_are() -> None:
    assert len(COMMANDS) >= 10
    for line in COMMANDS:
        words = [word.strip('"') for word in line.split()[1:]]
        with command.make_context("scan", words, resilient_parsing=True) as context:
            given: dict[str, Any] = context.params
        unknown = [word for word in words if word.startswith("--") and word not in options()]
        assert unknown == [], line
        assert pair(given["format"], given["output"])


def options() -> set[str]:
    return {name for each in command.params if isinstance(each, click.Option) for name in each.opts}


def test_inputs_and_outputs_of_the_action_are_all_described() -> None:
    for name in (*ACTION["inputs"], *ACTION["outputs"]):
        assert f"`{name}`" in PAGE, name
    for name, entry in ACTION["inputs"].items():
        if entry.get("default") and name != "token":
            assert f"`{entry['default']}`" in PAGE, name


@pytest.mark.skipif(os.name != "posix", reason="runs in a POSIX shell")
def test_the_plain_shell_finds_what_a_branch_brought(git_repo: Repo, tmp_path: Path) -> None:
    base = git_repo.commit({"a.txt": "a\n"})
    git_repo.commit({"new.py": made_up("openai").text})
    console(tmp_path)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, "PATH": path, "BASE": base, "KEYGUARD_CACHE": COMPILED.name}
    done = subprocess.run(
        ["sh", "-c", MARKED["shell"]], cwd=git_repo.path, env=variables, capture_output=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert b"new.py:1:" in done.stdout
    assert (git_repo.path / "keyguard.html").exists()
