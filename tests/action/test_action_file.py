"""action.yml and the workflows: against the public schemas, and against habits that leak or break."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.action.runner import ACTION
from tests.program import ROOT

if TYPE_CHECKING:
    from pathlib import Path

# What these two schemas need beside themselves, as check-jsonschema's own hooks for them have it.
MORE = {
    "vendor.azure-pipelines": ("--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"),
    "vendor.gitlab-ci": ("--data-transform", "gitlab-ci", "--regex-variant", "nonunicode"),
}
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def valid(schema: str, *files: Path) -> str:
    """What check-jsonschema has to say; empty where all is well. It brings the schemas with it."""
    pytest.importorskip("check_jsonschema", reason="check-jsonschema is not installed")
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *MORE.get(schema, ())]
    done = subprocess.run([*command, *map(str, files)], capture_output=True, check=False)
    return (done.stdout + done.stderr).decode() if done.returncode else ""


def test_the_schema_refuses_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "action.yml").write_text("name: x\nruns: {using: docker2}\n", encoding="utf-8")
    assert valid("vendor.github-actions", tmp_path / "action.yml")


def test_action_and_workflows_follow_their_schemas() -> None:
    assert valid("vendor.github-actions", ROOT / "action.yml") == ""
    assert valid("vendor.github-workflows", *WORKFLOWS) == ""


def test_no_input_is_written_into_a_script() -> None:
    assert [step for step in ACTION["runs"]["steps"] if "${{" in step.get("run", "")] == []


def test_every_step_has_a_shell_and_every_input_is_used() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert all("shell" in step or "uses" in step for step in ACTION["runs"]["steps"])
    for name in ACTION["inputs"]:
        assert re.search(rf"inputs\.{name}\b", text), name


def test_the_action_needs_no_licence_and_no_docker() -> None:
    assert ACTION["runs"]["using"] == "composite"
    assert [step["uses"].split("@")[0] for step in ACTION["runs"]["steps"] if "uses" in step] == [
        "actions/setup-python"
    ]
    assert ACTION["inputs"]["comment"]["default"] == "false"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.name))
def test_workflows_may_do_no_more_than_they_need(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
