from __future__ import annotations

import pytest

from keyguard.report.usage_text import write_text
from tests.report.usage_sample import HOSTILE, Stream, empty_report, usage_report, usage_written


def test_no_figures_say_what_to_do() -> None:
    out = Stream()
    write_text(empty_report(), out, color=False)
    assert out.getvalue() == "nothing to show; `keyguard audit read` asks the configured accounts\n"


def test_names_cannot_move_the_cursor() -> None:
    text = usage_written("text")
    assert "\x1b" not in text
    assert HOSTILE.replace("\x1b", "\\x1b")[:20] in text


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_it_is_written_in_what_the_terminal_speaks(encoding: str) -> None:
    out = Stream(encoding)
    write_text(usage_report(), out, color=False)
    assert "$93.25" in out.getvalue()


def test_colours_change_nothing_but_colours() -> None:
    from rich.text import Text

    out = Stream()
    write_text(usage_report(), out, color=True, columns=90)
    assert "\x1b[" in out.getvalue()
    assert Text.from_ansi(out.getvalue()).plain.split() == usage_written("text").split()


def test_what_is_told_by_another_source_is_not_taken_for_the_total() -> None:
    assert "top models  use times the price table: $90.00 together, not the total" in usage_written("text")
