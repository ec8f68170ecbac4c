from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from keyguard.model import Finding, Location, Occurrence, Provenance, Verdict
from keyguard.model.playbook import PHASES, Playbook, Step
from keyguard.providers.actions import ActionFile, find_file, open_file
from keyguard.providers.loader import builtin_files
from keyguard.respond.playbook import finding_playbook, provider_playbook
from keyguard.respond.playbook_general import GENERAL
from tests.repositories import Repo
from tests.respond.findings import finding, text_of

FILES = [open_file(path) for path in builtin_files()]
NOW = dt.datetime(2026, 11, 22, tzinfo=dt.timezone.utc)
LINK = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}(?:/[!-~]*)?")
LEAST_OF_THEIR_OWN = 40


def steps_of(playbook: Playbook, phase: str) -> tuple[Step, ...]:
    return next(each.steps for each in playbook.phases if each.name == phase)


def facts_of(playbook: Playbook) -> dict[str, str]:
    return {fact.name: fact.value for fact in playbook.facts}


def book(one: Finding, folder: str = "") -> Playbook:
    file = find_file(one.provider)
    assert file is not None
    return finding_playbook(file, one, folder, NOW)


def committed(one: Finding, commit: str, *, state: str = "head", date: str = "2026-11-01T10:00:00+01:00") -> Finding:
    origin = Provenance("0" * 40, commit, "Ada", "ada@example.com", date, state)
    place = Location("file", b"src/my app.py", 7, 1, 7, 20, 0, 20)
    return one._replace(occurrences=(Occurrence(place, origin),))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.provider)
def test_every_rule_has_a_whole_playbook(file: ActionFile) -> None:
    for rule in ("", *file.rules):
        playbook = provider_playbook(file, rule)
        assert [phase.name for phase in playbook.phases] == [name for name, _ in PHASES]
        for phase in playbook.phases:
            assert phase.steps, phase.name
            assert phase.source.strip(), phase.name
            assert dt.date(2026, 1, 1) <= dt.date.fromisoformat(phase.verified) <= dt.date(2100, 1, 1)
            for step in phase.steps:
                assert step.do.strip()
                assert not step.open or LINK.fullmatch(step.open), step.open
        for step in steps_of(playbook, "contain"):
            assert all((step.who, step.breaks, step.delay, step.check, step.undo, step.survives)), step.do


def test_enough_providers_have_instructions_of_their_own() -> None:
    own = [file for file in FILES if file.tables.get("playbook")]
    assert len(own) >= LEAST_OF_THEIR_OWN
    for file in own:
        assert any(phase.note == "" and phase.name == "contain" for phase in provider_playbook(file).phases)


def test_what_was_not_verified_is_said_to_be_general() -> None:
    file = find_file("adafruit")
    assert file is not None
    phases = {phase.name: phase for phase in provider_playbook(file).phases}
    assert {phases[name].note for name in ("contain", "rotate", "investigate")} == {GENERAL}
    assert phases["clean"].note == ""


def test_parts_of_a_finding_cannot_become_commands() -> None:
    one = finding("aws-access-key", parts=(("id", b"AKIA$(reboot)"),))
    lines = [line for phase in book(one).phases for step in phase.steps for line in step.run]
    assert not any("reboot" in line for line in lines)
    assert any("--access-key-id <ID>" in line for line in lines)


def test_parts_of_a_finding_stand_in_commands() -> None:
    one = finding("aws-access-key", parts=(("id", b"AKIAIOSFODNN7EXAMPLE"),))
    lines = [line for step in steps_of(book(one), "contain") for line in step.run]
    assert any("--access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive" in line for line in lines)
    assert f"keyguard revoke {one.fingerprint[:12]} --yes" in lines


def test_the_secret_stands_nowhere() -> None:
    one = finding("openai-project-key")
    assert text_of(one) not in repr(book(one))
    assert one.secret.masked in repr(book(one))


def test_says_where_and_since_when_and_by_whom() -> None:
    one = committed(finding("openai-project-key"), "a" * 40)
    facts = facts_of(book(one))
    assert facts["place"] == "src/my app.py:7, commit aaaaaaaaaaaa by Ada, still in HEAD"
    assert facts["exposed_since"] == "since 2026-11-01T10:00:00+01:00 (first commit), 20 days until now"
    assert "'src/my app.py'" in steps_of(book(one), "clean")[0].do


def test_says_what_the_provider_told() -> None:
    details = Verdict("live", owner="ada", account="acme", scopes=("repo", "admin:org"), checked="2026-11-22T00:00:00Z")
    facts = facts_of(book(finding("github-personal-token")._replace(verdict="live", details=details)))
    assert facts["state"] == "live, asked 2026-11-22T00:00:00Z"
    assert (facts["owner"], facts["scopes"]) == ("ada, acme", "repo, admin:org")
    assert "these permissions: repo, admin:org" in facts["blast_radius"]


def test_says_to_which_remotes_it_was_pushed(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "here")
    first = repo.commit({"a.txt": "1"})
    second = repo.commit({"a.txt": "2"})
    Repo(tmp_path / "there", bare=True)
    repo.git("remote", "add", "origin", str(tmp_path / "there"))
    repo.git("push", "-q", "origin", f"{first}:refs/heads/main")
    repo.git("fetch", "-q", "origin")
    folder = str(tmp_path / "here")
    pushed = book(committed(finding("openai-project-key"), first), folder)
    kept = book(committed(finding("openai-project-key"), second), folder)
    unknown = book(committed(finding("openai-project-key"), "b" * 40), folder)
    assert facts_of(pushed)["pushed"] == "yes, to origin (origin/main)"
    assert facts_of(kept)["pushed"] == "to no remote that this clone knows of"
    assert facts_of(unknown)["pushed"].startswith("not known")
    assert any("rewriting it here is enough" in step.do for step in steps_of(kept, "clean"))
    assert not any("rewriting it here is enough" in step.do for step in steps_of(pushed, "clean"))


def test_clean_is_exact_and_says_that_it_does_not_unleak() -> None:
    one = committed(finding("openai-project-key"), "a" * 40)
    steps = steps_of(book(one), "clean")
    lines = [line for step in steps for line in step.run]
    assert any("does not un-leak" in step.do for step in steps)
    assert any("filter-repo --sensitive-data-removal --replace-text" in line for line in lines)
    assert any("push --force --mirror" in line for line in lines)
    words = " ".join(step.do for step in steps)
    for word in ("secret manager", "forks", "cached views", "logs", "temporary place"):
        assert word in words


def test_objects_that_no_ref_reaches_are_let_go() -> None:
    one = committed(finding("openai-project-key"), "a" * 40, state="unreachable")
    lines = [line for step in steps_of(book(one), "clean") for line in step.run]
    assert "git gc --prune=now" in lines
    assert not any("filter-repo" in line for line in lines)


def test_what_can_be_undone_comes_first_and_what_is_final_when_nothing_needs_it() -> None:
    playbook = book(finding("aws-access-key", parts=(("id", b"AKIAIOSFODNN7EXAMPLE"),)))
    contain = [step.do for step in steps_of(playbook, "contain")]
    assert contain[0].startswith("Find whose key it is")
    assert contain[1].startswith("Set the access key inactive")
    assert contain[2].startswith("By hand, where keyguard cannot: Set the key inactive; do not delete it yet")
    assert not any("Delete" in each for each in contain)
    last = steps_of(playbook, "rotate")[-1]
    assert last.do.startswith("When nothing uses it any more: Delete the access key")
    assert last.run[-1].endswith("--delete --yes")


def test_what_hits_more_than_the_secret_comes_last() -> None:
    steps = steps_of(book(finding("openai-project-key")), "contain")
    assert steps[-1].do.startswith("Or, though it hits more than this secret: Set a hard spend limit")
    assert steps[0].run[-1].endswith("--yes")


def test_the_owner_that_the_provider_told_stands_in_commands() -> None:
    details = Verdict("live", owner="arn:aws:iam::123456789012:user/ci", account="123456789012")
    one = finding("aws-access-key", parts=(("id", b"AKIAIOSFODNN7EXAMPLE"),))._replace(details=details)
    lines = [line for step in steps_of(book(one), "contain") for line in step.run]
    assert "aws iam update-access-key --user-name ci --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive" in lines


def test_the_repository_is_named_without_its_login(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "here")
    commit = repo.commit({"a.txt": "1"})
    one = committed(finding("openai-project-key"), commit)
    repo.git("remote", "add", "origin", "https://ada:hunter2@git.example.com/site.git")
    lines = [line for step in steps_of(book(one, str(tmp_path / "here")), "clean") for line in step.run]
    assert "git clone --mirror https://git.example.com/site.git clean.git" in lines
    assert 'rm -r "$(dirname "$REPLACEMENTS")"' in lines
    repo.git("remote", "set-url", "origin", "https://x.example/$(reboot)")
    lines = [line for step in steps_of(book(one, str(tmp_path / "here")), "clean") for line in step.run]
    assert "git clone --mirror <URL OF THE REPOSITORY> clean.git" in lines


def test_a_provider_of_many_things_says_what_this_one_opens() -> None:
    file = find_file("google")
    assert file is not None
    assert "at your cost" in facts_of(provider_playbook(file, "google-api-key"))["blast_radius"]
    assert "start machines" in facts_of(provider_playbook(file, "google-service-account-key"))["blast_radius"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.provider)
def test_no_step_tells_to_read_the_help(file: ActionFile) -> None:
    lines = [line for phase in provider_playbook(file).phases for step in phase.steps for line in step.run]
    assert not any("--help" in line for line in lines)
