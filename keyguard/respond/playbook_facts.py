"""What is known of one leak: where it stands, since when, who may have it, what it opens."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from keyguard.errors import GitError
from keyguard.git.remotes import remote_refs_with
from keyguard.model.playbook import Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Finding, Occurrence

_MOST_PLACES = 20
_DAY = 86_400
_STATES = {
    "head": "still in HEAD",
    "history": "in the history of a ref, not in HEAD",
    "unreachable": "in the object store, reached by no ref",
}
# What a thief can do, by category of provider, where nobody knows better.
_REACH = {
    "ai": "spend money on models, and read or change what the account stores there (files, threads, tuned models)",
    "cloud": "do whatever its identity may: start machines, read storage and databases, make more keys",
    "vcs": "read and change code, secrets of pipelines and releases: everything that is built from it",
    "payment": "read customers and payments, and move money as far as its permissions go",
    "messaging": "read and send messages in the name of the account, and spend its balance where it has one",
    "email": "send mail in your name, which passes the checks of its receivers, and read addresses",
    "registry": "publish packages in your name, which others install",
    "infrastructure": "change DNS, deployments and machines, and read their secrets",
    "database": "read, change and delete rows",
    "monitoring": "read logs and traces, which often hold further secrets, and blind alarms",
    "identity": "sign in as others",
    "saas": "read and change what the account holds",
    "crypto": "decrypt, sign, or sign in wherever the key pair is trusted",
    "generic": "do what is not known yet: it depends on what it opens",
}


def facts_of(finding: Finding, reach: str, folder: str, now: dt.datetime) -> tuple[Fact, ...]:
    """Everything the finding, its verdict and the repository around `folder` tell. `now` has a time zone; `reach` is
    what a thief can do."""
    rows = [
        ("rule", "Found by", f"{finding.rule} ({finding.title})"),
        ("masked", "Secret", finding.secret.masked),
        ("fingerprint", "Fingerprint", finding.fingerprint),
        ("severity", "Severity", finding.severity.label),
        ("state", "State", _state(finding)),
        *_owner(finding),
        *_places(finding),
        *_exposure(finding, folder, now),
        ("blast_radius", "Blast radius", _blast(finding, reach)),
    ]
    return tuple(Fact(*row) for row in rows if row[2])


def window(finding: Finding, now: dt.datetime) -> tuple[str, int]:
    """The date of the first commit with the secret, as written there, and the days since; "" and 0 where not known."""
    dates = [each.provenance.date for each in finding.occurrences if each.provenance and each.provenance.date]
    known = [(moment, date) for date in dates if (moment := _moment(date))]
    if not known:
        return "", 0
    first, date = min(known)
    return date, max(0, int((now - first).total_seconds() // _DAY))


def pushed_to(finding: Finding, folder: str) -> tuple[str, ...] | None:
    """Remote refs that hold a commit with the secret; None where no commit of it is known here."""
    commits = dict.fromkeys(each.provenance.commit for each in finding.occurrences if each.provenance)
    found: dict[str, None] = {}
    known = False
    for commit in filter(None, commits):
        try:
            found.update(dict.fromkeys(remote_refs_with(folder or ".", commit)))
            known = True
        except GitError:
            continue
    return tuple(found) if known else None


def _state(finding: Finding) -> str:
    details = finding.details
    if details is None:
        return "not verified: take it for live"
    said = details.state + (f" ({details.reason})" if details.reason else "")
    return said + (f", asked {details.checked}" if details.checked else "")


def _owner(finding: Finding) -> Iterator[tuple[str, str, str]]:
    details = finding.details
    if details:
        yield "owner", "Belongs to", ", ".join(filter(None, (details.owner, details.account)))
        yield "scopes", "May", ", ".join(details.scopes)
        yield "expires", "Expires", details.expires


def _places(finding: Finding) -> Iterator[tuple[str, str, str]]:
    for occurrence in finding.occurrences[:_MOST_PLACES]:
        yield "place", "Stands in", _place(occurrence)
    more = len(finding.occurrences) - _MOST_PLACES
    if more > 0:
        yield "more_places", "And in", f"{more} more places"


def _place(occurrence: Occurrence) -> str:
    location, origin = occurrence
    path = location.path.decode("utf-8", "replace") or location.kind
    where = f"{path}:{location.line}"
    if origin is None:
        return where
    by = f"commit {origin.commit[:12]}" if origin.commit else f"object {origin.object[:12]}"
    return f"{where}, {by}{f' by {origin.author}' if origin.author else ''}, {_STATES.get(origin.state, origin.state)}"


def _exposure(finding: Finding, folder: str, now: dt.datetime) -> Iterator[tuple[str, str, str]]:
    since, days = window(finding, now)
    if since:
        yield "exposed_since", "Exposed", f"since {since} (first commit), {_days(days)} until now"
    else:
        yield "exposed_since", "Exposed", "not known since when: `keyguard scan --history` tells the first commit"
    refs = pushed_to(finding, folder)
    if refs is None:
        yield "pushed", "Pushed", "not known: no commit with it is known here"
    elif refs:
        remotes = dict.fromkeys(ref.partition("/")[0] for ref in refs)
        yield "pushed", "Pushed", f"yes, to {', '.join(remotes)} ({_some(refs)})"
    else:
        yield "pushed", "Pushed", "to no remote that this clone knows of"


def _days(count: int) -> str:
    return "less than a day" if not count else "a day" if count == 1 else f"{count} days"


def _some(refs: Sequence[str]) -> str:
    more = len(refs) - 5
    return ", ".join(refs[:5]) + (f" and {more} more" if more > 0 else "")


def _blast(finding: Finding, reach: str) -> str:
    scopes = finding.details.scopes if finding.details else ()
    told = f"its provider names these permissions: {', '.join(scopes)}; with them it can " if scopes else "it can "
    return told + reach


def reach_of(category: str) -> str:
    """What a thief can do with a key of such a provider."""
    return _REACH.get(category, _REACH["generic"])


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)
