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


@pytest.mark.parametrize("mode", MODES)
def test_takes_a_screen_and_shows_no_secret(mode: str) -> None:
    report = history_report()._replace(mode=mode)
    text = shown(report)
    assert len(text.splitlines()) <= 24
    assert "\x1b" not in text
    for finding in report.findings:
        assert finding.secret.reveal().decode("utf-8", "replace") not in text
    assert f"keyguard playbook {report.findings[0].rule}" in text
    assert f"keyguard:allow {report.findings[0].rule} REASON" in text
    assert text.endswith("To go on all the same: git commit --no-verify\n")


def test_what_could_not_be_scanned() -> None:
    report = history_report()._replace(mode="staged", findings=(), skipped=(Skip("a\x1b[31m.txt", "it is damaged"),))
    text = shown(report)
    assert text.startswith("keyguard stopped this commit: 1 item could not be scanned.\n")
    assert "it is damaged" in text
    assert "\x1b" not in text
    assert "playbook" not in text


def test_all_of_it_where_asked() -> None:
    report = history_report()._replace(mode="staged")
    assert "more: keyguard scan -v" not in shown(report, Display(verbose=True))
    assert "\x1b[" in shown(report, Display(color=True))
