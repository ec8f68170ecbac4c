"""Sends requests to a provider's own hosts: paced, tried again where that helps, never led astray."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from keyguard.http.destination import Destination, origin, resolve
from keyguard.http.failure import HttpError
from keyguard.http.message import SAFE_METHODS, Answer, Request
from keyguard.http.pacing import Pacer
from keyguard.http.patience import AGAIN, asked_wait, own_wait

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keyguard.http.settings import Settings
    from keyguard.http.transport import Transport

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 3
_DROPPED = frozenset({"refused", "timeout", "malformed"})


class Client:
    """A door to the `hosts` of one provider. May be used from several threads."""

    def __init__(self, settings: Settings, hosts: Iterable[str], pacer: Pacer | None = None) -> None:
        self._settings = settings
        self._hosts = tuple(hosts)
        self._pacer = pacer or Pacer(settings.per_second, settings.at_once, settings.clock)
        self._transport: Transport | None = None

    def close(self) -> None:
        """Close connections that were kept; the client may be used again."""
        if self._transport is not None:
            self._transport.close()

    def send(self, request: Request) -> Answer:
        """The answer, of whatever status; HttpError where there is none, or only 429 and 5xx to the last try.

        Connections that break, and 5xx, are tried again only where the request may be repeated; 429 always, for it
        says that nothing was done. Retry-After is honoured up to `longest_wait`.
        """
        destination = resolve(request.url, self._hosts, self._settings.endpoints)
        if self._settings.offline:
            raise HttpError("offline", f"{destination.host}: not asked, for keyguard is set to stay offline")
        tried = 0
        while True:
            tried += 1
            try:
                answer = self._follow(request, destination)
            except HttpError as error:
                if error.kind not in _DROPPED or not request.may_repeat or tried >= self._settings.tries:
                    raise
                self._wait(destination.host, None, tried, 0)
                continue
            if answer.status not in AGAIN:
                return answer
            if answer.status != 429 and not request.may_repeat:
                return answer
            self._wait(destination.host, answer, tried, answer.status)

    def _wait(self, host: str, answer: Answer | None, tried: int, status: int) -> None:
        """Let time pass before the next try; HttpError "exhausted" where there is none."""
        clock = self._settings.clock
        asked = asked_wait(answer.headers, clock.now()) if answer else None
        if tried >= self._settings.tries:
            raise HttpError("exhausted", f"{host}: answered {status} to each of {tried} tries", status=status)
        if asked is not None and asked > self._settings.longest_wait:
            raise HttpError("exhausted", f"{host}: answered {status} and wants {asked:.0f} s of peace", status=status)
        wait = own_wait(tried) if asked is None else asked
        if answer is not None:
            self._pacer.hold(host, wait)
        clock.sleep(wait)

    def _follow(self, request: Request, destination: Destination) -> Answer:
        """The answer after redirects within the same origin; HttpError for any other."""
        host = destination.host
        for _ in range(_MOST_REDIRECTS + 1):
            answer = self._exchange(request, destination)
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                return answer
            target = _join(destination.url, answer.headers["location"])
            if request.method not in SAFE_METHODS or not target:
                raise HttpError("redirect", f"{host}: leads elsewhere, which is not followed", status=answer.status)
            destination = Destination(host, target)
        raise HttpError("redirect", f"{host}: leads in circles")

    def _exchange(self, request: Request, destination: Destination) -> Answer:
        if self._transport is None:
            from keyguard.http.transport import Transport

            self._transport = Transport(self._settings)
        with self._pacer.turn(destination.host):
            return self._transport.exchange(request, destination)


def _join(url: str, location: str) -> str:
    """Where a redirect leads; empty where that is not the same scheme, host and port."""
    try:
        target = urljoin(url, location)
        return target if origin(target) == origin(url) else ""
    except (ValueError, HttpError):
        return ""
