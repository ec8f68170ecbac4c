"""The scan step, run for every event on a real clone of a real repository."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.action.runner import DISPATCH, SCHEDULE, Ran, checkout, merge_group, pull_request, push, run_step
from tests.secrets import made_up

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.repositories import Repo

pytestmark = pytest.mark.skipif(os.name != "posix", reason="runs the steps in a POSIX shell")
OLD, NEW = made_up("openai", seed=1), made_up("github", seed=2)
ZEROS = "0" * 40


class Story(NamedTuple):
    """main: first (holds OLD) .. base; feature: base .. leak (holds NEW) .. head."""

    origin: Repo
    first: str
    base: str
    leak: str
    head: str


@pytest.fixture
def story(new_repo: Callable[..., Repo]) -> Story:
    origin = new_repo("origin")
    first = origin.commit({"old.py": OLD.text})
    for number in range(3):
        origin.commit({"a.txt": f"{number}\n"})
    base = origin.head()
    origin.branch("feature")
    leak = origin.commit({"new.py": b"import os\n" + NEW.text})
    head = origin.commit({"b.txt": "b\n"})
    origin.switch("main")
    return Story(origin, first, base, leak, head)


def values_outside_masks(ran: Ran) -> str:
    return "\n".join(line for line in ran.log.splitlines() if not line.startswith("::add-mask::"))


@pytest.mark.parametrize(
    ("kind", "depth"),
    [("pull_request", 0), ("pull_request", 1), ("push", 1), ("new branch", 1), ("merge_group", 1), ("forced", 1)],
)
def test_what_an_event_brought(story: Story, tmp_path: Path, kind: str, depth: int) -> None:
    events = {
        "pull_request": pull_request(story.base, story.head),
        "push": push(story.base, story.head),
        "new branch": push(ZEROS, story.head),
        "merge_group": merge_group(story.base, story.head),
        "forced": push("1" * 40, story.head, forced=True),
    }
    work = checkout(story.origin, tmp_path / "work", story.head, depth)
    ran = run_step("Scan", tmp_path / "runner", work, events[kind])
    assert ran.code == 1, ran.log
    assert (ran.outputs["count"], ran.outputs["new-findings"], ran.outputs["exit-code"]) == ("1", "1", "1")
    (annotation,) = ran.annotations
    assert annotation.startswith("::error file=new.py,line=2,")
    assert ("is gone" in ran.log) is (kind == "forced")


@pytest.mark.parametrize("event", [SCHEDULE, DISPATCH])
def test_without_commits_all_files_are_scanned(
    story: Story, tmp_path: Path, event: tuple[str, dict[str, object]]
) -> None:
    work = checkout(story.origin, tmp_path / "work", story.head, 1)
    ran = run_step("Scan", tmp_path / "runner", work, event)
    assert (ran.code, ran.outputs["count"]) == (1, "2"), ran.log
    assert len(ran.annotations) == 2


def test_the_first_push_of_a_repository_is_scanned_whole(story: Story, tmp_path: Path) -> None:
    work = checkout(story.origin, tmp_path / "work", story.base, 1)
    ran = run_step("Scan", tmp_path / "runner", work, push(ZEROS, story.base, "refs/heads/main"))
    assert (ran.code, ran.outputs["count"]) == (1, "1"), ran.log
    assert ran.annotations[0].startswith("::error file=old.py,")


def test_a_clean_push_passes(story: Story, tmp_path: Path) -> None:
    work = checkout(story.origin, tmp_path / "work", story.head, 1)
    ran = run_step("Scan", tmp_path / "runner", work, push(story.leak, story.head))
    assert (ran.code, ran.outputs["count"], ran.outputs["exit-code"]) == (0, "0", "0"), ran.log
    assert "no secrets found" in ran.summary


def test_a_deleted_branch_passes(story: Story, tmp_path: Path) -> None:
    ran = run_step("Scan", tmp_path / "runner", story.origin.path, push(story.head, ZEROS))
    assert (ran.code, ran.outputs["count"]) == (0, "0")


def test_history_tells_new_ones_from_old_ones(story: Story, tmp_path: Path) -> None:
    work = checkout(story.origin, tmp_path / "work", story.head, 1)
    ran = run_step("Scan", tmp_path / "runner", work, push(story.base, story.head), mode="history")
    assert (ran.code, ran.outputs["count"], ran.outputs["new-findings"]) == (1, "2", "1"), ran.log


def test_a_clone_that_cannot_be_deepened_is_explained_and_fails(story: Story, tmp_path: Path) -> None:
    work = checkout(story.origin, tmp_path / "work", story.head, 1)
    (tmp_path / "origin").rename(tmp_path / "elsewhere")
    ran = run_step("Scan", tmp_path / "runner", work, push(ZEROS, story.head))
    assert ran.code == 3, ran.log
    assert "::error title=keyguard::the clone is shallow" in ran.log
    assert "fetch-depth: 0" in ran.log
    assert ran.outputs["exit-code"] == "3"


def test_no_value_is_in_the_log_or_a_file_and_all_are_masked_first(story: Story, tmp_path: Path) -> None:
    work = checkout(story.origin, tmp_path / "work", story.head)
    ran = run_step("Scan", tmp_path / "runner", work, SCHEDULE)
    lines = ran.log.splitlines()
    for expanded in (OLD, NEW):
        value = expanded.secrets[0].decode()
        assert f"::add-mask::{value}" in lines
        assert value not in values_outside_masks(ran)
        for path in (work / "keyguard.sarif", *(tmp_path / "runner").iterdir()):
            assert value not in path.read_text(encoding="utf-8")
    masks = [number for number, line in enumerate(lines) if line.startswith("::add-mask::")]
    assert masks == list(range(len(masks)))


def test_names_of_files_are_no_commands_in_the_log(story: Story, tmp_path: Path) -> None:
    story.origin.write(b"::warning file=x::boo.py", NEW.text)
    story.origin.git("add", "--all")
    story.origin.commit()
    work = checkout(story.origin, tmp_path / "work", story.origin.head())
    ran = run_step("Scan", tmp_path / "runner", work, SCHEDULE)
    (start,) = re.findall(r"^::stop-commands::([0-9a-f]{32})$", ran.log, re.MULTILINE)
    between = ran.log.split(f"::stop-commands::{start}\n")[1].split(f"::{start}::\n")[0]
    assert "::warning file=x::boo.py:" in between
    rest = ran.log.replace(between, "")
    assert not re.findall(r"^\s*::warning", rest, re.MULTILINE)


def test_sarif_and_summary_are_ready(story: Story, tmp_path: Path) -> None:
    work = checkout(story.origin, tmp_path / "work", story.head)
    ran = run_step("Scan", tmp_path / "runner", work, pull_request(story.base, story.head), sarif="out.sarif")
    assert ran.outputs["sarif"] == "out.sarif"
    (result,) = json.loads((work / "out.sarif").read_text(encoding="utf-8"))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "new.py"
    assert "## keyguard: 1 secret found" in ran.summary
    assert f"keyguard playbook {result['ruleId']}" in ran.summary
    assert "https://github.com/settings/" in ran.summary


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"fail_on": "never"}, 0),
        ({"fail_on": "medium"}, 1),
        ({"sarif": "", "format": "none"}, 1),
        ({"range": "none", "path": "b.txt"}, 0),
        ({"min_confidence": "high"}, 0),
        ({"baseline": "known.json"}, 0),
        ({"config": "quiet.toml"}, 0),
    ],
)
def test_inputs(story: Story, tmp_path: Path, given: dict[str, str], code: int) -> None:
    work = checkout(story.origin, tmp_path / "work", story.head)
    (work / "quiet.toml").write_text('[[allow]]\npaths = ["new.py"]\nreason = "made up"\n', encoding="utf-8")
    if "baseline" in given:
        run_step("Scan", tmp_path / "first", work, SCHEDULE)
        from tests.program import run_keyguard

        assert run_keyguard("scan", "-q", "--write-baseline", "known.json", cwd=work).returncode == 0
    ran = run_step("Scan", tmp_path / "runner", work, push(story.base, story.head), **given)
    assert ran.code == code, ran.log
    assert (work / "keyguard.sarif").exists() is (given.get("sarif") != "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"mode": "everything"}, "mode: everything is not known, expected one of scan, history, audit"),
        ({"fail_on": "lots\n::notice::x"}, "fail-on: lots\\n::notice::x is not known"),
        ({"baseline": "nowhere.json"}, "::error title=keyguard::the scan could not be done"),
        ({"range": "--all"}, "::error title=keyguard::the scan could not be done"),
        ({"range": "nowhere..HEAD"}, "::error title=keyguard::the scan could not be done"),
    ],
)
def test_what_cannot_be_done_never_passes(story: Story, tmp_path: Path, given: dict[str, str], said: str) -> None:
    work = checkout(story.origin, tmp_path / "work", story.head)
    ran = run_step("Scan", tmp_path / "runner", work, push(story.base, story.head), **{"fail_on": "never", **given})
    assert ran.code == 2, ran.log
    assert said in ran.log


def test_audit_runs_the_audit_and_hands_on_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "audit.toml").write_text("", encoding="utf-8")
    state = {"KEYGUARD_STATE": str(tmp_path / "state.db")}
    ran = run_step("Scan", tmp_path / "runner", tmp_path, SCHEDULE, mode="audit", config="audit.toml", **state)
    assert ran.code == 2, ran.log
    assert "audit.account" in ran.log
    assert (ran.outputs["count"], ran.outputs["exit-code"], ran.outputs["sarif"]) == ("0", "2", "")
