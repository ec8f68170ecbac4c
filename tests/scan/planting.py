"""Plants made-up secrets in a repository, and remembers where a scan of its history must find each."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

from keyguard.providers.templates import expand
from tests.repositories import AUTHOR, EMAIL, START

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from keyguard.model import Occurrence, Report
    from tests.repositories import Repo

ADA = f"{AUTHOR} <{EMAIL}>"


_TAIL = b"".join(b"line %d of what all files share\n" % number for number in range(20))


class Stamp(NamedTuple):
    """One commit (or tag): its id, and its date as a report shows it."""

    commit: str
    date: str


class Sight(NamedTuple):
    """What a report says of one place of a secret."""

    kind: str
    path: bytes
    line: int
    column: int
    commit: str
    author: str
    date: str
    state: str


def token(place: str) -> bytes:
    """A secret of its own for each place."""
    return expand("{secret:glpat-[A-Za-z0-9]{20}}", crc32(place.encode())).text


def text(place: str) -> bytes:
    """A file that holds the secret of a place in line 2 from column 7 on."""
    return b"first of %b\nvalue %b\nlast\n%b" % (place.encode(), token(place), _TAIL)


def import_versions(repo: Repo, name: str, versions: Iterable[bytes]) -> list[Stamp]:
    """Commits one version of a file after the other on main, into one pack of deltas each against the one before."""
    stream: list[bytes] = []
    stamps: list[Stamp] = []
    for number, content in enumerate(versions):
        moment = datetime.fromtimestamp(START + 60 * number, timezone(timedelta(hours=1)))
        stamps.append(Stamp("", moment.isoformat()))
        person = f"{ADA} {START + 60 * number} +0100"
        head = f"commit refs/heads/main\nauthor {person}\ncommitter {person}\ndata 0\n"
        stream.append(head.encode() + b"M 100644 inline %b\ndata %d\n%b\n" % (name.encode(), len(content), content))
    repo.git("-c", "fastimport.unpackLimit=0", "fast-import", "--quiet", "--depth=50", stdin=b"".join(stream))
    commits = repo.git("rev-list", "--reverse", "main").split()
    return [stamp._replace(commit=commit) for stamp, commit in zip(stamps, commits, strict=True)]


def sights(report: Report) -> dict[bytes, list[Sight]]:
    """All places by secret."""
    found: dict[bytes, list[Sight]] = {}
    for finding in report.findings:
        found.setdefault(finding.secret.reveal(), []).extend(map(_sight, finding.occurrences))
    return {value: sorted(places) for value, places in found.items()}


def _sight(occurrence: Occurrence) -> Sight:
    location, provenance = occurrence
    assert provenance is not None
    author = f"{provenance.author} <{provenance.email}>" if provenance.author else ""
    place = (location.kind, location.path, location.line, location.column)
    return Sight(*place, provenance.commit, author, provenance.date, provenance.state)


class Garden:
    """A repository with secrets in it. `sown`: by the name of a place, wherever its secret must be found."""

    def __init__(self, repo: Repo) -> None:
        self.repo = repo
        self.sown: dict[str, list[Sight]] = {}
        self._days = 0

    def date(self) -> str:
        """The next day, as git reads it."""
        self._days += 1
        return f"2026-{1 + self._days // 28:02}-{1 + self._days % 28:02}T09:30:00+0530"

    def commit(self, files: Mapping[str, bytes | str | None] | None = None, message: str = "change") -> Stamp:
        date = self.date()
        return Stamp(self.repo.commit(files, message, date=date), shown(date))

    def git(self, *args: str | bytes, stdin: bytes = b"") -> Stamp:
        """Runs a command that makes something with a date; its output is the id."""
        date = self.date()
        return Stamp(self.repo.git(*args, stdin=stdin, date=date), shown(date))

    def sow(
        self,
        place: str,
        stamp: Stamp,
        path: str | bytes = b"",
        *,
        kind: str = "file",
        at: tuple[int, int] = (2, 7),
        state: str = "history",
        author: str = ADA,
    ) -> None:
        """Notes where the secret of a place must be found; `at` is line and column."""
        raw = path.encode() if isinstance(path, str) else path
        self.sown.setdefault(place, []).append(Sight(kind, raw, *at, stamp.commit, author, stamp.date, state))

    def tree(self, entries: Mapping[bytes, tuple[str, str, str]]) -> str:
        """Stores a tree from names with mode, kind and id; names may hold any byte but NUL and the slash."""
        rows = [b"%b\t%b\0" % (" ".join(facts).encode(), name) for name, facts in entries.items()]
        return self.repo.git("mktree", "-z", "--missing", stdin=b"".join(rows))


def shown(date: str) -> str:
    """A date with its offset in the way reports write it."""
    return f"{date[:-2]}:{date[-2:]}"
