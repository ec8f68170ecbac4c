"""What provider files say: providers and their detection rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.model.grade import Confidence, Severity
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from keyguard.model.silence import Exemption

SHORT_LINE = 256
SECRET = "secret"  # noqa: S105 - the name of a group


def base_name(group: str) -> str:
    """The name of a part for a group of a pattern: `id` for `id` and, in another alternative, `id2`."""
    return group.rstrip("23456789")


class Rule(NamedTuple):
    """One detection rule, ready to run. Patterns are `re`/`regex` syntax over bytes, boundaries included.

    `width` is the most bytes that a match of the trigger can take; `span` the most that a match of the pattern and its
    lookaheads can.
    `reach` is how many bytes before and after a hit the confirmation may read across lines; 0 means that the
    match lies on one line (rules of reach 0 are the cheap ones). `entropy` is in bits per character. `parts` names what
    the pattern finds beside the secret: an id, a user name.

    `beginnings`: texts in small letters, and how far behind the start of a match each stands; every match of the
    pattern has one of them. Empty where they are not known.

    `quick`: tests found that the pattern takes no time to speak of on a line of at most `SHORT_LINE` bytes.

    `bounded`: of a generic rule, that what is around a value says where it begins and ends, better than a name does.

    For rules of other scanners: `plain` says that the secret is weighed by its entropy alone; `path` is searched for in
    the path, and one of `keywords` (lower case) must be in the text.
    """

    id: str
    provider: str
    title: str
    severity: Severity
    confidence: Confidence
    pattern: str
    trigger: str
    width: int
    span: int
    reach: int
    entropy: float
    checksum: str
    generic: bool
    advice: str
    parts: tuple[str, ...] = ()
    plain: bool = False
    path: str = ""
    keywords: tuple[str, ...] = ()
    beginnings: tuple[tuple[str, int], ...] = ()
    bounded: bool = False
    quick: bool = False


class Provider(NamedTuple):
    """One provider file. `rules` are its rule ids."""

    id: str
    name: str
    category: str
    hosts: tuple[str, ...]
    console: str
    docs: str
    source: str
    verified: str
    rules: tuple[str, ...]


class RuleSet(NamedTuple):
    """All providers and rules, both sorted by id. The place of a rule in `rules` is its number in `Hits`.

    `exemptions` are what rule files of other scanners allow; `notes` say what of such files could not be carried over.
    """

    providers: tuple[Provider, ...]
    rules: tuple[Rule, ...]
    exemptions: tuple[Exemption, ...] = ()
    notes: tuple[str, ...] = ()
