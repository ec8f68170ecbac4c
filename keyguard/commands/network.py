"""How requests are sent, from the environment and the configuration file: proxies, certificates, endpoints."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from keyguard.errors import ConfigError
from keyguard.http import Settings
from keyguard.http.destination import is_loopback
from keyguard.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from keyguard.commands.config import Config

_BUNDLES: Final = ("KEYGUARD_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")
# Key in [network], field of Settings, least and greatest value. Seconds, but for tries and requests a second.
_NUMBERS: Final = {
    "connect-timeout": ("connect_timeout", 0.1, 600),
    "read-timeout": ("read_timeout", 0.1, 600),
    "total-timeout": ("total_timeout", 0.1, 3600),
    "tries": ("tries", 1, 10),
    "longest-wait": ("longest_wait", 0, 3600),
    "per-second": ("per_second", 0.01, 1000),
    "at-once": ("at_once", 1, 32),
}
_WHOLE: Final = frozenset({"tries", "at-once"})


def settings_of(config: Config, *, offline: bool = False) -> Settings:
    """Settings for one run. ConfigError names file and key, never a proxy's address: it can hold a password."""
    for name in ("endpoints", "network"):
        require_named(config, name)
    network = _table(config, "network")
    values = {
        name: _number(config, key, network[key], least, most)
        for key, (name, least, most) in _NUMBERS.items()
        if key in network
    }
    unknown = [key for key in network if key not in _NUMBERS and key not in ("ca-bundle", "proxy")]
    if unknown:
        known = ", ".join(sorted([*_NUMBERS, "ca-bundle", "proxy"]))
        raise ConfigError(f"{config.path}: network: unknown key {unknown[0]!r}", f"known keys: {known}")
    return Settings(
        offline=offline or bool(config.offline) or bool(os.environ.get("KEYGUARD_OFFLINE")),
        ca_bundle=_bundle(config, network),
        endpoints=_endpoints(config),
        proxies=_proxies(config, network),
        no_proxy=tuple(filter(None, _variable("no_proxy").split(","))),
        user_agent=f"keyguard/{VERSION}",
        **values,
    )


def require_named(config: Config, table: str) -> None:
    """ConfigError where a file that was found, and not named, has a table that leads secrets or runs programs."""
    if table in config.tables and not config.named:
        raise ConfigError(
            f"{config.path}: [{table}] counts only in a file that you name: it could be anybody's",
            f"--config {config.path}, if you trust it",
        )


def _table(config: Config, name: str) -> Mapping[str, Any]:
    table = config.tables.get(name, {})
    if not isinstance(table, dict):
        raise ConfigError(f"{config.path}: {name}: expected one table, written as [{name}]")
    return table


def _number(config: Config, key: str, value: object, least: float, most: float) -> Any:
    kinds = (int,) if key in _WHOLE else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value <= most:
        raise ConfigError(f"{config.path}: network: {key}: expected a number from {least} to {most}, not {value!r}")
    return value


def _bundle(config: Config, network: Mapping[str, Any]) -> str:
    """The file of certificates: the configuration's, counted from its folder, else the environment's."""
    named = network.get("ca-bundle", "")
    if not isinstance(named, str):
        raise ConfigError(f"{config.path}: network: ca-bundle: expected the name of a file")
    path = os.path.join(os.path.dirname(config.path), named) if named else ""
    path = path or next((os.environ[name] for name in _BUNDLES if os.environ.get(name)), "")
    if path and not os.path.exists(path):
        raise ConfigError(f"{path}: there are no certificates", "it is named by ca-bundle or the environment")
    return path


def _endpoints(config: Config) -> dict[str, str]:
    made = {}
    for host, address in _table(config, "endpoints").items():
        problem = _endpoint_problem(address)
        if problem:
            raise ConfigError(
                f"{config.path}: endpoints: {host}: {problem}", 'as "gitlab.com" = "https://gitlab.example.com"'
            )
        made[host.lower()] = address
    return made


def _endpoint_problem(address: object) -> str:
    if not isinstance(address, str):
        return "expected an address"
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return "expected an address"
    if parts.username is not None or parts.query or parts.fragment:
        return "expected an address without user name, query or fragment"
    safe = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))
    return "" if safe and parts.hostname else "expected https:// (http:// for this machine only)"


def _proxies(config: Config, network: Mapping[str, Any]) -> dict[str, str]:
    named = network.get("proxy", "")
    if not isinstance(named, str):
        raise ConfigError(f"{config.path}: network: proxy: expected an address")
    every = named or _variable("all_proxy")
    found = {scheme: named or _variable(f"{scheme}_proxy") or every for scheme in ("https", "http")}
    return {scheme: address for scheme, address in found.items() if address}


def _variable(name: str) -> str:
    """Lower case wins, as in curl; `HTTP_PROXY` in upper case is not read: a web server sets it for its callers."""
    upper = "" if name == "http_proxy" else os.environ.get(name.upper(), "")
    return os.environ.get(name) or upper
