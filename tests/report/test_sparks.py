from __future__ import annotations

from keyguard.report.sparks import Sparks, legend
from tests.report.usage_sample import MARK, WINDOW, course

WIDTH = 86400


def line(sparks: Sparks, amounts: str) -> str:
    return "".join(span.text for span in sparks.spans(course("x", amounts).buckets, WIDTH))


def test_nothing_is_flat_and_the_unknown_is_empty() -> None:
    assert line(Sparks(40), "0 0 0") == "▁▁▁"
    assert line(Sparks(40), "? ? ?") == "   "
    assert line(Sparks(40), "-4 0 8") == "▁▁█"


def test_heights_follow_the_amounts() -> None:
    assert line(Sparks(40), "0 1 ? 4 8~") == "▁▂ ▅█"


def test_a_terminal_without_blocks_gets_ascii() -> None:
    assert line(Sparks(40, "ascii"), "0 8 ?") == "_# "
    assert line(Sparks(40, "no-such-encoding"), "0 8") == "_#"


def test_a_long_course_keeps_its_peaks() -> None:
    assert line(Sparks(3), "1 8 1 1 1 1") == "█▂▂"


def test_signs_below_say_what_is_to_be_said() -> None:
    buckets = course("x", "1 1 1 1 1 1 ? 1 1 9 9 1 1 1 1~").buckets
    under = Sparks(40).under(buckets, WIDTH, [MARK])
    assert under == "      ?  !!   ."
    assert legend(under) == "! anomaly, ? not read, . not final"
    assert Sparks(40).exposed(buckets, WIDTH, [WINDOW]) == "        ~~~~~~~"
    assert Sparks(40).under(buckets[:3], WIDTH, []) == ""
