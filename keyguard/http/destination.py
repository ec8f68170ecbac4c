"""Where a URL may lead, and where it is led instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from keyguard.http.failure import HttpError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_PORTS = {"http": 80, "https": 443}


class Destination(NamedTuple):
    """`host` is the provider's, as a person knows it; `url` is where the request goes."""

    host: str
    url: str


def resolve(url: str, hosts: Iterable[str], endpoints: Mapping[str, str]) -> Destination:
    """Check `url` against the allowed `hosts` and lead it to the endpoint set for its host.

    `*.example.com` among the hosts allows every name below example.com. HttpError of kind "forbidden" where the
    host is not among them, the scheme is not https, or the URL carries a user name or a port.
    """
    parts = _split(url)
    host = (parts.hostname or "").lower()
    if not any(covers(allowed, host) for allowed in hosts):
        raise HttpError("forbidden", "a request to a host that is not among the provider's own was not sent")
    if host in endpoints:
        base = _split(endpoints[host].rstrip("/"))
        _require_safe(base.scheme, base.hostname or "", host)
        path = base.path + parts.path
        return Destination(host, urlunsplit((base.scheme, base.netloc, path, parts.query, "")))
    if parts.username is not None or (parts.port is not None and not is_loopback(host)):
        raise HttpError("forbidden", f"{host}: a request with a user name or a port in its URL was not sent")
    _require_safe(parts.scheme, host, host)
    return Destination(host, urlunsplit((parts.scheme, parts.netloc, parts.path, parts.query, "")))


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a URL."""
    parts = _split(url)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme, 0)


def is_loopback(host: str) -> bool:
    return host.lower() in _LOOPBACK


def is_direct(host: str, no_proxy: Iterable[str]) -> bool:
    """Whether `host` is reached without a proxy: this machine, and names that NO_PROXY lists or ends."""
    if is_loopback(host):
        return True
    names = [name.strip().lower().lstrip("*").lstrip(".") for name in no_proxy]
    return any(host == name or host.endswith("." + name) for name in names if name) or "*" in no_proxy


def covers(allowed: str, host: str) -> bool:
    """Whether the host pattern `allowed` (a name, or *.name) stands for `host`."""
    return host.endswith(allowed[1:]) and len(host) >= len(allowed) if allowed.startswith("*.") else host == allowed


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise HttpError("forbidden", "a request to an address that is none was not sent") from None
    return parts


def _require_safe(scheme: str, host: str, shown: str) -> None:
    if scheme == "https" or (scheme == "http" and is_loopback(host)):
        return
    raise HttpError(
        "forbidden", f"{shown}: not asked without TLS", "use an https:// address; http:// works for this machine only"
    )
