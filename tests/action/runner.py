"""Runs steps of the action in a shell, as GitHub's runner does: its files, its variables, payloads of its shape."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from tests.program import COMPILED, ROOT

if TYPE_CHECKING:
    from tests.repositories import Repo

ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
STEPS = {step["name"]: step for step in ACTION["runs"]["steps"] if "name" in step}
DEFAULTS = {name: str(entry.get("default", "")) for name, entry in ACTION["inputs"].items()}
REPOSITORY = {"full_name": "acme/app", "default_branch": "main"}
OUTPUT = re.compile(r"^([a-z-]+)=(.*)$", re.MULTILINE)


class Ran:
    """What a step left behind."""

    def __init__(self, done: subprocess.CompletedProcess[bytes], folder: Path) -> None:
        self.code = done.returncode
        self.log = done.stdout.decode() + done.stderr.decode()
        self.outputs = dict(OUTPUT.findall((folder / "output").read_text(encoding="utf-8")))
        self.summary = (folder / "summary").read_text(encoding="utf-8")

    @property
    def annotations(self) -> list[str]:
        return re.findall(r"^::(?:error|warning|notice) file=.*$", self.log, re.MULTILINE)


def run_step(name: str, folder: Path, cwd: Path, event: tuple[str, dict[str, Any]], **given: str) -> Ran:
    """Run the step in `cwd`. `given` are inputs (with _ for -), and in capitals variables."""
    folder.mkdir(exist_ok=True)
    for file in ("output", "summary"):
        (folder / file).write_text("", encoding="utf-8")
    (folder / "event.json").write_text(json.dumps(event[1]), encoding="utf-8")
    inputs = {**DEFAULTS, **{key.replace("_", "-"): value for key, value in given.items() if key.islower()}}
    step = STEPS[name]
    own = {key: filled(value, inputs) for key, value in step.get("env", {}).items()}
    variables = {
        **os.environ,
        "KEYGUARD_CACHE": COMPILED.name,
        "GITHUB_ACTIONS": "true",
        "GITHUB_ACTION_PATH": str(ROOT),
        "GITHUB_EVENT_NAME": event[0],
        "GITHUB_EVENT_PATH": str(folder / "event.json"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_REPOSITORY": "acme/app",
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "RUNNER_TEMP": str(folder),
        **own,
        "KEYGUARD_PROGRAM": str(console(folder)),
        "KEYGUARD_PYTHON": sys.executable,
        **{key: value for key, value in given.items() if key.isupper()},
    }
    (folder / "step.sh").write_text(step["run"], encoding="utf-8")
    command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(folder / "step.sh")]
    done = subprocess.run(command, cwd=cwd, env=variables, capture_output=True, timeout=120, check=False)
    return Ran(done, folder)


def filled(value: str, inputs: dict[str, str]) -> str:
    """`${{ inputs.x }}` replaced; what comes from other steps is given by the tests."""
    return re.sub(
        r"\$\{\{ *([a-z.-]+) *\}\}",
        lambda found: inputs[found[1][7:]] if found[1].startswith("inputs.") else "",
        value,
    )


def console(folder: Path) -> Path:
    """The program that the install step would leave there."""
    program = folder / "keyguard"
    code = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nfrom keyguard.cli import main\nsys.exit(main())\n"
    program.write_text(f"#!{sys.executable}\n{code}", encoding="utf-8")
    program.chmod(0o755)
    return program


def push(before: str, after: str, ref: str = "refs/heads/feature", **more: Any) -> tuple[str, dict[str, Any]]:
    """https://docs.github.com/en/webhooks/webhook-events-and-payloads#push"""
    zeros = "0" * 40
    event = {"ref": ref, "before": before, "after": after, "created": before == zeros, "deleted": after == zeros}
    return "push", {**event, "forced": False, "base_ref": None, "commits": [], "repository": REPOSITORY, **more}


def pull_request(base: str, head: str, number: int = 7) -> tuple[str, dict[str, Any]]:
    sides = {"base": {"ref": "main", "sha": base}, "head": {"ref": "feature", "sha": head}}
    return "pull_request", {
        "action": "synchronize",
        "number": number,
        "pull_request": {"number": number, **sides, "commits": 1},
        "repository": REPOSITORY,
    }


def merge_group(base: str, head: str) -> tuple[str, dict[str, Any]]:
    group = {
        "base_sha": base,
        "head_sha": head,
        "base_ref": "refs/heads/main",
        "head_ref": "refs/heads/gh-readonly-queue/x",
    }
    return "merge_group", {"action": "checks_requested", "merge_group": group, "repository": REPOSITORY}


SCHEDULE = ("schedule", {"schedule": "0 3 * * *", "repository": REPOSITORY})
DISPATCH = ("workflow_dispatch", {"inputs": None, "ref": "refs/heads/main", "repository": REPOSITORY})


def checkout(origin: Repo, folder: Path, rev: str, depth: int = 0) -> Path:
    """What actions/checkout leaves: a detached commit, with `depth` commits of history (0: all of it)."""
    folder.mkdir()

    def git(*words: str) -> None:
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)

    git("init", "--quiet")
    git("remote", "add", "origin", origin.path.as_uri())
    limits = [f"--depth={depth}", "--no-tags"] if depth else []
    refs = [] if depth else ["+refs/heads/*:refs/remotes/origin/*"]
    git("fetch", "--quiet", *limits, "origin", *refs, rev)
    git("checkout", "--quiet", "--force", rev)
    return folder
