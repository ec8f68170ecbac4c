"""The phases that are alike for all providers: out of the code and its history, and never in again."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Final, NamedTuple

from keyguard.model.playbook import Step

if TYPE_CHECKING:
    from keyguard.model import Finding
    from keyguard.respond.playbook_general import Case


class Origin(NamedTuple):
    """Where the house text was taken from, and when that was read."""

    source: str
    verified: str


HOUSE: Final = Origin(
    "manual of git-filter-repo (--sensitive-data-removal, --replace-text); docs.github.com, removing sensitive data "
    "from a repository",
    "2026-11-22",
)
FILTER_REPO: Final = "https://github.com/newren/git-filter-repo"
REMOVING: Final = (
    "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/"
    "removing-sensitive-data-from-a-repository"
)
WARNING: Final = (
    "Rewriting history does not un-leak a secret: whoever cloned, forked or indexed it has it. "
    "Only a dead secret is safe."
)
_MOST_PATHS = 10


def clean_steps(case: Case) -> list[Step]:
    """Out of the files, then out of the history where that is worth it."""
    steps = [_remove(case), _replace_by_variable()]
    if case.finding is None or _in_history(case.finding):
        steps += _rewrite(case)
    if case.finding is not None and _is_unreachable(case.finding):
        steps.append(_expire())
    return [*steps, _copies(), _logs()]


def prevent_steps(case: Case) -> list[Step]:
    """What would have stopped this one, and will stop the next."""
    steps = [
        Step(
            do="Scan before each commit and push, on every machine that writes to this repository",
            run=("keyguard hook install",),
            check="a commit with a made-up key is refused",
        ),
        Step(
            do="Scan in the pipeline too, with settings from the target branch, so that a change cannot allow itself",
            run=("keyguard scan --history",),
        ),
        Step(
            do="Give each program a key of its own: least rights, an end date, a limit of spend, allowed addresses, "
            "or no key at all (workload identity, OIDC) where the provider offers these",
            who="who administers the account",
            open=case.console or case.docs,
        ),
    ]
    if case.usage:
        steps.append(
            Step(
                do="Read the provider's figures of use and cost, and be told when a key behaves as it never did",
                run=("keyguard audit read",),
                open="",
            )
        )
    return steps


def _remove(case: Case) -> Step:
    paths = _paths(case.finding) if case.finding else []
    places = f" ({', '.join(paths)})" if paths else ""
    return Step(
        do=f"Remove it from the files that hold it today{places}, and commit that",
        check="keyguard scan finds it no more",
        run=("keyguard scan",),
    )


def _replace_by_variable() -> Step:
    return Step(
        do="Read it from a secret manager or an environment variable instead; a file with it is named in .gitignore, "
        "and its example holds no value",
        breaks="programs that are started without the variable",
    )


def _rewrite(case: Case) -> list[Step]:
    refs = case.pushed
    where = "Nobody else has it as far as this clone knows: rewriting it here is enough. " if refs == () else ""
    replacements, address = "REPLACEMENTS", case.address or "<URL OF THE REPOSITORY>"
    options = f'--replace-text "${replacements}" --replace-message "${replacements}"'
    return [
        Step(
            do=f"{WARNING} {where}Decide whether rewriting is worth it: all later commits get new ids",
            who="whoever may force-push to all branches; tell everybody with a clone first",
            open=REMOVING,
            breaks="open pull requests, signatures, and every clone that is not made anew",
        ),
        Step(
            do="Rewrite a fresh clone with git-filter-repo 2.47 or newer. The file of replacements holds the secret: "
            "it is written to a temporary place that only you can read, and removed afterwards",
            open=FILTER_REPO,
            run=(
                f"{replacements}=$(keyguard playbook {case.short.split()[0]} --history --replacements)",
                f"git clone --mirror {address} clean.git",
                f"git -C clean.git filter-repo --sensitive-data-removal {options}",
                f'rm -r "$(dirname "${replacements}")"',
                "keyguard scan --history clean.git",
            ),
            check="the last command does not find it",
            undo="the old repository is untouched until the push",
        ),
        Step(
            do="Push the new history over the old one, all branches and tags",
            run=("git -C clean.git push --force --mirror origin",),
            breaks="see above; hosts keep the refs of pull requests (refs/pull/*), which only their support removes",
            check=f"keyguard scan --history {address} does not find it",
            undo="push an old clone in the same way",
            survives="old objects in the host's store until it clears them: who knows a commit's id may read it",
        ),
    ]


def _expire() -> Step:
    return Step(
        do="It is in objects that no ref reaches (amended or dropped commits): let git forget these",
        run=("git reflog expire --expire=now --all", "git gc --prune=now"),
        breaks="dropped stashes and commits cannot be brought back",
        check="keyguard scan --history finds it no more",
    )


def _copies() -> Step:
    return Step(
        do="Have copies removed: forks, mirrors, cached views and pull-request refs (the host's support), packages and "
        "images that were built with it; let everybody clone anew, and not merge old branches",
        open=REMOVING,
        who="an administrator of the host; owners of forks",
        survives="clones of people you do not know",
    )


def _logs() -> Step:
    return Step(
        do="Delete it from logs and artifacts of the pipeline, chat, tickets, wikis and backups that show it",
        check="keyguard scan finds it in none of their exports",
    )


def _paths(finding: Finding) -> list[str]:
    files = [each.location for each in finding.occurrences if each.location.kind == "file"]
    named = [shlex.quote(each.path.decode("utf-8", "replace")) for each in files]
    distinct = list(dict.fromkeys(named))
    more = len(distinct) - _MOST_PATHS
    return distinct[:_MOST_PATHS] + ([f"and {more} more"] if more > 0 else [])


def _in_history(finding: Finding) -> bool:
    """Whether a commit may hold it: a scan of files alone does not tell."""
    return any(each.provenance is None or each.provenance.state != "unreachable" for each in finding.occurrences)


def _is_unreachable(finding: Finding) -> bool:
    return any(each.provenance is not None and each.provenance.state == "unreachable" for each in finding.occurrences)
