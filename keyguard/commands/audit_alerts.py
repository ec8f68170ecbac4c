"""[audit.alerts] of the configuration: what alarms are told through, and at what times only the critical ones."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import click

from keyguard.commands.audit_config import AuditConfig, read_mutes
from keyguard.errors import ConfigError, KeyguardError
from keyguard.http.credentials import CredentialError, check_reference, fetch

if TYPE_CHECKING:
    from keyguard.audit.accounts import Mute
    from keyguard.audit.sinks.sink import Sink
    from keyguard.http import Settings

_KEYS: Final = ("apprise", "github-issue", "quiet", "webhook")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")


def sinks_of(audit: AuditConfig, settings: Settings) -> tuple[Sink, ...]:
    """Standard output, then the summary of a GitHub job where this is one, then what the configuration names."""
    from keyguard.audit.sinks.printed import JobSummary, Output

    table = _table(audit)
    sinks: list[Sink] = [Output(click.echo)]
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        sinks.append(JobSummary(Path(summary)))
    for name, make in (("webhook", _webhook), ("apprise", _chat), ("github-issue", _issue)):
        told = table.get(name, [])
        sinks += [
            _ready(name, make, audit.path, each, settings) for each in (told if isinstance(told, list) else [told])
        ]
    names = [sink.name for sink in sinks]
    for name in names:
        if names.count(name) > 1:
            raise ConfigError(f"{audit.path}: audit.alerts: {name} is named twice")
    return tuple(sinks)


def _ready(name: str, make: Callable[[str, object, Settings], Sink], path: str, told: Any, settings: Settings) -> Sink:
    """The sink, or what stands for it while its credential is not there."""
    from keyguard.audit.sinks.unready import Unready

    try:
        return make(path, told, settings)
    except CredentialError as error:
        if name == "apprise":
            return Unready(f"apprise {told}", error)
        place = told.get("url", "") if name == "webhook" else told.get("repository", "")
        return Unready(_webhook_name(place) if name == "webhook" else f"issues of {place}", error)


def _webhook_name(url: str) -> str:
    """The host, or the reference to an address, which can hold a key."""
    return f"webhook {url if _is_reference(url) else urlsplit(url).hostname}"


def quiet_of(audit: AuditConfig) -> Callable[[int], bool]:
    """Whether only critical alarms are told at a time (Unix seconds)."""
    from keyguard.audit.accounts import Account, is_muted

    try:
        times: tuple[Mute, ...] = read_mutes(_table(audit).get("quiet", []))
    except ValueError as error:
        raise ConfigError(f"{audit.path}: audit.alerts: quiet: {error}") from None
    account = Account("", "", {}, mute=times)
    return lambda seconds: is_muted(account, seconds)


def floor_of(audit: AuditConfig) -> float | None:
    """`floor` of [audit]: the least money above normal that is worth an alarm."""
    value = audit.options.get("floor")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e12:
        raise ConfigError(f"{audit.path}: audit: floor: expected an amount of 0 or more, not {value!r}")
    return float(value)


def _table(audit: AuditConfig) -> Mapping[str, Any]:
    table = audit.options.get("alerts", {})
    if not isinstance(table, dict):
        raise ConfigError(f"{audit.path}: audit.alerts: expected one table, written as [audit.alerts]")
    for key in table:
        if key not in _KEYS:
            raise ConfigError(f"{audit.path}: audit.alerts: unknown key {key!r}", f"known keys: {', '.join(_KEYS)}")
    return table


def _webhook(path: str, told: object, settings: Settings) -> Sink:
    from keyguard.audit.sinks.webhook import Webhook
    from keyguard.http import Client

    place = f"{path}: audit.alerts: webhook"
    fields = _fields(place, told, ("url",), ("secret",))
    url, name = fields["url"], _webhook_name(fields["url"])
    if _is_reference(url):
        url = fetch(check_reference(url), os.environ).reveal().decode("utf-8", "replace").strip()
    parts = urlsplit(url)
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username is not None:
        raise ConfigError(f"{place}: url: expected an https:// address, or a reference to one")
    # Its own port is allowed to a receiver that the person named.
    endpoints = {**settings.endpoints}
    endpoints.setdefault(parts.hostname, f"{parts.scheme}://{parts.netloc}")
    secret = fetch(_reference(place, fields["secret"]), os.environ) if "secret" in fields else None
    plain = url.replace(f"//{parts.netloc}", f"//{parts.hostname}", 1)
    client = Client(replace(settings, endpoints=endpoints), [parts.hostname])
    return Webhook(plain, secret, client, settings.clock.now, name)


def _chat(path: str, told: object, settings: Settings) -> Sink:
    from keyguard.audit.sinks.chat import Chat

    place = f"{path}: audit.alerts: apprise"
    if not isinstance(told, str):
        raise ConfigError(f"{place}: expected references such as env:SLACK, for the addresses hold keys")
    return Chat(told, fetch(_reference(place, told), os.environ), settings.clock.sleep, offline=settings.offline)


def _issue(path: str, told: object, settings: Settings) -> Sink:
    from keyguard.audit.sinks.issue import HOST, Issue
    from keyguard.http import Client

    place = f"{path}: audit.alerts: github-issue"
    fields = _fields(place, told, ("repository", "token"), ())
    if not _REPOSITORY.fullmatch(fields["repository"]):
        raise ConfigError(f"{place}: repository: expected owner/name, not {fields['repository']!r}")
    token = fetch(_reference(place, fields["token"]), os.environ)
    return Issue(fields["repository"], token, Client(settings, [HOST]))


def _is_reference(text: str) -> bool:
    return text.partition(":")[0] in ("env", "file", "cmd")


def _reference(place: str, text: str) -> str:
    try:
        return check_reference(text)
    except KeyguardError as error:
        raise ConfigError(f"{place}: {error}", error.hint) from None


def _fields(place: str, told: object, needed: tuple[str, ...], more: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(told, dict) or not all(isinstance(each, str) for each in told.values()):
        raise ConfigError(f"{place}: expected a table of texts: {', '.join((*needed, *more))}")
    for key in told:
        if key not in (*needed, *more):
            raise ConfigError(f"{place}: unknown key {key!r}", f"known keys: {', '.join((*needed, *more))}")
    for key in needed:
        if key not in told:
            raise ConfigError(f"{place}: no {key!r}")
    return dict(told)
