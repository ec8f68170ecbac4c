"""Keeps found secrets out of the names a report shows: a path, a ref or an author can hold one too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from keyguard.model import Report, Secret

# A shorter value is as likely an ordinary word of a path, and masking it would hide where the finding is.
_SHORTEST = 8


class Redaction(NamedTuple):
    """The secrets that stand in names. With `shown`, nothing is masked."""

    secrets: tuple[Secret, ...]
    shown: bool

    def name(self, raw: bytes, own: Secret | None = None) -> bytes:
        """`raw` with the secrets of names, and `own` (the secret of the finding it belongs to), masked."""
        if self.shown:
            return raw
        if own is not None and len(own.reveal()) >= _SHORTEST:
            raw = _masked(raw, own)
        for secret in self.secrets:
            raw = _masked(raw, secret)
        return raw

    def text(self, text: str, own: Secret | None = None) -> str:
        """The same for text. Lone surrogates (undecodable bytes of a file name) become U+FFFD."""
        return self.name(text.encode("utf-8", "surrogatepass"), own).decode("utf-8", "replace")


def redaction_of(report: Report, shown: bool) -> Redaction:
    """The redaction for one report: longest secrets first, since one may hold another."""
    secrets = {
        finding.secret
        for finding in (*report.findings, *(each.finding for each in report.allowed))
        if finding.secret.reveal() and any(place.location.kind in ("path", "ref") for place in finding.occurrences)
    }
    return Redaction(tuple(sorted(secrets, key=_longest_first)), shown)


def _masked(raw: bytes, secret: Secret) -> bytes:
    value = secret.reveal()
    return raw.replace(value, secret.masked.encode()) if value in raw else raw


def _longest_first(secret: Secret) -> tuple[int, bytes]:
    return -len(secret.reveal()), secret.reveal()
