"""Says in words where an occurrence stands and whether it can still be reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.report.visible import visible

if TYPE_CHECKING:
    from keyguard.model import Location, Provenance, Secret
    from keyguard.report.redaction import Redaction

SHORT_ID = 10
_STATES = {"head": "still in HEAD", "history": "in history", "unreachable": "unreachable"}
_TEXTS = {"commit": "commit message", "tag": "tag message", "path": "file name", "ref": "ref name", "stdin": "stdin"}


def state_label(state: str) -> str:
    return _STATES.get(state, state)


def place_label(location: Location, shown_path: str) -> str:
    """`path:line:column`, led by what kind of text it is where it is not a file."""
    kind = _TEXTS.get(location.kind, "")
    name = " ".join(part for part in (kind, shown_path) if part) or "(file without a name)"
    return f"{name}:{location.line}:{location.column}"


def decoded_label(location: Location) -> str:
    """How the text there was decoded, outermost first; empty where it was not."""
    return f"decoded from {', then '.join(location.decoded)}" if location.decoded else ""


def origin_label(provenance: Provenance | None, redaction: Redaction, own: Secret) -> str:
    """Commit, author, day and state in one phrase; empty for a working tree."""
    if provenance is None:
        return ""
    commit = provenance.commit[:SHORT_ID]
    source = commit or f"object {provenance.object[:SHORT_ID]}"
    parts = (source, redaction.text(provenance.author, own), provenance.date[:10], state_label(provenance.state))
    return "  ".join(visible(part) for part in parts if part)
