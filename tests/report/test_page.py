"""The HTML page: well-formed, self-contained, and used in a real browser where there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from keyguard.model import Occurrence, Report
from keyguard.model.playbook import Phase, Playbook, Step
from tests.report.browser import opened
from tests.report.golden import NOON
from tests.report.pages import CONTRAST, checked
from tests.report.sample import TOKEN, clean_report, finding, history_report, location, provenance, tree_report, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.report.browser import Tab

STEP = Step("Delete it <now>", open="https://acme.example/keys", run=("acme revoke KEY",), check="it says 401")
BOOK = Playbook(
    *("acme", "Acme", "acme-token", "Acme token", "", "https://acme.example/keys", "javascript:alert(1)", ()),
    (Phase("contain", "within 5 minutes", (STEP,), "docs of Acme", "2026-01-01"),),
)


@pytest.mark.parametrize("report", [clean_report(), tree_report(), history_report()], ids=["clean", "tree", "history"])
def test_elements_nest_and_references_lead_somewhere(report: Report) -> None:
    page = checked(written(report, "html", playbooks={"acme-token": BOOK}))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    page = checked(written(history_report(), "html", playbooks={"acme-token": BOOK}))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"link", "img", "iframe", "object", "base"}
    assert not [named for _, named in page.elements if {"src", "style", "onclick"} & named.keys()]
    policy = next(named["content"] for _, named in page.elements if named.get("http-equiv"))
    assert policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_what_was_scanned_cannot_write_into_the_page() -> None:
    evil = b"<script>alert(1)</script>&quot;\x1b[2J.py"
    place = Occurrence(location("file", evil, 1, 1), provenance("1", "head", author='<img src=x onerror="x">'))
    report = history_report()._replace(findings=(finding(0, TOKEN, (place,)),), skipped=())
    text = written(report, "html")
    assert "<script>alert" not in text
    assert "<img" not in text
    assert "\x1b" not in text
    assert text.count("<script>") == 1
    checked(text)


def test_only_https_addresses_become_links() -> None:
    text = written(history_report(), "html", playbooks={"acme-token": BOOK})
    assert 'href="https://acme.example/keys"' in text
    assert "javascript:" not in text
    assert "Delete it &lt;now&gt;" in text
    assert "<code>acme revoke KEY</code>" in text


def test_the_timeline_says_how_long_secrets_stayed() -> None:
    gone = provenance("3", "history")._replace(until="2024-06-12T10:00:00+02:00")
    findings = (
        finding(0, TOKEN, (Occurrence(location("file", b"a", 1, 1), gone),)),
        finding(1, b"other" * 4, (Occurrence(location("file", b"b", 1, 1), provenance("3", "head")),)),
        finding(2, b"third" * 4, (Occurrence(location("commit", b"", 1, 1), provenance("3", "history")),)),
    )
    text = written(history_report()._replace(findings=findings), "html", now=NOON)
    rows = re.findall(r"<td>(2024-05-03)</td><td>([^<]*)</td><td>([^<]*)</td>", text.split('id="findings-title"')[0])
    assert sorted(rows) == [
        ("2024-05-03", "2024-06-12", "40 days"),
        ("2024-05-03", "not known", "not known"),
        ("2024-05-03", "still there", "20 months"),
    ]


def test_a_working_tree_has_no_timeline() -> None:
    assert "timeline-title" not in written(tree_report(), "html")


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with opened(
        tmp_path_factory.mktemp("page"), written(history_report(), "html", playbooks={"acme-token": BOOK}, now=NOON)
    ) as tab:
        yield tab


def test_chromium_runs_it_without_a_complaint_or_a_request(tab: Tab, tmp_path: Path) -> None:
    tab.check_manners(tmp_path)
    assert tab.run("document.getElementById('filters').hidden") is False


FILTERS = [
    ({"severity": "critical"}, 2),
    ({"confidence": "medium"}, 1),
    ({"state": "unreachable"}, 1),
    ({"rule": "pem-key"}, 1),
    ({"text": "SETTINGS ann"}, 1),
    ({"text": "nowhere"}, 0),
    ({}, 4),
]


@pytest.mark.parametrize(("wanted", "count"), FILTERS)
def test_filters(tab: Tab, wanted: dict[str, str], count: int) -> None:
    tab.run("form.reset()")
    for name, value in wanted.items():
        tab.run(f"form.elements['{name}'].value = '{value}'")
    tab.run("form.dispatchEvent(new Event('input'))")
    assert tab.run("[...document.querySelectorAll('.finding')].filter((each) => !each.hidden).length") == count
    assert tab.run("document.getElementById('shown').textContent") == f"{count} of 4 shown"
    assert tab.run("document.getElementById('nothing').hidden") is (count > 0)
    shown = "[...document.querySelectorAll('tr[data-for]')].filter((each) => !each.hidden).length"
    assert tab.run(shown) == count


def test_a_link_of_the_timeline_opens_its_secret(tab: Tab) -> None:
    tab.run("form.reset(); new Promise((done) => setTimeout(done))")
    tab.run("document.querySelector('.timeline a').click(); new Promise((done) => setTimeout(done, 50))")
    assert tab.run("document.querySelectorAll('.finding[open]').length") == 1
    assert tab.run("document.activeElement.tagName") == "SUMMARY"


def test_it_is_used_with_the_keyboard_alone(tab: Tab) -> None:
    tab.run("document.querySelectorAll('details').forEach((each) => { each.open = false; })")
    tab.run("document.activeElement.blur(); scrollTo(0, 0); document.querySelector('.skip').focus()")
    names = []
    for _ in range(30):
        tab.press("Tab", 9)
        names.append(tab.run("document.activeElement.name || document.activeElement.tagName"))
        if tab.run("document.activeElement.matches('.finding > summary')"):
            break
    assert {"text", "severity", "confidence", "state", "verdict", "rule"} <= set(names)
    tab.press("Enter", 13, "\r")
    assert tab.run("document.activeElement.parentElement.open") is True


def test_a_screen_reader_has_names_for_everything(tab: Tab) -> None:
    nodes: list[dict[str, Any]] = tab.ask("Accessibility.getFullAXTree")["nodes"]
    said = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    spoken = {"button", "combobox", "searchbox", "link", "heading", "region", "form", "columnheader"}
    assert [role for role, name in said if role in spoken and not name] == []
    assert {"banner", "main", "contentinfo", "form", "table", "status", "heading"} <= {role for role, _ in said}


def test_no_heading_of_a_table_is_broken(tab: Tab, tmp_path: Path) -> None:
    tab.run("document.querySelectorAll('details').forEach(each => { each.open = true })")
    tab.screenshot(tmp_path / "shot.png", width=400)
    assert tab.run("Math.max(...[...document.querySelectorAll('thead')].map(each => each.offsetHeight))") < 60
    tab.run("document.querySelectorAll('details').forEach(each => { each.open = false })")


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_in_light_and_dark(tab: Tab, tmp_path: Path, dark: bool) -> None:
    tab.screenshot(tmp_path / "shot.png", dark=dark)
    assert tab.run("matchMedia('(prefers-color-scheme: dark)').matches") is dark
    assert tab.run(CONTRAST) >= 4.5  # WCAG 2.2, 1.4.3
