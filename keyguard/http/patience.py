"""How long to wait before asking again."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

AGAIN = frozenset({429, 500, 502, 503, 504})
_FIRST = 0.5
_GREATEST = 20.0


def asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, 10.2.3: a number or a date); None without a valid one."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - now) if text else None
    except (ValueError, OverflowError):
        return None


def own_wait(tried: int) -> float:
    """Seconds before the next try where the other side names none: 0.5, 1, 2 … 20."""
    return min(_GREATEST, _FIRST * float(2 ** min(tried - 1, 10)))
