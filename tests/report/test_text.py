"""The report for people."""

from __future__ import annotations

import io
import re

import pytest

from keyguard.model import Confidence, Occurrence, Report, Severity, Skip, Stats
from keyguard.report import write_report
from tests.report.sample import (
    NAMED,
    TOKEN,
    clean_report,
    finding,
    history_report,
    location,
    provenance,
    tree_report,
    written,
)

ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def report_of(*paths: bytes, author: str = "Ann") -> Report:
    places = tuple(Occurrence(location("file", path, 1, 1), provenance("1", "head", author)) for path in paths)
    return Report(".", "history", (finding(0, TOKEN, places),), (), Stats(objects=1), ())


@pytest.mark.parametrize("name", ["\x1b[2J", "\r", "\n", "\x07", "\x9b", "\u202e", "\u2028", "\x00", "\u200b"])
def test_names_cannot_steer_the_terminal(name: str) -> None:
    text = written(report_of(b"a" + name.encode() + b"b", author=f"x{name}y"), "text")
    assert len(text.splitlines()) == len(written(report_of(b"ab", author="xy"), "text").splitlines())
    assert text.replace("\n", "").isprintable()


def test_names_cannot_steer_the_terminal_in_colour() -> None:
    text = ESCAPES.sub("", written(history_report(), "text", color=True))
    assert text.replace("\n", "").isprintable()


def test_plain_and_colored_say_the_same() -> None:
    colored = written(history_report(), "text", color=True)
    assert "\x1b[" in colored
    assert ESCAPES.sub("", colored) == written(history_report(), "text")


def test_long_lines_are_not_broken_in_colour() -> None:
    path = b"folder/" * 100
    assert path.decode() in written(report_of(path), "text", color=True)


def test_most_severe_first_then_most_sure() -> None:
    report = history_report()
    doubtful = report.findings[1]._replace(confidence=Confidence.LOW, severity=Severity.CRITICAL)
    text = written(report._replace(findings=(doubtful, *report.findings)), "text")
    confidences = re.findall(r"severity (\w+), confidence (\w+)", text)
    assert confidences == [
        ("critical", "high"),
        ("critical", "high"),
        ("critical", "low"),
        ("high", "high"),
        ("low", "medium"),
    ]


def test_only_the_first_places_are_shown() -> None:
    report = report_of(*(b"f%d" % n for n in range(7)))
    assert "and 2 more places" in written(report, "text")
    assert "f5:1:1" not in written(report, "text")
    assert "f6:1:1" in written(report, "text", verbose=True)
    assert "and 1 more place\n" in written(report_of(*(b"f%d" % n for n in range(6))), "text")


def test_states_and_objects_without_a_commit() -> None:
    text = written(history_report(), "text")
    assert "src/settings.py:12:8  1111111111  Ann Author  2024-05-01  still in HEAD" in text
    assert "commit message:3:1  2222222222  Ann Author  2024-05-02  in history" in text
    assert "object 6666666666  unreachable" in text


def test_a_working_tree_has_no_commits() -> None:
    assert "  ./src/my settings.py:4:9\n" in written(tree_report(), "text")


def test_skips_are_grouped_and_cut() -> None:
    skipped = tuple(Skip(f"object{n}", f"reason {n % 12}") for n in range(48))
    text = written(clean_report()._replace(skipped=skipped), "text")
    assert "  object0, object12, object24 and 1 more: reason 0\n" in text
    assert "reason 10" not in text
    assert "  and 8 more (-v shows all)\n" in text
    assert len(text.splitlines()) == 1 + 10 + 1 + 3
    verbose = written(clean_report()._replace(skipped=skipped), "text", verbose=True)
    assert "  object47: reason 11\n" in verbose


def test_an_incomplete_scan_says_so_last() -> None:
    report = clean_report()._replace(skipped=(Skip("x", "unreadable"), Skip("y", "submodule", complete=True)))
    lines = written(report, "text").splitlines()
    assert lines[-2] == "no secrets found in what could be read"
    assert lines[-1].startswith("INCOMPLETE: 1 item could not be read")


def test_what_was_rightly_left_out_leaves_the_scan_complete() -> None:
    report = clean_report()._replace(skipped=(Skip("y", "submodule", complete=True),))
    text = written(report, "text")
    assert "y: submodule" in text
    assert "INCOMPLETE" not in text
    assert text.endswith("no secrets found\n")


def test_secrets_are_shown_on_request_and_on_one_line() -> None:
    text = written(history_report(), "text", show_secrets=True)
    assert TOKEN.decode() in text
    assert f"dump/{NAMED.decode()}.json" in text
    assert r"-----BEGIN SAMPLE-----\nc2FtcGxl\n" in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
@pytest.mark.parametrize("color", [False, True])
def test_any_stream_takes_the_text(encoding: str, color: bool) -> None:
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding=encoding, newline="\n")
    write_report(history_report(), "text", stream, color=color)
    stream.flush()
    assert b"INCOMPLETE" in raw.getvalue()
