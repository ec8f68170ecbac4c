"""What a vector engine runs says the same as the short form of it."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from keyguard.sources.decode_triggers import BASE64, HEX, LEAD, TEXT_PAIRS, TEXT_QUADS, TRIGGERS

_DIGITS = "0123456789abcdefABCDEF"
_PAIRS = re.compile("|".join(trigger.pattern for trigger in TRIGGERS if trigger.coding == HEX))
_QUADS = re.compile("|".join(trigger.pattern for trigger in TRIGGERS if trigger.coding == BASE64))
_LEADS = ["\n", '"', "'", "=", ">", ":", "`", ",", "(", ": ", "= ", "  ", "\t", "echo ", "Basic ", "<<< ", "base64, "]


@given(st.from_regex(TEXT_PAIRS, fullmatch=True))
def test_all_pairs_of_text_in_hex_are_seen(pairs: str) -> None:
    assert _PAIRS.fullmatch(pairs)


@given(st.text(_DIGITS, min_size=28, max_size=28), st.from_regex(TEXT_PAIRS, fullmatch=True), st.integers(0, 27))
def test_no_other_pairs_are(digits: str, pairs: str, cut: int) -> None:
    mixed = pairs[:cut] + digits[cut:]
    assert bool(_PAIRS.fullmatch(mixed)) == bool(re.fullmatch(TEXT_PAIRS, mixed))


@given(st.sampled_from(_LEADS), st.from_regex(TEXT_QUADS.pattern.decode(), fullmatch=True))
def test_text_in_base64_is_seen_behind_every_lead(lead: str, quads: str) -> None:
    assert re.search(f"(?:{LEAD})$", lead)
    assert _QUADS.search(lead + quads)
    assert not _QUADS.search("x" + quads[1:])
