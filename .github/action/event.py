"""Which commits an event of GitHub Actions brought, and gets those of them that a shallow clone lacks."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

NULL = re.compile(r"0{40,64}")
DEPTHS = ("--deepen=100", "--deepen=1000", "--unshallow")


class Change(NamedTuple):
    """Commits in `head` and not in `base`. Without a base, those that the branch `default` does not have either.

    An empty `head`: the event brings no commits, and everything is meant. `deleted`: nothing is left to look at.
    """

    base: str = ""
    head: str = ""
    default: str = ""
    ref: str = ""
    deleted: bool = False


def change_of(name: str, event: dict[str, Any]) -> Change:
    """What the payload of an event says. https://docs.github.com/en/webhooks/webhook-events-and-payloads"""
    if name.startswith("pull_request"):
        pull = event["pull_request"]
        return Change(pull["base"]["sha"], pull["head"]["sha"])
    if name == "merge_group":
        return Change(event["merge_group"]["base_sha"], event["merge_group"]["head_sha"])
    if name == "push":
        default = event.get("repository", {}).get("default_branch", "")
        base = "" if NULL.fullmatch(event["before"]) else event["before"]
        return Change(base, event["after"], default, event.get("ref", ""), deleted=bool(event.get("deleted")))
    return Change()


def range_of(change: Change, folder: str) -> str:
    """The range for `keyguard scan --range`, all of it here if that can be done; "" for everything."""
    if not change.head:
        return ""
    if not present(change.head, folder):
        fetch(change.head, folder)
    base = change.base
    if base and not present(base, folder) and not fetch(base, folder):
        print(f"::notice title=keyguard::{base[:10]} is gone (a force push?): more than this push is scanned")
        base = ""
    base = base or branch_tip(change, folder)
    found = f"{base}..{change.head}" if base else change.head
    deepen(found, [rev for rev in (change.head, base) if rev], folder)
    return found


def branch_tip(change: Change, folder: str) -> str:
    """What a new branch grew out of: the default branch, unless it is that itself."""
    if not change.default or change.ref == f"refs/heads/{change.default}":
        return ""
    tracked = f"refs/remotes/origin/{change.default}"
    fetch(f"+refs/heads/{change.default}:{tracked}", folder)
    return git(folder, "rev-parse", "--verify", "--quiet", f"{tracked}^{{commit}}").stdout.strip()


def deepen(revisions: str, tips: list[str], folder: str) -> None:
    """Fetch more of a shallow clone until no commit of the range lacks its parents; say so where that fails."""
    for depth in DEPTHS:
        if not cut_off(revisions, folder):
            return
        if git(folder, "fetch", "--quiet", "--no-tags", depth, "origin", *tips).returncode:
            break
    if cut_off(revisions, folder):
        hint = "give actions/checkout `fetch-depth: 0`, and leave `persist-credentials` as it is"
        print(f"::error title=keyguard::the clone is shallow, and git fetch could not get the rest: {hint}")


def whole(folder: str) -> None:
    """For a scan of the history: all branches and tags of a clone that is shallow."""
    if git(folder, "rev-parse", "--is-shallow-repository").stdout.strip() == "true":
        refs = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
        git(folder, "fetch", "--quiet", "--unshallow", "origin", *refs)


def commits_of(revisions: str, folder: str) -> set[str]:
    return set(git(folder, "rev-list", "--end-of-options", revisions).stdout.split()) if revisions else set()


def cut_off(revisions: str, folder: str) -> bool:
    """Whether the range reaches a commit whose parents a shallow clone left out."""
    place = git(folder, "rev-parse", "--git-path", "shallow").stdout.strip()
    try:
        ends = set((Path(folder) / place).read_text(encoding="ascii").split())
    except OSError:
        return False
    return bool(ends & commits_of(revisions, folder))


def present(commit: str, folder: str) -> bool:
    return git(folder, "cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


def fetch(what: str, folder: str) -> bool:
    shallow = git(folder, "rev-parse", "--is-shallow-repository").stdout.strip() == "true"
    depth = ["--depth=50"] if shallow else []
    return git(folder, "fetch", "--quiet", "--no-tags", *depth, "origin", what).returncode == 0


def git(folder: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *words], cwd=folder, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
