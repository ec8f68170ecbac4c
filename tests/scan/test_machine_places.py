from __future__ import annotations

import re

import pytest

from keyguard.scan.machine_places import ALL, PLACES, ROOTS, VARIABLES, Place
from tests.program import ROOT

NAMES = {"home", *(root.name for root in ROOTS)}


def test_each_root_uses_those_before_it() -> None:
    known = {"home"}
    for root in ROOTS:
        assert set(re.findall(r"\{(\w+)\}", root.default)) <= known
        known.add(root.name)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place.tool}:{place.path}")
def test_a_row_is_whole(place: Place) -> None:
    assert place.kind
    assert place.tool
    assert place.source
    assert place.systems
    assert set(place.systems) <= set(ALL)
    assert place.path.startswith(("{", "$"))
    assert set(re.findall(r"\{(\w+)\}", place.path)) <= NAMES
    assert "\\" not in place.path


def test_no_fact_is_told_twice() -> None:
    told = [(place.path, system) for place in PLACES for system in place.systems]
    assert len(told) == len(set(told))


def test_places_that_were_asked_for_are_there() -> None:
    tools = {place.tool for place in PLACES}
    assert tools >= {
        *("bash", "zsh", "fish", "PowerShell", "netrc", "PostgreSQL", "npm", "PyPI", "git"),
        *(
            "AWS",
            "Google Cloud",
            "Azure",
            "GitHub",
            "GitLab",
            "Docker",
            "Kubernetes",
            "Hugging Face",
            "OpenAI",
            "Anthropic",
        ),
        *("Claude Desktop", "Claude Code", "Cursor", "Code", "Windsurf", "Continue", "Codex", "Gemini CLI"),
    }
    assert "HISTFILE" in VARIABLES


def test_each_tool_is_named_in_the_page() -> None:
    page = (ROOT / "docs" / "machine.md").read_text(encoding="utf-8")
    same = {"the shell": "shells", "netrc": ".netrc", "PostgreSQL": ".pgpass", "MySQL": ".my.cnf"}
    kin = {"Code", "Code - Insiders", "VSCodium"}
    tools = {same.get(place.tool, place.tool) for place in PLACES if place.tool not in kin}
    assert [tool for tool in sorted(tools) if tool not in page] == []
    assert [kind for kind in sorted({place.kind for place in PLACES}) if f"| {kind} |" not in page] == []
