"""What stands around a hit decides, not how the text was cut; tests/scan/test_inherit.py proves it at random."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import pytest

from keyguard.engine import Engine, open_engine
from keyguard.model import Hits, Slab
from keyguard.model.slab import CLIPPED_LEFT, CLIPPED_RIGHT, FRAGMENT, ROW_FIELDS
from keyguard.triage.confirm import Confirmer
from keyguard.triage.match import Confirmed, Match, WideHit
from tests.rules import make_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.model import Rule

LINE = make_rule(r"(?<![a-z])tok_(?P<secret>[a-z0-9]{6,10})(?![a-z0-9])", trigger="tok_[a-z0-9]{6}")
WIDE = make_rule(r"ID[0-9]{4}[\s\S]{0,40}?SEC(?P<secret>[a-z]{5})", trigger="ID[0-9]{4}", reach=60)
VALUE = b"a1b2c3d4"
TOKEN = b"tok_" + VALUE
LEFT, RIGHT = FRAGMENT | CLIPPED_LEFT, FRAGMENT | CLIPPED_RIGHT


def _engine(rules: Sequence[Rule]) -> Engine:
    return open_engine(rules, choice="portable")


def _confirm(rules: Sequence[Rule], *parts: bytes | tuple[bytes, int, int]) -> Confirmed:
    """Owners are numbered; a part is a whole object, or a window with its origin and flags."""
    starts, cuts, lows, text, rows = [], [0], [], b"", array("i")
    for part in parts:
        starts.append(len(text))
        if isinstance(part, bytes):
            text += part + b"\n"
        else:
            window, origin, flags = part
            lows.append(len(text))
            text += window + b"\n"
            rows.extend((origin, len(window), flags))
        cuts.append(len(rows) // ROW_FIELDS)
    slab = Slab(text, starts, list(range(len(parts))), cuts, rows.tobytes(), lows)
    return Confirmer(rules).confirm(slab, _engine(rules).scan(slab.text))


def _places(confirmed: Confirmed) -> list[tuple[int, int, int]]:
    return [(owner, match.start, match.end) for owner, match in confirmed.matches]


@pytest.mark.parametrize(
    "text",
    [b"", b"tok_", b"tok_a1b2c", b"xtok_a1b2c3", b"tok_a1b2c3d4e5f6", b"tok_\na1b2c3", b"tok_xxxxxx"],
)
def test_a_hit_is_not_yet_a_match(text: bytes) -> None:
    assert _confirm([LINE], text) == Confirmed([], [], [], [])


def test_each_owner_has_its_matches_at_its_own_offsets() -> None:
    confirmed = _confirm([LINE], b"x\n" + TOKEN, b"nothing", TOKEN + b" " + TOKEN, (b"k=" + TOKEN, 500, FRAGMENT))
    assert _places(confirmed) == [(0, 6, 14), (2, 4, 12), (2, 17, 25), (3, 506, 514)]
    assert {match.value for _, match in confirmed.matches} == {VALUE}


@pytest.mark.parametrize("text", [TOKEN, TOKEN + b"\n", b"\r\n" + TOKEN + b"\r\n", b"\xff\0" + TOKEN + b"\0"])
def test_ends_of_lines_and_of_objects_are_borders(text: bytes) -> None:
    assert len(_confirm([LINE], text).matches) == 1


@pytest.mark.parametrize("before", [0, 31, 32, 60, 5000])
@pytest.mark.parametrize("after", [0, 10, 31, 60, 5000])
def test_at_a_clipped_end_a_match_must_be_seen_with_its_surroundings(before: int, after: int) -> None:
    text = b"." * before + TOKEN + b"." * after
    assert len(_confirm([LINE], (text, 0, FRAGMENT)).matches) == 1
    assert bool(_confirm([LINE], (text, 100, LEFT)).matches) == (before >= 32)
    most = LINE.span + 32
    assert bool(_confirm([LINE], (text, 0, RIGHT)).matches) == (len(TOKEN) + after >= most)


def test_what_a_verdict_depends_on_ends_at_the_line() -> None:
    ((_, match),) = _confirm([LINE], b"one\n" + TOKEN + b"\ntwo").matches
    assert (match.low, match.high) == (3, 4 + len(TOKEN) + 1)
    ((_, match),) = _confirm([LINE], TOKEN).matches
    assert (match.low, match.high) == (-1, len(TOKEN) + 1)


def test_what_a_verdict_depends_on_is_little_of_a_long_line() -> None:
    text = b"." * 50_000 + TOKEN + b"." * 50_000
    ((_, match),) = _confirm([LINE], text).matches
    assert (match.start, match.end) == (50_004, 50_012)
    assert 50_000 - 64 <= match.low < 50_000 - 1
    assert 50_012 < match.high <= 50_012 + 64


def test_every_match_of_a_line_made_of_secrets() -> None:
    text = b",".join([TOKEN] * 3000)
    assert len(_confirm([LINE], text).matches) == 3000


def test_overlapping_matches_are_all_there() -> None:
    rule = make_rule(r"[a-z]{0,3}=(?P<secret>[a-z0-9]{4})", trigger="=[a-z0-9]")
    found = {(match.start, match.end) for _, match in _confirm([rule], b"abc=d=e1f2").matches}
    assert found == {(6, 10)}
    found = {(match.start, match.end) for _, match in _confirm([rule], b"abc=d1e2=f3g4").matches}
    assert found == {(4, 8), (9, 13)}


def test_a_group_that_repeats_gives_each_of_its_values() -> None:
    rule = make_rule(r"list:(?:(?P<secret>[a-z0-9]{4}),?){1,3}", trigger="list:")
    found = {(match.start, match.end) for _, match in _confirm([rule], b"list:a1b2,c3d4,e5f6,g7h8").matches}
    assert found == {(5, 9), (10, 14), (15, 19)}


def test_hits_elsewhere_on_the_line_do_not_matter() -> None:
    text = b"tok_zzzzzz" + b"." * 400 + TOKEN
    slab = Slab(text + b"\n", [0], [0], [0, 0], b"", [])
    every = Hits([0] * len(text), list(range(1, len(text) + 1)))
    mine = Hits([0], [text.index(TOKEN) + 10])
    few, all_of_them = (Confirmer([LINE]).confirm(slab, hits).matches for hits in (mine, every))
    assert few == all_of_them[-1:]
    assert len(all_of_them) == 1


def test_a_wide_match_may_cross_lines_in_a_whole_object() -> None:
    text = b"x\nID1234\n\nSECabcde\n"
    confirmed = _confirm([WIDE], text)
    assert _places(confirmed) == [(0, 13, 18)]
    assert [hit for _, hit in confirmed.wide] == [WideHit(0, 2, 8)]
    ((_, match),) = confirmed.matches
    assert (match.low, match.high) == (-1, len(text) + 1)


def test_a_wide_hit_in_a_fragment_is_handed_back() -> None:
    confirmed = _confirm([WIDE], (b"ID1234 SECabcde", 70, FRAGMENT))
    assert confirmed == Confirmed([], [(0, WideHit(0, 70, 76))], [], [5])


def test_a_handed_back_hit_is_confirmed_on_the_whole_object() -> None:
    content = b"." * 3000 + b"ID1234\n" + b"." * 30 + b"SECabcde" + b"." * 3000
    (match,) = Confirmer([WIDE]).confirm_wide(content, [WideHit(0, 3000, 3006)])
    assert content[match.start : match.end] == match.value == b"abcde"
    assert (match.low, match.high) > (0, 0)
    assert match.high < 3300


def test_edges_of_a_wide_hit() -> None:
    reach = WIDE.reach + WIDE.span + WIDE.width + 64
    far, edges = 9 * reach, Confirmer([WIDE]).edges
    assert edges(WideHit(0, 0, 6), 20) == (-1, 21)
    assert edges(WideHit(0, reach - 6, reach), far) == (-1, 2 * reach)
    assert edges(WideHit(0, reach - 5, reach + 1), far) == (1, 2 * reach + 1)
    assert edges(WideHit(0, 3 * reach, 3 * reach + 6), far) == (2 * reach + 6, 4 * reach + 6)
    assert edges(WideHit(0, far - reach - 6, far - reach), far) == (far - 2 * reach, far + 1)


def test_margin_and_overlap_follow_the_widest_rules() -> None:
    line, wide = LINE.span + LINE.width + 64, WIDE.span + WIDE.width + 64
    assert Confirmer([]).margin == Confirmer([]).overlap == 2
    assert Confirmer([LINE, WIDE]).margin == 2 * line + 2
    assert Confirmer([WIDE]).margin == 2 * WIDE.width + 2
    assert Confirmer([LINE, WIDE]).overlap == 2 * (60 + wide) + 2


def test_a_pattern_that_takes_too_long_is_named() -> None:
    slow = make_rule(r"tok_(?:[a-z0-9]{1,40}[a-z0-9]{1,40}){1,40}!", trigger="tok_")
    confirmed = _confirm([slow, LINE], b"quick", b"tok_" + b"a1b2" * 30, TOKEN)
    assert confirmed.timeouts == [(1, "acme-key")]
    assert _places(confirmed) == [(2, 4, 12)]


def test_matches_sort_by_place_within_a_rule() -> None:
    one = Match(0, 1, 5, 0, 6, b"v", LINE.confidence)
    assert sorted([one._replace(start=9), one]) == [one, one._replace(start=9)]
