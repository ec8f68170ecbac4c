from __future__ import annotations

import pytest

from keyguard.model import Confidence, Finding, Report, Secret, Severity, Skip, Stats

FINDING = Finding("r", "p", "t", Severity.LOW, Confidence.LOW, Secret(b"v"), "f", "unverified", "", ())
BROKEN, LEFT_OUT = Skip("x", "unreadable"), Skip("y", "a submodule", complete=True)


@pytest.mark.parametrize(
    ("findings", "skips", "complete", "code"),
    [
        ((), (), True, 0),
        ((), (LEFT_OUT,), True, 0),
        ((FINDING,), (), True, 1),
        ((FINDING,), (LEFT_OUT,), True, 1),
        ((), (BROKEN,), False, 3),
        ((FINDING,), (LEFT_OUT, BROKEN), False, 3),
    ],
)
def test_exit_codes(findings: tuple[Finding, ...], skips: tuple[Skip, ...], complete: bool, code: int) -> None:
    report = Report("t", "tree", findings, skips, Stats(), ())
    assert (report.complete, report.exit_code) == (complete, code)


def test_labels_grow_with_their_grades() -> None:
    assert [grade.label for grade in sorted(Confidence)] == ["low", "medium", "high"]
    assert [grade.label for grade in sorted(Severity)] == ["low", "medium", "high", "critical"]
