"""An incident as text for people (Markdown, HTML) or programs (JSON): what leaked, and a timeline of what was done."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from keyguard.respond.incident import CONTAIN, INVESTIGATE
from keyguard.state.incidents import breaks

if TYPE_CHECKING:
    from keyguard.respond.incident import Case, KeyState
    from keyguard.state.incidents import Entry

FORMATS: Final = ("md", "html", "json")
_MARKS: Final = (
    (CONTAIN, "5 minutes: every key should be stopped"),
    (INVESTIGATE, "24 hours: what the keys were used for should be known"),
)
_STYLE: Final = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;"
    "background:#fff}table{border-collapse:collapse;width:100%}td,th{border:1px solid #bbb;padding:.3rem .5rem;"
    "text-align:left;vertical-align:top}tr.mark td{background:#fff3c4;font-weight:bold}"
    "@media (prefers-color-scheme:dark){body{color:#eee;background:#111}tr.mark td{background:#4a3b00}}"
)


class Row(NamedTuple):
    """One line of the timeline; `mark` lines have no entry of their own."""

    at: float
    since: str
    who: str
    what: str
    mark: bool = False


def write_incident(case: Case, shape: str) -> str:
    """The report as one text. `shape` is one of FORMATS."""
    return {"md": _markdown, "html": _html, "json": _json}[shape](case)


def timeline(case: Case) -> list[Row]:
    """Every entry, with marks where 5 minutes and 24 hours after the opening had passed."""
    rows = [Row(entry.at, _since(entry.at - case.opened), entry.who, _what(entry)) for entry in case.entries]
    rows += [Row(case.opened + after, _since(after), "", text, mark=True) for after, text in _MARKS]
    return sorted(rows, key=lambda row: row.at)


def moment(at: float) -> str:
    return dt.datetime.fromtimestamp(at, dt.timezone.utc).isoformat(timespec="seconds").replace("+00:00", "Z")


def summary(case: Case) -> list[str]:
    """The facts that stand above the keys."""
    ended = (
        f"{moment(case.contained)} ({_since(case.contained - case.opened)} after opening)" if case.contained else "no"
    )
    broken = breaks(case.entries)
    return [
        f"Opened: {moment(case.opened)} by {case.entries[0].who}",
        f"Every key dead or accepted: {ended}",
        f"Closed: {moment(case.closed) if case.closed else 'no'}",
        f"Record: {len(case.entries)} entries, " + ("; ".join(broken) if broken else f"unchanged, head {case.head}"),
    ]


def _markdown(case: Case) -> str:
    lines = [
        f"# Incident {case.id}: {_cell(case.title)}",
        "",
        *(f"- {_cell(line)}" for line in summary(case)),
        "",
        "## Keys",
        "",
    ]
    for key in case.keys:
        lines += [f"### {_cell(key.body['title'])} `{_cell(key.body['masked'])}`", ""]
        lines += [f"- {name}: {_cell(value)}" for name, value in _facts(key)] + [""]
    lines += ["## Timeline", "", "| time (UTC) | after opening | who | what |", "|---|---|---|---|"]
    for row in timeline(case):
        bold = "**" if row.mark else ""
        lines.append(f"| {moment(row.at)} | {row.since} | {_cell(row.who)} | {bold}{_cell(row.what)}{bold} |")
    return "\n".join(lines) + "\n"


def _html(case: Case) -> str:
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>Incident {escape(case.id)}</title><style>{_STYLE}</style></head><body>",
        f"<h1>Incident {escape(case.id)}: {escape(case.title)}</h1><ul>",
        *(f"<li>{escape(line)}</li>" for line in summary(case)),
        "</ul><h2>Keys</h2>",
    ]
    for key in case.keys:
        parts.append(f"<h3>{escape(str(key.body['title']))} <code>{escape(str(key.body['masked']))}</code></h3><ul>")
        parts += [f"<li>{escape(name)}: {escape(value)}</li>" for name, value in _facts(key)] + ["</ul>"]
    parts.append("<h2>Timeline</h2><table><tr><th>time (UTC)<th>after opening<th>who<th>what</tr>")
    for row in timeline(case):
        kind = ' class="mark"' if row.mark else ""
        cells = "".join(f"<td>{escape(each)}</td>" for each in (moment(row.at), row.since, row.who, row.what))
        parts.append(f"<tr{kind}>{cells}</tr>")
    return "\n".join([*parts, "</table></body></html>"]) + "\n"


def _json(case: Case) -> str:
    document = {
        "incident": case.id,
        "title": case.title,
        "opened": moment(case.opened),
        "closed": moment(case.closed) if case.closed else None,
        "contained": moment(case.contained) if case.contained else None,
        "within_5_minutes": bool(case.contained) and case.contained - case.opened <= CONTAIN,
        "within_24_hours": bool(case.contained) and case.contained - case.opened <= INVESTIGATE,
        "head": case.head,
        "unchanged": not breaks(case.entries),
        "keys": [
            {**key.body, "state": key.state, "ended": moment(key.ended) if key.ended else None} for key in case.keys
        ],
        "entries": [{**entry._asdict(), "time": moment(entry.at)} for entry in case.entries],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _facts(key: KeyState) -> Iterator[tuple[str, str]]:
    body = key.body
    verdict, record = body.get("verdict") or {}, body.get("record") or {}
    yield "state", key.state + (f" ({key.reason})" if key.reason else "") + f", as of {moment(key.since)}"
    yield "rule", f"{body['rule']} ({body['severity']}), fingerprint {key.fingerprint}"
    since = body.get("exposed_since") or "not known (no commit holds it)"
    until = moment(key.ended) if key.ended else "now"
    yield (
        "exposed",
        f"{since} to {until}" + (f", pushed to {', '.join(body['pushed_to'])}" if body.get("pushed_to") else ""),
    )
    for name, value in (("owner", record.get("owner") or verdict.get("owner")), ("account", verdict.get("account"))):
        if value:
            yield name, str(value)
    for name in ("request", "answer"):
        if verdict.get(name):
            yield name, str(verdict[name])
    if record:
        yield "provider's record", ", ".join(f"{name} {value}" for name, value in record.items() if name != "provider")
    for place in body.get("places", []):
        commit = f", commit {place['commit'][:12]} of {place.get('date', '')}" if place.get("commit") else ""
        yield "place", f"{place['path'] or place['kind']}:{place['line']}{commit}"


def _what(entry: Entry) -> str:
    body = entry.body
    if entry.kind == "key":
        return f"{body.get('rule')} {body.get('masked')}: {(body.get('verdict') or {}).get('state', 'not verified')}"
    if entry.kind == "verdict":
        host = f", says {body['host']} ({body.get('status', '')})" if body.get("host") else ""
        return f"{str(body.get('fingerprint'))[:8]} is {body.get('state')}{host} {body.get('reason', '')}".strip()
    if entry.kind == "revoke":
        where = f" at {body['host']} ({body.get('status', '')})" if body.get("host") else ""
        done = f"revoke {body.get('masked')} by {body.get('way')}: {body.get('event')}{where}"
        return f"{done} {body.get('detail', '')}".strip()
    named = {"open": "opened", "close": "closed", "accept": f"accepted {str(body.get('fingerprint'))[:8]}"}
    text = str(body.get("text") or body.get("reason") or body.get("title") or "")
    return ": ".join(each for each in (named.get(entry.kind, ""), text, _more(body)) if each)


def _more(body: Any) -> str:
    facts = body.get("facts")
    return ", ".join(f"{name} {value}" for name, value in facts.items()) if isinstance(facts, dict) else ""


def _since(seconds: float) -> str:
    whole = abs(int(seconds))
    return f"{'-' if seconds <= -1 else '+'}{whole // 3600:02d}:{whole % 3600 // 60:02d}:{whole % 60:02d}"


def _cell(text: object) -> str:
    plain = " ".join(str(text).split())
    return plain.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
