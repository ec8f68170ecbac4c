from __future__ import annotations

import pytest

from keyguard.model import Occurrence, Report
from keyguard.report.markdown import plain
from tests.report.sample import TOKEN, clean_report, finding, history_report, location, tree_report, written
from tests.report.test_page import BOOK


def at(path: bytes, count: int = 1) -> Report:
    places = tuple(Occurrence(location("file", path, line, 1), None) for line in range(1, count + 1))
    return tree_report()._replace(findings=(finding(0, TOKEN, places),))


@pytest.mark.parametrize(
    "path",
    [
        b"a|b.py",
        b"`x`.py",
        b"<img src=x>",
        b"@team/a",
        b"[x](http://evil)",
        b"*a*_b_~c~",
        b"www.evil.example",
        b"#12",
        b"a\n# b",
    ],
)
def test_what_was_scanned_cannot_write_markdown(path: bytes) -> None:
    lines = written(at(path), "markdown").splitlines()
    (row,) = [line for line in lines if line.startswith("| **")]
    assert row.count("|") == 6
    cell = row.split("|")[3].strip().removeprefix("<code>").removesuffix("</code>")
    for sign in "`<>@[]*_~":
        assert sign not in cell
    assert "www." not in cell


def test_ordinary_names_stay_readable() -> None:
    assert plain("src/größe-1 (old).py") == "src/größe-1 (old).py"
    assert plain("a:1") == "a&#58;1"


def test_the_most_urgent_come_first() -> None:
    rows = [line for line in written(history_report(), "markdown").splitlines() if line.startswith("| **")]
    assert rows[0].startswith("| **critical**, **live** |")
    assert rows[-1].startswith("| **low** |")


def test_many_places_are_cut_short() -> None:
    short, long = written(at(b"a", 70), "markdown"), written(at(b"a", 70), "markdown", verbose=True)
    assert "and 20 more places" in short
    assert sum(line.startswith("| **") for line in long.splitlines()) == 70


def test_the_playbook_stands_below() -> None:
    text = written(history_report(), "markdown", playbooks={"acme-token": BOOK})
    assert "<summary><code>keyguard playbook acme-token</code></summary>" in text
    assert "1. Delete it &#60;now&#62; [https&#58;//acme.example/keys](<https://acme.example/keys>)" in text
    assert "javascript" not in text


def test_nothing_found() -> None:
    assert written(clean_report(), "markdown").startswith("## keyguard: no secrets found\n")
