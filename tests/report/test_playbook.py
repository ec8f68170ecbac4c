from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from keyguard.model.playbook import Fact, Phase, Playbook, Step
from keyguard.report.playbook import SHAPES, playbook_text

HOSTILE = "<script>alert(1)</script> `x` [a](javascript:b) | \x1b[31m"
STEP = Step(
    HOSTILE, "ada", "https://example.com/?a=1&b=2", ("rm `x` <ID>",), HOSTILE, "now", "it is", "no", "all", ("One",)
)
BOOK = Playbook(
    "acme",
    "Acme",
    "acme-key",
    "Acme key",
    "0" * 32,
    "",
    "",
    (Fact("place", "Stands in", HOSTILE),),
    (Phase("contain", "within 5 minutes", (STEP,), "nowhere", "2026-11-22", "general"),),
)


class Tags(HTMLParser):
    """The tags of a page and what they point to; each one that opens must close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.links += [str(value) for name, value in attrs if name in ("href", "src")]
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("shape", [each for each in SHAPES if each != "json"])
def test_hostile_text_stays_text(shape: str) -> None:
    text = playbook_text([BOOK], shape)
    assert "\x1b" not in text
    if shape != "text":
        assert "<script>" not in text.replace("\\<script\\>", "")


def test_html_needs_nothing_from_elsewhere() -> None:
    text = playbook_text([BOOK, BOOK], "html")
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert tags.links == ["https://example.com/?a=1&b=2"] * 2
    assert not tags.seen & {"script", "img", "link", "iframe", "object"}
    assert "default-src 'none'" in text
    assert "prefers-color-scheme: dark" in text
    assert '<html lang="en">' in text
    assert "url(" not in text


def test_html_has_one_id_each() -> None:
    text = playbook_text([BOOK, BOOK], "html")
    ids = [piece.partition('"')[0] for piece in text.split(' id="')[1:]]
    assert len(ids) == len(set(ids)) == 4


def test_json_says_everything() -> None:
    (tree,) = json.loads(playbook_text([BOOK], "json"))
    assert tree["phases"][0]["steps"][0]["run"] == ["rm `x` <ID>"]
    assert tree["facts"] == [{"name": "place", "label": "Stands in", "value": HOSTILE}]


def test_text_and_markdown_tell_every_field() -> None:
    for shape in ("text", "md", "html"):
        text = playbook_text([BOOK], shape)
        for word in ("ada", "now", "it is", "all", "nowhere", "2026-11-22", "within 5 minutes", "One"):
            assert word in text
