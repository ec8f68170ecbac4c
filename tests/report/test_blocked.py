from __future__ import annotations

import io

import pytest

from keyguard.model import Report, Skip
from keyguard.report.blocked import write_blocked
from keyguard.report.formats import Display
from tests.report.sample import history_report

MODES = ("staged", "commit-msg", "pre-push", "pre-receive")


def shown(report: Report, display: Display = Display()) -> str:  # noqa: B008 - it is frozen
    out = io.StringIO()
    write_blocked(report, out, display, "git commit --no-verify")
    return out.getvalue()


def masks(text: str, report: Report) -> list[str]:
    return [finding.secret.masked for finding in report.findings if finding.secret.masked in text]


def rows(text: str) -> int:
    """How many lines of a terminal the text takes."""
    return sum(max(1, -(-len(line) // 80)) for line in text.splitlines())


@pytest.mark.parametrize("mode", MODES)
def test_takes_a_screen_and_shows_no_secret(mode: str) -> None:
    report = history_report()._replace(mode=mode)
    text = shown(report)
    assert rows(text) <= 24
    assert rows(shown(report._replace(skipped=()))) <= 24
    fixed = text[text.index("Whoever") :]
    assert max(map(len, fixed.splitlines())) <= 80
    assert "\x1b" not in text
    for finding in report.findings:
        assert finding.secret.reveal().decode("utf-8", "replace") not in text
    worst = max(report.findings, key=lambda finding: finding.severity)
    assert text.index(worst.secret.masked) == min(text.index(each) for each in masks(text, report))
    assert f"keyguard playbook {worst.rule}" in text
    assert f"keyguard:allow {worst.rule} REASON" in text
    assert text.endswith("To go on all the same: git commit --no-verify\n")


def test_what_could_not_be_scanned() -> None:
    report = history_report()._replace(mode="staged", findings=(), skipped=(Skip("a\x1b[31m.txt", "it is damaged"),))
    text = shown(report)
    assert text.startswith("keyguard stopped this commit: 1 item could not be scanned.\n")
    assert "it is damaged" in text
    assert "\x1b" not in text
    assert "playbook" not in text


def test_an_allowance_that_has_expired_is_named() -> None:
    note = ".keyguardignore:1: expired on 2026-01-01: a.py"
    report = history_report()._replace(mode="staged", skipped=(), notes=(note, "another"))
    assert f"  Note: {note}\n" in shown(report)
    assert rows(shown(report)) <= 24


def test_all_of_it_where_asked() -> None:
    report = history_report()._replace(mode="staged")
    assert "more: keyguard scan -v" not in shown(report, Display(verbose=True))
    assert "\x1b[" in shown(report, Display(color=True))
