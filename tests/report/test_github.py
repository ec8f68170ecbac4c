"""Workflow commands, read as GitHub's runner reads them."""

from __future__ import annotations

import re

import pytest

from keyguard.model import Allowance, Allowed, Occurrence, Report
from keyguard.report.github import masks_of
from tests.report.sample import NAMED, PEM, TOKEN, clean_report, finding, history_report, location, tree_report, written

# https://github.com/actions/runner, ActionCommand.TryParseV2: the first "::" ends the properties.
COMMAND = re.compile(r"\s*::(?P<name>[a-z-]+)(?: (?P<properties>.*?))?::(?P<data>.*)")
UNESCAPE = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))


def commands_of(text: str) -> list[tuple[str, dict[str, str], str]]:
    found = filter(None, map(COMMAND.fullmatch, text.splitlines()))
    return [(each["name"], properties_of(each["properties"] or ""), unescaped(each["data"])) for each in found]


def properties_of(text: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in text.split(",") if pair)
    return {name: unescaped(value) for name, _, value in pairs}


def unescaped(text: str) -> str:
    for written_as, meant in UNESCAPE:
        text = text.replace(written_as, meant)
    return text


def at(path: bytes) -> Report:
    return tree_report()._replace(findings=(finding(0, TOKEN, (Occurrence(location("file", path, 3, 7), None),)),))


def test_nothing_found_is_no_command() -> None:
    assert commands_of(written(clean_report(), "github")) == []


@pytest.mark.parametrize(
    "path", [b"a\n::add-mask::x", b"a::set-output name=x::y", b"a,line=9", b"100%25", b"::error::x"]
)
def test_a_path_cannot_write_a_command(path: bytes) -> None:
    ((name, properties, _),) = commands_of(written(at(path), "github"))
    assert name == "error"
    assert properties["file"] == path.decode()
    assert properties["line"] == "3"


def test_an_annotation_stands_at_its_line() -> None:
    ((name, properties, message),) = commands_of(written(at(b"./src/a.py"), "github"))
    assert (name, properties["file"], properties["line"], properties["col"]) == ("error", "src/a.py", "3", "7")
    assert "keyguard playbook acme-token" in message
    assert "keyguard:allow acme-token REASON" in message


def test_levels_and_what_was_not_read() -> None:
    commands = commands_of(written(history_report(), "github"))
    assert [name for name, _, _ in commands] == ["error"] * 11 + ["notice"] * 2 + ["error"]
    assert commands[-1][2].startswith("incomplete: 7 could not be read")


def test_messages_and_refs_have_no_file() -> None:
    report = tree_report()._replace(findings=(finding(0, TOKEN, (Occurrence(location("commit", b"", 3, 1), None),)),))
    ((_, properties, message),) = commands_of(written(report, "github"))
    assert "file" not in properties
    assert "in commit message:3:1" in message


def test_many_places_are_cut_short() -> None:
    places = tuple(Occurrence(location("file", b"a%d" % number, 1, 1), None) for number in range(150))
    report = tree_report()._replace(findings=(finding(0, TOKEN, places),))
    assert len(commands_of(written(report, "github"))) == 101
    assert len(commands_of(written(report, "github", verbose=True))) == 150


def test_values_are_masked_first_where_that_is_asked_for() -> None:
    report = history_report()
    allowed = Allowed(finding(0, b"kgallowed-%d" % 123456, ()), Allowance("inline", "x"))
    text = written(report._replace(allowed=(allowed,)), "github", masks=True)
    commands = commands_of(text)
    masked = [data for name, _, data in commands if name == "add-mask"]
    assert masked == [data for _, _, data in commands[: len(masked)]]
    assert {TOKEN.decode(), NAMED.decode(), "c2FtcGxl", "kgallowed-123456"} <= set(masked)
    rest = "\n".join(line for line in text.splitlines() if not line.startswith("::add-mask::"))
    for secret in (TOKEN, NAMED, PEM):
        assert secret.decode() not in rest
    assert "add-mask" not in written(report, "github")


def test_masks_leave_ordinary_words_alone() -> None:
    found = [finding(2, b"-----BEGIN X-----\nabc\n  c2VjcmV0  \n-----END X-----", ()), finding(1, b"short", ())]
    assert list(masks_of(found)) == ["c2VjcmV0"]
