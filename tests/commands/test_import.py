from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.program import run_keyguard
from tests.repositories import Repo
from tests.secrets import made_up

ONE = made_up("github", "github-fine-grained-token", 1)
TWO = made_up("github", "github-fine-grained-token", 2)
MAIL = made_up("sendgrid")
NEW = made_up("github", "github-fine-grained-token", 7)


def run(repo: Repo, *words: str, code: int = 0) -> str:
    done = run_keyguard("import", *words, cwd=repo.path)
    assert done.returncode == code, done.stderr.decode()
    return (done.stdout + done.stderr).decode()


def scan(repo: Repo, *words: str) -> Any:
    return json.loads(run_keyguard("scan", "--format", "json", *words, cwd=repo.path).stdout)


def masks(report: Any) -> list[str]:
    return sorted(finding["masked"] for finding in report["findings"])


def mask(secret: bytes) -> str:
    return f"{secret[:4].decode()}…{secret[-4:].decode()}"


@pytest.fixture
def repo(git_repo: Repo) -> Repo:
    """One secret in the past, two in HEAD."""
    git_repo.commit({"src/old.py": b"x = 1\n" + ONE.text + b"\n"})
    git_repo.commit({"src/old.py": None, "src/a.py": b"\n" + TWO.text + b"\n", "b.env": MAIL.text + b"\n"})
    return git_repo


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("gitleaks",), "neither .gitleaks.toml nor .gitleaksignore"),
        (("detect-secrets",), "there is neither .secrets.baseline"),
        (("detect-secrets", "b.env"), "not a baseline of detect-secrets"),
        (("gitleaks", "x.json"), "not a JSON report of gitleaks"),
        (("gitleaks", "x.toml"), "not a configuration of gitleaks"),
        (("none-such",), "Invalid value"),
    ],
)
def test_what_cannot_be_read_is_said(repo: Repo, words: tuple[str, ...], said: str) -> None:
    repo.write("x.json", "{}")
    repo.write("x.toml", "a = 1")
    assert said in run(repo, *words, code=2)


def gitleaks(repo: Repo) -> None:
    """A repository as a team leaves it that used gitleaks: rules, an allowlist, an ignore file, a baseline."""
    first, second = repo.git("log", "--format=%H", "--reverse").split()
    repo.write(
        ".gitleaks.toml",
        "[extend]\nuseDefault = true\n[[rules]]\nid = 'acme'\nregex = '''acme_([a-z0-9]{20})'''\n"
        "[[rules.allowlists]]\npaths = ['''^docs/''']\n[allowlist]\nregexes = ['nothing']\n",
    )
    repo.write(
        ".gitleaksignore",
        f"# ours\n{first}:src/old.py:github-fine-grained-pat:2\nb.env:sendgrid-api-token:1\nb.env:x:99\nodd\n",
    )
    row = {"RuleID": "github-fine-grained-pat", "File": "src/a.py", "StartLine": 2, "Commit": second}
    repo.write("report.json", json.dumps([{**row, "Secret": TWO.secrets[0].decode()}]))


def test_a_dry_run_writes_nothing(repo: Repo) -> None:
    gitleaks(repo)
    said = run(repo, "gitleaks", "--dry-run")
    assert "would write .keyguard.toml" in said
    assert "rules = ['.gitleaks.toml']" in said
    assert not (repo.path / ".keyguard.toml").exists()


def test_gitleaks(repo: Repo) -> None:
    gitleaks(repo)
    said = run(repo, "gitleaks")
    assert ".gitleaksignore: 2 entries are 2 fingerprints" in said
    assert ".gitleaksignore:4: x at b.env:99: keyguard finds nothing there" in said
    assert ".gitleaksignore:5: 'odd': expected COMMIT:FILE:RULE:LINE" in said
    assert "useDefault" in said
    assert "report.json: 1 entries are 1 secrets" in run(repo, "gitleaks", "report.json")
    (repo.path / "report.json").unlink()
    for words in ((), ("--history",)):
        assert masks(scan(repo, *words, "--baseline", "keyguard-baseline.json")) == []
    own = b"acme_" + hashlib.sha256(b"x").hexdigest()[:20].encode()
    repo.write("c.txt", own + b"\n" + NEW.text)
    repo.write("docs/d.txt", own)
    report = scan(repo, "--baseline", "keyguard-baseline.json")
    places = [place["path"] for finding in report["findings"] for place in finding["occurrences"]]
    assert sorted(places) == ["c.txt", "c.txt"]
    assert masks(report) == sorted([mask(own[5:]), mask(NEW.secrets[0])])


def test_nothing_is_overwritten_unless_forced(repo: Repo) -> None:
    gitleaks(repo)
    repo.write(".keyguardignore", "# mine\n")
    assert "nothing was written: .keyguardignore is there already" in run(repo, "gitleaks", code=2)
    assert (repo.path / ".keyguardignore").read_text() == "# mine\n"
    assert not (repo.path / ".keyguard.toml").exists()
    run(repo, "gitleaks", "--force")
    assert "salt" in (repo.path / ".keyguardignore").read_text()


def test_allowlists_without_rules_become_settings(repo: Repo) -> None:
    repo.write(
        ".gitleaks.toml",
        "[[allowlists]]\ndescription = 'samples'\npaths = ['''\\.env$''', 'it''s'[:1]]\n".replace("'it''s'[:1]", "'z'"),
    )
    assert "the file is not needed any more" in run(repo, "gitleaks")
    (repo.path / ".gitleaks.toml").unlink()
    report = scan(repo)
    assert masks(report) == [mask(TWO.secrets[0])]
    assert [each["allowance"]["reason"] for each in report["allowed"]] == ["samples"]


def sha1(value: bytes) -> str:
    return hashlib.sha1(value, usedforsecurity=False).hexdigest()


def detect_secrets(repo: Repo) -> None:
    """What detect-secrets 1.5 writes, with two of the secrets audited, a stale entry, and a filter."""
    rows: dict[str, list[dict[str, object]]] = {
        "src/a.py": [
            {"type": "GitHub Token", "hashed_secret": sha1(TWO.secrets[0]), "line_number": 2, "is_secret": True}
        ],
        "b.env": [
            {"type": "SendGrid API Key", "hashed_secret": sha1(MAIL.secrets[0]), "line_number": 1, "is_secret": False}
        ],
        "gone.py": [{"type": "Secret Keyword", "hashed_secret": sha1(b"gone"), "line_number": 7}],
    }
    filters = [
        {"path": "detect_secrets.filters.heuristic.is_templated_secret"},
        {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["^docs/"]},
        {"path": "file://own.py::is_ours"},
    ]
    data = {
        "version": "1.5.0",
        "plugins_used": [{"name": "GitHubTokenDetector"}],
        "filters_used": filters,
        "results": rows,
    }
    repo.write(".secrets.baseline", json.dumps(data))


def test_detect_secrets(repo: Repo) -> None:
    detect_secrets(repo)
    said = run(repo, "detect-secrets")
    assert "2 of 3 entries are 2 secrets in keyguard-baseline.json" in said
    assert "Secret Keyword at gone.py:7: no such file any more" in said
    assert "file://own.py::is_ours" in said
    entries = json.loads((repo.path / "keyguard-baseline.json").read_text())["entries"]
    assert {entry["paths"][0]: entry["audit"] for entry in entries} == {"src/a.py": "real", "b.env": "false"}
    repo.write("docs/x.py", NEW.text)
    assert masks(scan(repo, "--baseline", "keyguard-baseline.json")) == []
    repo.write("x.py", NEW.text)
    assert masks(scan(repo, "--baseline", "keyguard-baseline.json")) == [mask(NEW.secrets[0])]


def test_a_hash_of_a_part_of_the_value(repo: Repo) -> None:
    """detect-secrets may have taken more than the secret: the whole of a quoted text."""
    text = b'"Bearer:' + TWO.secrets[0] + b'"'
    repo.write("c.py", b"x = " + text + b"\n")
    row = {"type": "Base64 High Entropy String", "hashed_secret": sha1(text.strip(b'"')), "line_number": 1}
    repo.write(".secrets.baseline", json.dumps({"plugins_used": [], "results": {"c.py": [row]}}))
    assert "1 of 1 entries are 1 secrets" in run(repo, "detect-secrets")


def test_git_secrets(repo: Repo) -> None:
    for pattern in (r"acme_[a-z0-9]{20}", r"(zorp|ZORP)-[0-9]{12}", r"bad(?=x)"):
        repo.git("config", "--add", "secrets.patterns", pattern)
    repo.git("config", "--add", "secrets.allowed", r"acme_sample[a-z0-9]{14}")
    repo.git("config", "--add", "secrets.providers", "git secrets --aws-provider")
    repo.write(".gitallowed", "# ours\n^docs/manual.md:.*zorp\n")
    said = run(repo, "git-secrets")
    assert "2 of 3 patterns are rules" in said
    assert "git secrets --aws-provider" in said
    assert "'bad(?=x)'" in said
    repo.write(
        "c.txt",
        "acme_" + "k3v9" * 5 + "\nacme_sample" + "k3v9x2m" * 2 + "\nzorp-174920385612\nxacme_" + "p4q8" * 5 + "\n",
    )
    repo.write("docs/manual.md", "a zorp-174920385619\n")
    report = scan(repo, "c.txt", "docs")
    found = [(finding["rule"], finding["occurrences"][0]["line"]) for finding in report["findings"]]
    assert sorted(found) == [("keyguard-git-secrets-pattern-1", 1), ("keyguard-git-secrets-pattern-2", 3)]
    assert len(report["allowed"]) == 2


_WHOLE = ["a-zorp12345678", "-zorp12345678", " +zorp12345678", "zorp12345678 narf_abcdefgh"]


# What git-secrets itself says of such patterns was compared by hand.
@pytest.mark.parametrize(
    ("allowed", "lines"),
    [
        ("ex@mplepassword", [3]),
        ("docs/a.txt:.*", []),
        ("^docs/a\\.txt:", []),
        ("a.txt:[0-9]+:password=ex", [3]),
        ("docs/a.txt:.*ex@mple", [3]),
        ("^docs", []),
        ("^password", [2, 3]),
        ("other/a.txt:.*", [2, 3]),
        ("password=.*:", [2, 3]),
        ("docs/a.txt:3:.*", [2, 3]),
    ],
)
def test_what_git_secrets_allows(repo: Repo, allowed: str, lines: list[int]) -> None:
    """The example of its manual: an allowed pattern is held against `file:line:text`."""
    repo.git("config", "secrets.patterns", r"password\s*=\s*.+")
    repo.write(".gitallowed", f"  # ours\n\n{allowed}\n")
    repo.write("docs/a.txt", "This is a test!\npassword=ex@mplepassword\npassword=******\nMore test...\n")
    said = run(repo, "git-secrets")
    assert ("it counts lines" in said) is (":3:" in allowed)
    found = scan(repo, "docs")["findings"]
    assert sorted(place["line"] for finding in found for place in finding["occurrences"]) == lines


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        (r"foo\+bar[0-9]{8}", ["foo+bar12345678", "-foo+bar12345678-"]),
        ("(-|\\+)zorp[0-9]{8}", ["-zorp12345678", " +zorp12345678"]),
        ("zorp[0-9]{8}(-x)?", ["zorp12345678-x", "zorp12345678-xy", *_WHOLE]),
        ("zorp[0-9]{8}|narf_[a-z]{8}", ["zorp12345678-x", "zorp12345678-xy", *_WHOLE]),
    ],
)
def test_git_secrets_matches_whole_words(repo: Repo, pattern: str, lines: list[str]) -> None:
    texts = [
        *("foo+bar12345678", "xfoo+bar12345678", "foo+bar12345678x", "-foo+bar12345678-", "a-zorp12345678"),
        *("-zorp12345678", " +zorp12345678x", " +zorp12345678", "zorp12345678-x", "zorp12345678-xy", "zorp12345678y"),
        *("zorp12345678 narf_abcdefgh", "xnarf_abcdefgh", "narf_abcdefghi"),
    ]
    repo.git("config", "secrets.patterns", pattern)
    repo.write("c.txt", "\n".join(texts))
    run(repo, "git-secrets")
    found = scan(repo, "c.txt")["findings"]
    assert {texts[place["line"] - 1] for finding in found for place in finding["occurrences"]} == set(lines)


@pytest.mark.parametrize("engine", ["hyperscan", "portable"])
def test_a_git_secrets_pattern_without_a_literal(repo: Repo, engine: str) -> None:
    """The example of its manual, `git secrets --add '[A-Z0-9]{20}'`."""
    repo.git("config", "secrets.patterns", "[A-Z0-9]{20}")
    found, other = ("".join(pieces) for pieces in (["ZORP7", "Q4N2"] * 2 + ["7A"], ["ZORP7", "q4n2"] * 2 + ["7A"]))
    repo.write("a.txt", f"{found}\nx {found}, {found}X {other}\n_{found}\n")
    assert "1 of 1 patterns are rules" in run(repo, "git-secrets")
    report = scan(repo, "a.txt", "--engine", engine)
    assert [place["line"] for each in report["findings"] for place in each["occurrences"]] == [1, 2]


def test_a_pattern_that_would_not_run_is_told(repo: Repo) -> None:
    repo.git("config", "secrets.patterns", ".{20}")
    said = run(repo, "git-secrets")
    assert "0 of 1 patterns are rules" in said
    assert "the pattern '.{20}': it has no text of its own" in said


def test_trufflehog_paths(repo: Repo) -> None:
    repo.write("exclude.txt", "# ours\n\\.env$\n(\n")
    said = run(repo, "trufflehog", "exclude.txt")
    assert "1 excluded paths" in said
    assert "the path '('" in said
    assert masks(scan(repo)) == [mask(TWO.secrets[0])]


def test_trufflehog_detectors(repo: Repo) -> None:
    pytest.importorskip("yaml", reason="the settings of trufflehog are YAML")
    repo.write(
        "config.yaml",
        "detectors:\n- name: Acme\n  keywords: [acme]\n  regex:\n    token: 'acme_([a-z0-9]{20})'\n"
        "  verify:\n  - endpoint: http://localhost/\n",
    )
    assert "its verification server is not asked" in run(repo, "trufflehog", "config.yaml")
    repo.write("c.txt", "acme_" + "k3v9z7" * 3 + "qq\n")
    assert [finding["rule"] for finding in scan(repo, "c.txt")["findings"]] == ["keyguard-trufflehog-acme-token"]
