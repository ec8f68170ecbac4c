"""What holds for every format."""

from __future__ import annotations

import subprocess
import sys

import pytest

from keyguard.errors import ConfigError
from keyguard.report import FORMATS
from tests.report.golden import CASES, FOLDER, NOON, without_version
from tests.report.sample import NAMED, PASSWORD, PEM, TOKEN, clean_report, history_report, tree_report, written


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        written(clean_report(), "xml")
    assert caught.value.hint == f"use one of: {', '.join(FORMATS)}"


@pytest.mark.parametrize("name", sorted(CASES))
def test_golden_file(name: str) -> None:
    assert without_version(CASES[name]()) == (FOLDER / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("format_name", FORMATS)
@pytest.mark.parametrize("options", [{}, {"verbose": True}, {"color": True}])
def test_no_format_holds_a_secret(format_name: str, options: dict[str, bool]) -> None:
    for report in (history_report(), tree_report()):
        text = written(report, format_name, **options)
        for secret in (TOKEN, NAMED, PEM):
            assert secret.decode() not in text
        assert PASSWORD[3:10].decode() not in text


@pytest.mark.parametrize("format_name", ["json", "jsonl", "sarif", "gitlab"])
def test_formats_for_programs_are_ascii(format_name: str) -> None:
    text = written(history_report(), format_name)
    assert text.isascii()
    assert "\x1b" not in text


@pytest.mark.parametrize("format_name", ["sarif", "github", "gitlab"])
def test_what_others_read_holds_no_secret_even_when_secrets_are_shown(format_name: str) -> None:
    shown = written(history_report(), format_name, show_secrets=True, now=NOON)
    assert shown == written(history_report(), format_name, now=NOON)


@pytest.mark.parametrize("format_name", ["csv", "junit", "markdown", "html"])
def test_the_others_show_secrets_where_that_is_asked_for(format_name: str) -> None:
    assert TOKEN.decode()[9:] in written(history_report(), format_name, show_secrets=True)


@pytest.mark.parametrize(("format_name", "absent"), [("text", "rich json"), ("json", "rich"), ("sarif", "rich")])
def test_what_a_format_does_not_import(format_name: str, absent: str) -> None:
    script = (
        "import sys, io\n"
        "from keyguard.model import Report, Stats\n"
        "from keyguard.report import write_report\n"
        f"write_report(Report('.', 'tree', (), (), Stats(), ()), {format_name!r}, io.StringIO())\n"
        f"assert not set({absent!r}.split()) & set(sys.modules), sorted(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
