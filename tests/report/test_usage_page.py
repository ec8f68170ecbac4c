"""The usage page: well-formed, self-contained, and used in a real browser where there is one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.report.browser import opened
from tests.report.pages import CONTRAST, checked
from tests.report.usage_sample import Stream, empty_report, usage_written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.report.browser import Tab


def test_no_figures_make_a_page_that_says_so() -> None:
    from keyguard.report.usage_page import write_html

    out = Stream()
    write_html(empty_report(), out)
    checked(out.getvalue())
    assert "No figures" in out.getvalue()
    assert "keyguard audit read" in out.getvalue()


def test_names_cannot_write_into_the_page() -> None:
    text = usage_written("html")
    assert "<img" not in text
    assert "\x1b" not in text
    assert text.count("<script>") == 1


def test_elements_nest_and_references_lead_somewhere() -> None:
    page = checked(usage_written("html"))
    assert len(page.ids) == len(set(page.ids))
    assert set(page.references) <= set(page.ids)
    described = [named["aria-describedby"] for _, named in page.elements if "aria-describedby" in named]
    assert described
    assert set(described) <= set(page.ids)


def test_the_page_asks_for_nothing_from_elsewhere() -> None:
    page = checked(usage_written("html"))
    assert not {tag for tag, _ in page.elements} & {"link", "img", "iframe", "object", "base", "image", "use"}
    assert not [named for _, named in page.elements if {"src", "style", "onclick"} & named.keys()]
    assert "http" not in re.sub(r"http-equiv", "", usage_written("html"))
    policy = next(named["content"] for _, named in page.elements if named.get("http-equiv"))
    assert policy
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_every_figure_of_a_chart_is_in_its_table() -> None:
    rows = re.findall(r'<tr><th scope="row">(2026-01-\d\d)</th>(.*?)</tr>', usage_written("html"))
    told = {day: re.findall("<td>([^<]*)</td>", cells) for day, cells in reversed(rows)}
    assert told["2026-01-07"] == ["", "", "", "not read"]
    assert told["2026-01-10"] == ["$33.00", "$2.50", "$1.00 to $5.00", "anomaly 1, key exposed"]
    assert told["2026-01-15"] == ["$1.50", "$2.50", "$1.00 to $5.00", "not final, key exposed"]


def test_what_a_chart_shows_is_said_in_words() -> None:
    told = "Most: $33.00 on 2026-01-10; above the band: 2 of 14; anomalies: 1; exposures: 1; not read: 1; not final: 1."
    assert told in usage_written("html")
    assert "Nothing was read of this time." in usage_written("html")


def test_bars_stand_at_their_place_and_height() -> None:
    chart = usage_written("html").split("<figure")[1]
    (bars,) = re.findall(r'<path class="bar" d="([^"]*)"', chart)
    assert len(bars.split("z")) - 1 == 13
    heights = [100 - float(top) for top in re.findall(r"V([0-9.]+)h", bars)]
    assert heights[0] / heights[-1] == pytest.approx(2 / 3, abs=0.01)
    assert max(heights) == pytest.approx(100 / 1.05, abs=0.1)
    (gap,) = re.findall(r'<path class="gap" d="([^"]*)"', chart)
    assert gap == "M6.000 0H7.000V100H6.000z"
    assert '<path class="exposed" d="M8.000 0H15.000V100H8.000z"/>' in chart
    assert '<path class="anomaly" d="M9.000 0H11.000V100H9.000z"/>' in chart


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    with opened(tmp_path_factory.mktemp("usage"), usage_written("html")) as tab:
        yield tab


def test_chromium_runs_it_without_a_complaint_or_a_request(tab: Tab, tmp_path: Path) -> None:
    tab.check_manners(tmp_path)


def test_a_chart_is_read_with_the_keyboard(tab: Tab) -> None:
    tab.run("document.querySelector('figure.usage input').focus()")
    said = "document.activeElement.getAttribute('aria-valuetext')"
    assert tab.run(said) == "2026-01-15, $1.50, expected $2.50, band $1.00 to $5.00, not final, key exposed"
    for _ in range(5):
        tab.press("ArrowLeft", 37)
    assert tab.run(said) == "2026-01-10, $33.00, expected $2.50, band $1.00 to $5.00, anomaly 1, key exposed"
    assert tab.run("document.activeElement.closest('figure').querySelector('output').textContent") == tab.run(said)
    assert tab.run("getComputedStyle(document.querySelector('.reading .cursor')).display") == "block"


def test_a_chart_is_read_with_a_pointer(tab: Tab) -> None:
    tab.run("scrollTo(0, 0); document.querySelector('svg.chart').scrollIntoView()")
    box = tab.run("(({x, y, width}) => [x, y, width])(document.querySelector('svg.chart').getBoundingClientRect())")
    tab.ask("Input.dispatchMouseEvent", type="mouseMoved", x=box[0] + box[2] * 0.5 / 15, y=box[1] + 40)
    assert tab.run("document.querySelector('figure.usage output').textContent") == "2026-01-01, $2.00"


def test_a_mark_leads_to_what_is_said_of_it(tab: Tab) -> None:
    tab.run("document.querySelector('svg.chart a').dispatchEvent(new MouseEvent('click', {bubbles: true}))")
    told = tab.run("document.querySelector(':target').textContent.replace(/\\s+/g, ' ')")
    assert told.startswith(" critical key key_1, 2026-01-10 00:00")


def test_everything_is_reached_with_the_keyboard(tab: Tab) -> None:
    tab.run("document.activeElement.blur(); scrollTo(0, 0); document.querySelector('.skip').focus()")
    met = []
    for _ in range(30):
        tab.press("Tab", 9)
        met.append(tab.run("document.activeElement.tagName.toLowerCase()"))
    assert {"a", "input", "summary", "div"} <= set(met)
    tab.run("document.querySelector('details summary').focus()")
    tab.press("Enter", 13, "\r")
    assert tab.run("document.querySelector('details').open") is True


def test_a_screen_reader_has_names_for_everything(tab: Tab) -> None:
    nodes: list[dict[str, Any]] = tab.ask("Accessibility.getFullAXTree")["nodes"]
    said = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    spoken = {"button", "slider", "link", "heading", "region", "columnheader", "navigation", "figure", "table"}
    assert [role for role, name in said if role in spoken and not name] == []
    assert {"banner", "main", "contentinfo", "table", "heading", "slider", "navigation"} <= {role for role, _ in said}
    assert ("link", "anomaly 1, critical") in said


@pytest.mark.parametrize("dark", [False, True])
def test_text_stands_out_in_light_and_dark(tab: Tab, tmp_path: Path, dark: bool) -> None:
    tab.screenshot(tmp_path / "shot.png", dark=dark)
    assert tab.run("matchMedia('(prefers-color-scheme: dark)').matches") is dark
    assert tab.run(CONTRAST) >= 4.5  # WCAG 2.2, 1.4.3


def test_without_a_script_nothing_is_missing_but_the_slider() -> None:
    assert re.findall(r'<p class="reader"([^>]*)>', usage_written("html")).count(" hidden") == 5
