"""What comes of a hit: a match, or a hit that waits for the whole object."""

from __future__ import annotations

from keyguard.model import Confidence
from keyguard.model.namedtuple import NamedTuple


class Part(NamedTuple):
    """What belongs to a secret and is none itself (an id, a user name); `offset` from the start of the secret."""

    name: str
    offset: int
    value: bytes


class Inner(NamedTuple):
    """How a match was decoded: the steps, outermost first; empty where it stands in plain text.

    `order` tells matches apart that have one place because it was compressed. `around` is the decoded text on both
    sides, with the value at `at`.
    """

    steps: tuple[str, ...] = ()
    order: int = 0
    around: bytes = b""
    at: int = 0


class Match(NamedTuple):
    """A confirmed secret: `start` and `end` of the value in its object; the verdict depends on `low` to `high`.

    `low` is -1 where the start of the object is part of that, `high` one more than its size where the end is.
    """

    rule: int
    start: int
    end: int
    low: int
    high: int
    value: bytes
    confidence: Confidence
    parts: tuple[Part, ...] = ()
    inner: Inner = Inner()

    @property
    def named_parts(self) -> tuple[tuple[str, bytes], ...]:
        return tuple((part.name, part.value) for part in self.parts)


class WideHit(NamedTuple):
    """A hit whose confirmation needs more of the object than the line; the trigger lies in `low` to `at`."""

    rule: int
    low: int
    at: int


class Confirmed(NamedTuple):
    """The outcome for one slab: owners with their matches and with what must be confirmed on the whole object.

    `places` are offsets in the slab's text, one at least on every line that added to this, or to which something led.
    """

    matches: list[tuple[int, Match]]
    wide: list[tuple[int, WideHit]]
    timeouts: list[tuple[int, str]]
    places: list[int]
