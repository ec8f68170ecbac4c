"""A secret that was found, and every place it was found in."""

from __future__ import annotations

from keyguard.model.grade import Confidence, Severity
from keyguard.model.namedtuple import NamedTuple
from keyguard.model.secret import Secret
from keyguard.model.verdict import Verdict


class Location(NamedTuple):
    """Where in a text a secret stands.

    `kind` is "file", "commit" (its message), "tag" (its message), "path" (a file name), "ref" (a ref name) or
    "stdin". `path` is the raw path, empty where there is none. Lines and columns count from 1, columns in Unicode code
    points, the end column is exclusive; `start` and `end` are byte offsets in the file as stored.
    `decoded` says how the text there was decoded to find it, outermost first; it stands for the place as stored.
    """

    kind: str
    path: bytes
    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int
    decoded: tuple[str, ...] = ()


class Provenance(NamedTuple):
    """How a text came into a repository: the first commit that brought it.

    `state` is "head" (still in HEAD), "history" (reached by a ref, not in HEAD) or "unreachable" (no ref reaches it).
    `commit`, `author`, `email` and `date` (ISO 8601 with offset) are empty where no commit holds the object. `until` is
    when a commit took it out again, where that was asked for and is known.
    """

    object: str
    commit: str
    author: str
    email: str
    date: str
    state: str
    until: str = ""


class Occurrence(NamedTuple):
    """One place of a finding; `provenance` is None in a working tree or on standard input."""

    location: Location
    provenance: Provenance | None


class Finding(NamedTuple):
    """One secret, whatever the number of places. `verdict` is "unverified" until a provider was asked.

    `parts` are what belongs to the secret and is none itself, by name: the id of a key, a user name. `reasons` say
    why it was reported, where that was asked for. `details` are what the provider said.
    """

    rule: str
    provider: str
    title: str
    severity: Severity
    confidence: Confidence
    secret: Secret
    fingerprint: str
    verdict: str
    advice: str
    occurrences: tuple[Occurrence, ...]
    reasons: tuple[str, ...] = ()
    parts: tuple[tuple[str, bytes], ...] = ()
    details: Verdict | None = None
