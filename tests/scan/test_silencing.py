from __future__ import annotations

import os
from pathlib import Path

import pytest

from keyguard.errors import ConfigError
from keyguard.model import Confidence, Report, Severity, Silencing
from keyguard.model.silence import Baseline, Exemption, Known, Override
from keyguard.scan import ScanOptions
from keyguard.scan.history import scan_history
from keyguard.scan.tree import scan_tree
from keyguard.triage.ignore import parse_ignore
from tests.program import COMPILED
from tests.repositories import Repo
from tests.secrets import made_up

ONE = made_up("github", "github-fine-grained-token", 1)
TWO = made_up("github", "github-fine-grained-token", 2)
MAIL = made_up("sendgrid")
RULE = "github-fine-grained-token"


def options(repo: Repo, **fields: object) -> ScanOptions:
    silencing = Silencing(root=os.path.realpath(os.fsencode(repo.path)), today="2026-11-22")._replace(**fields)  # type: ignore[arg-type]  # fields by name
    return ScanOptions(cache=Path(COMPILED.name), jobs=1, silencing=silencing)


def both(repo: Repo, **fields: object) -> list[Report]:
    chosen = options(repo, **fields)
    return [scan_tree([repo.path], chosen), scan_history(str(repo.path), chosen)]


def ignore(repo: Repo, text: str, folder: str = "") -> dict[str, object]:
    place = os.path.realpath(os.fsencode(repo.path / folder))
    return {"ignores": (parse_ignore(text, ".keyguardignore", place),)}


def paths(report: Report) -> list[bytes]:
    places = [place.location.path for finding in report.findings for place in finding.occurrences]
    return sorted(os.path.basename(path) for path in places)


def print_of(repo: Repo) -> str:
    """The fingerprint of the only secret."""
    (finding,) = scan_tree([repo.path], options(repo)).findings
    return finding.fingerprint


def test_a_comment_allows_one_place_only(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text + b"  # keyguard:allow made up\n" + b"x\n" * 3 + ONE.text + b"\n"})
    for report in both(git_repo):
        assert [place.location.line for place in report.findings[0].occurrences] == [5]
        ((finding, allowance),) = report.allowed
        assert [place.location.line for place in finding.occurrences] == [1]
        assert (allowance.by, allowance.reason) == ("inline", "made up")
        assert report.exit_code == 1


def test_a_comment_that_came_later_counts_for_what_is_still_there(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text + b"\n", "b.py": TWO.text + b"  # keyguard:allow\n"})
    git_repo.commit({"a.py": ONE.text + b"  # keyguard:allow\n", "b.py": TWO.text + b"\n"})
    for report in both(git_repo):
        assert paths(report) == [b"b.py"]
        assert len(report.allowed) == 1


def test_what_is_gone_is_judged_where_it_came_from(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text + b"  # keyguard:allow\n", "b.py": TWO.text + b"\n"})
    git_repo.commit({"a.py": None, "b.py": None})
    report = scan_history(str(git_repo.path), options(git_repo))
    assert paths(report) == [b"b.py"]
    assert len(report.allowed) == 1


@pytest.mark.parametrize(
    ("jobs", "delta", "packed"), [(1, True, True), (2, True, True), (1, False, True), (2, True, False)]
)
def test_the_same_however_it_is_scanned(git_repo: Repo, jobs: int, delta: bool, packed: bool) -> None:
    filler = b"".join(b"line %d of a file that changes a little\n" % number for number in range(200))
    git_repo.commit({"a.py": filler + ONE.text + b"\n"})
    for number in range(3):
        git_repo.commit({"a.py": b"# %d\n" % number + filler + ONE.text + b" # gitleaks:allow\n" + MAIL.text + b"\n"})
    if packed:
        git_repo.repack()
    chosen = options(git_repo)._replace(jobs=jobs, delta=delta)
    report = scan_history(str(git_repo.path), chosen)
    assert [finding.rule for finding in report.findings] == ["sendgrid-api-key"]
    assert [(each.finding.rule, each.allowance.where) for each in report.allowed] == [(RULE, "gitleaks:allow")]


def test_a_large_file_is_read_the_same(git_repo: Repo) -> None:
    filler = b"nothing to see on this line of text\n" * 4000
    git_repo.commit(
        {"a.txt": filler + ONE.text + b" # keyguard:allow\n" + filler + b"# keyguard:allow\n" + TWO.text + b"\n"}
    )
    chosen = options(git_repo)._replace(max_object=20_000)
    for report in (scan_tree([git_repo.path], chosen), scan_history(str(git_repo.path), chosen)):
        assert report.findings == ()
        assert len(report.allowed) == 2


def test_a_wide_text(git_repo: Repo) -> None:
    git_repo.commit({"a.txt": (ONE.text + b" # keyguard:allow\r\n").decode().encode("utf-16")})
    for report in both(git_repo):
        assert (len(report.findings), len(report.allowed)) == (0, 1)


def test_a_fingerprint_allows_all_places(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text + b"\n", "b.py": b"\n\n" + ONE.text + b"\n"})
    fingerprint = print_of(git_repo)
    for report in both(git_repo, **ignore(git_repo, f"{fingerprint} until 2026-11-22 # a sample")):
        assert report.findings == ()
        ((finding, allowance),) = report.allowed
        assert len(finding.occurrences) == 2
        assert allowance == ("ignore-file", ".keyguardignore:1", "a sample")
        assert report.notes == ()


def test_an_expired_line_is_named_and_allows_nothing(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text + b"\n"})
    fingerprint = print_of(git_repo)
    for report in both(
        git_repo, **ignore(git_repo, f"{fingerprint} until 2026-11-21 # a sample\n*.py until 2026-01-01")
    ):
        assert paths(report) == [b"a.py"]
        assert report.notes[0].startswith(".keyguardignore:1: expired on 2026-11-21")
        assert len(report.notes) == 2


def test_paths_count_from_the_folder_of_the_file(git_repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    git_repo.commit({"x/t/a.py": ONE.text + b"\n", "t/b.py": ONE.text + b"\n", "x/t/keep.py": ONE.text + b"\n"})
    for report in both(git_repo, **ignore(git_repo, "/t/  # tests\n!keep.py", "x")):
        assert paths(report) == [b"b.py", b"keep.py"]
        assert report.allowed[0].allowance.where == ".keyguardignore:1"
    monkeypatch.chdir(git_repo.path / "x")
    report = scan_tree(["t"], options(git_repo, **ignore(git_repo, "x/t/a.py")))
    assert paths(report) == [b"keep.py"]


def test_stale_secrets_of_the_baseline_are_named(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text + b"\n"})
    salt = git_repo.head()
    gone = Known("0" * 32, RULE, "gi…", ("old.py",))
    known = Known(print_of(git_repo), RULE, "gi…", ("a.py",), "real")
    baseline = Baseline("b.json", salt, (gone, known))
    for report in both(git_repo, baseline=baseline):
        assert report.findings == ()
        assert report.allowed[0].allowance == ("baseline", "b.json", "marked real")
        assert report.notes == (f"b.json: no longer found: {RULE} gi… in old.py",)
    part = scan_tree([git_repo.path / "a.py"], options(git_repo, baseline=baseline))
    assert part.notes == ()


def test_the_salt_of_the_baseline_makes_the_fingerprints(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text + b"\n"})
    for report in both(git_repo, baseline=Baseline("b.json", "another-salt", ())):
        assert report.findings[0].fingerprint != print_of(git_repo)


def test_salts_that_do_not_fit_are_an_error(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text + b"\n"})
    baseline = Baseline("b.json", "another-salt", ())
    for text in ("salt yet-another", print_of(git_repo)):
        with pytest.raises(ConfigError, match="salt"):
            both(git_repo, baseline=baseline, **ignore(git_repo, text))


def test_exemptions(git_repo: Repo) -> None:
    git_repo.commit(
        {"t/a.py": ONE.text + b"\n", "b.py": TWO.text + b"\n", "c.py": MAIL.text + b" # sample of the manual\n"}
    )
    exemptions = (
        Exemption("config", "c: [[allow]] 1", "tests", rules=("github",), globs=("t/",)),
        Exemption("config", "c: [[allow]] 2", lines=("sample of",)),
    )
    for report in both(git_repo, exemptions=exemptions):
        assert paths(report) == [b"b.py"]
        assert [each.allowance.where for each in report.allowed] == ["c: [[allow]] 1", "c: [[allow]] 2"]


def test_a_commit_is_exempt_in_histories(git_repo: Repo) -> None:
    first = git_repo.commit({"a.py": ONE.text + b"\n"})
    tree, history = both(git_repo, exemptions=(Exemption("config", "c", commits=(first,)),))
    assert (len(tree.findings), len(history.findings)) == (1, 0)


def test_overrides(git_repo: Repo) -> None:
    git_repo.commit({"a.py": ONE.text + b"\n" + MAIL.text + b"\n"})
    overrides = (Override(RULE, Severity.LOW, Confidence.MEDIUM), Override("sendgrid-api-key", enabled=False))
    chosen = options(git_repo)._replace(overrides=overrides)
    found = {each.rule: (each.severity, each.confidence) for each in scan_tree([git_repo.path], chosen).findings}
    assert found[RULE] == (Severity.LOW, Confidence.MEDIUM)
    assert "sendgrid-api-key" not in found
    with pytest.raises(ConfigError, match="no rule is called none-such"):
        scan_tree([git_repo.path], chosen._replace(overrides=(Override("none-such"),)))
