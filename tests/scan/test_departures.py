"""When secrets left: read off the edits of the files they stood in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.git.place import Place
from keyguard.model import Finding
from keyguard.scan.departures import with_departures
from keyguard.scan.history import scan_history
from tests.secrets import made_up

if TYPE_CHECKING:
    from tests.repositories import Repo

ONE, TWO = made_up("openai", seed=1), made_up("openai", seed=2)


def untils(repo: Repo) -> dict[str, str]:
    findings: tuple[Finding, ...] = scan_history(str(repo.path)).findings
    dated = with_departures(findings, Place(str(repo.path)))
    return {
        place.location.path.decode(): place.provenance.until
        for found in dated
        for place in found.occurrences
        if place.provenance
    }


def test_what_is_still_there_has_not_left(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text})
    assert untils(git_repo) == {"a.py": ""}


def test_an_edit_and_a_deletion_take_it_out(git_repo: Repo) -> None:
    git_repo.commit({"a b.py": ONE.text, "ö.py": TWO.text})
    git_repo.commit({"a b.py": ONE.text + b"# more\n"}, date="2026-02-01T00:00:00+0000")
    git_repo.commit({"a b.py": "clean\n"}, date="2026-03-01T00:00:00+0000")
    git_repo.commit({"ö.py": None}, date="2026-04-01T00:00:00+0000")
    git_repo.commit({"a b.py": "cleaner\n"}, date="2026-05-01T00:00:00+0000")
    assert untils(git_repo) == {"a b.py": "2026-03-01T00:00:00+00:00", "ö.py": "2026-04-01T00:00:00+00:00"}


def test_the_last_time_counts(git_repo: Repo) -> None:
    for month in ("02", "04"):
        git_repo.commit({"a.py": ONE.text}, date=f"2026-{month}-01T00:00:00+0000")
        git_repo.commit({"a.py": "clean\n"}, date=f"2026-{month}-15T00:00:00+0000")
    assert untils(git_repo) == {"a.py": "2026-04-15T00:00:00+00:00"}


def test_a_branch_that_was_never_merged(git_repo: Repo) -> None:
    git_repo.commit({"a.txt": "a\n"})
    git_repo.branch("side")
    git_repo.commit({"b.py": ONE.text})
    git_repo.switch("main")
    assert untils(git_repo) == {"b.py": ""}


def test_outside_a_repository_nothing_is_dated(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text})
    git_repo.commit({"a.py": None})
    findings = scan_history(str(git_repo.path)).findings
    assert with_departures(findings, Place(str(git_repo.path.parent))) == findings
