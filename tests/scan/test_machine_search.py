from __future__ import annotations

import os
from pathlib import Path

import pytest

from keyguard.scan.machine_search import Bounds, search
from tests.scan.homes import machine_at, put

posix = pytest.mark.skipif(os.name != "posix", reason="links and permissions as on POSIX")


def names(home: Path, system: str = "linux", **variables: str) -> set[str]:
    """What is found, seen from the home folder."""
    spots = search(machine_at(home, system, **variables)).spots
    return {os.path.relpath(os.fsdecode(spot.path), home).replace(os.sep, "/") for spot in spots}


def test_an_empty_home_is_no_failure(tmp_path: Path) -> None:
    assert search(machine_at(tmp_path)) == ([], [])
    assert search(machine_at(tmp_path / "missing")) == ([], [])


def test_what_is_nobodys_place_is_left_alone(tmp_path: Path) -> None:
    for path in (
        "notes.txt",
        "proj/main.py",
        "proj/node_modules/x/.env",
        ".cache/x/.env",
        "proj/.git/.env",
        "env/.env",
    ):
        put(tmp_path, path)
    assert names(tmp_path) == set()


@pytest.mark.parametrize(
    ("system", "path"),
    [
        ("linux", ".bash_history"),
        ("linux", ".zsh_history"),
        ("linux", ".local/share/fish/fish_history"),
        ("linux", ".local/share/powershell/PSReadLine/ConsoleHost_history.txt"),
        ("windows", "AppData/Roaming/Microsoft/Windows/PowerShell/PSReadLine/ConsoleHost_history.txt"),
        ("linux", ".zshrc"),
        ("linux", ".netrc"),
        ("linux", ".pgpass"),
        ("linux", ".npmrc"),
        ("linux", ".pypirc"),
        ("linux", ".gitconfig"),
        ("linux", ".git-credentials"),
        ("linux", ".aws/credentials"),
        ("linux", ".config/gcloud/application_default_credentials.json"),
        ("windows", "AppData/Roaming/gcloud/application_default_credentials.json"),
        ("linux", ".azure/msal_token_cache.json"),
        ("linux", ".config/gh/hosts.yml"),
        ("windows", "AppData/Roaming/GitHub CLI/hosts.yml"),
        ("macos", "Library/Application Support/glab-cli/config.yml"),
        ("linux", ".docker/config.json"),
        ("linux", ".kube/config"),
        ("linux", ".cache/huggingface/token"),
        ("macos", "Library/Application Support/Claude/claude_desktop_config.json"),
        ("windows", "AppData/Roaming/Claude/claude_desktop_config.json"),
        ("linux", ".claude/projects/-home-me/sub/0a.jsonl"),
        ("linux", ".cursor/mcp.json"),
        ("macos", "Library/Application Support/Code/User/mcp.json"),
        ("linux", ".codeium/windsurf/mcp_config.json"),
        ("linux", ".continue/config.yaml"),
        ("linux", ".codex/sessions/2026/11/22/rollout.jsonl"),
        ("linux", ".gemini/settings.json"),
        ("linux", "work/team/app/.env.local"),
        ("linux", "work/app/.cursor/mcp.json"),
        ("linux", "work/app/.aider.chat.history.md"),
    ],
)
def test_places_are_found(tmp_path: Path, system: str, path: str) -> None:
    put(tmp_path, path)
    assert names(tmp_path, system) == {path}


def test_places_of_another_system_are_not(tmp_path: Path) -> None:
    put(tmp_path, "Library/Application Support/Claude/claude_desktop_config.json")
    assert names(tmp_path, "linux") == set()


def test_variables_move_places(tmp_path: Path) -> None:
    home = tmp_path / "home"
    put(home, ".codex/auth.json")
    moved = put(tmp_path, "elsewhere/auth.json")
    kube = [put(tmp_path, f"kube/{name}") for name in "ab"]
    variables = {"CODEX_HOME": str(moved.parent), "KUBECONFIG": os.pathsep.join(map(str, kube))}
    found = {Path(os.fsdecode(spot.path)) for spot in search(machine_at(home, **variables)).spots}
    assert found == {moved, *kube}
    relative = machine_at(home, CODEX_HOME="elsewhere", HISTFILE="x")
    assert [Path(os.fsdecode(spot.path)).name for spot in search(relative).spots] == ["auth.json"]


def test_assistants_that_keep_more_in_one_place(tmp_path: Path) -> None:
    kept = ("session-state/x/events.jsonl", "session-store.db", "logs/a.log", "mcp-config.json")
    copilot = {put(tmp_path, f"moved/{name}") for name in kept}
    codex = {put(tmp_path, f".codex/{name}") for name in ("state_5.sqlite", "archived_sessions/a.jsonl")}
    spots = search(machine_at(tmp_path, COPILOT_HOME=str(tmp_path / "moved"))).spots
    assert {Path(os.fsdecode(spot.path)) for spot in spots} == copilot | codex


def test_a_home_with_signs_of_patterns(tmp_path: Path) -> None:
    home = tmp_path / "a[b]"
    put(home, ".claude/settings.local.json")
    assert names(home) == {".claude/settings.local.json"}


@posix
def test_a_file_of_two_names_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, "dotfiles/bashrc")
    (tmp_path / ".bashrc").symlink_to("dotfiles/bashrc")
    (tmp_path / ".profile").symlink_to("dotfiles/bashrc")
    (tmp_path / ".zshrc").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to(".")
    assert names(tmp_path) == {".bashrc"}


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_listed_is_told(tmp_path: Path) -> None:
    folder = put(tmp_path, ".claude/projects/x/a.jsonl").parent
    folder.chmod(0)
    try:
        (skip,) = search(machine_at(tmp_path)).skips
    finally:
        folder.chmod(0o700)
    assert skip.what.endswith("projects/x")
    assert not skip.complete


def test_what_is_too_much_is_told(tmp_path: Path) -> None:
    for number in range(4):
        os.utime(put(tmp_path, f".claude/projects/x/{number}.jsonl"), (number, number))
        put(tmp_path, f"work/{number}/.env")
    put(tmp_path, ".claude/projects/x/large.jsonl", bytes(2 << 20))
    found = search(machine_at(tmp_path), Bounds(2, 1 << 20, 3))
    read = {Path(os.fsdecode(spot.path)).relative_to(tmp_path).as_posix() for spot in found.spots}
    assert read == {".claude/projects/x/3.jsonl", ".claude/projects/x/2.jsonl", "work/0/.env"}
    assert len(found.skips) == 3
    assert all(skip.complete for skip in found.skips)


def test_depth_is_bounded(tmp_path: Path) -> None:
    put(tmp_path, "1/2/3/4/5/6/.env")
    put(tmp_path, "1/2/3/4/5/6/7/.env")
    assert names(tmp_path) == {"1/2/3/4/5/6/.env"}
