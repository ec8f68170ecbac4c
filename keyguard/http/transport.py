"""One exchange over `requests`: bounded in time and size, its failures told without their content."""

from __future__ import annotations

import logging
import threading
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

import requests
import urllib3
from requests import exceptions

from keyguard.http.destination import is_direct, origin
from keyguard.http.failure import HttpError
from keyguard.http.message import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.http.destination import Destination
    from keyguard.http.message import Request
    from keyguard.http.settings import Settings

_CHUNK = 1 << 16


class Transport:
    """Sends one request as it is. Connections are kept per thread: a requests.Session is not made for several."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._local = threading.local()
        self._sessions: list[requests.Session] = []
        # urllib3 writes whole request lines to its log, and some providers want the secret in the path.
        logging.getLogger("urllib3").disabled = True
        logging.getLogger("urllib3.connectionpool").disabled = True

    def exchange(self, request: Request, destination: Destination) -> Answer:
        """The answer to one request, redirects and errors of the other side included. HttpError where none came."""
        host, settings = destination.host, self._settings
        with (
            _told(host),
            self._session().request(
                request.method,
                destination.url,
                headers=_headers(request, settings.user_agent, host),
                data=request.body or None,
                allow_redirects=False,
                stream=True,
                timeout=(settings.connect_timeout, settings.read_timeout),
                verify=settings.ca_bundle or True,
                proxies=self._proxies(destination.url),
            ) as response,
        ):
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, headers, self._body(response, host))

    def close(self) -> None:
        for session in self._sessions:
            session.close()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = _Session()
            session.trust_env = False  # no .netrc, and no proxies but those that were handed in
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            self._local.session = session
            self._sessions.append(session)
        return session

    def _proxies(self, url: str) -> dict[str, str]:
        if is_direct(origin(url)[1], self._settings.no_proxy):
            return {}
        return dict(self._settings.proxies)

    def _body(self, response: requests.Response, host: str) -> bytes:
        clock, body = self._settings.clock, bytearray()
        end = clock.monotonic() + self._settings.total_timeout
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if len(body) > self._settings.max_body:
                raise HttpError("too-large", f"{host}: the answer is larger than {self._settings.max_body:,} bytes")
            if clock.monotonic() > end:
                raise HttpError("timeout", f"{host}: the answer took longer than {self._settings.total_timeout:g} s")
        return bytes(body)


def _headers(request: Request, agent: str, host: str) -> dict[str, str]:
    headers = {"User-Agent": agent, "Accept": "application/json", **request.headers}
    for name, value in headers.items():
        if not (value.isascii() and value.isprintable()):
            raise HttpError("unsendable", f"{host}: a value for the header {name} has signs that no header may have")
    return headers


@contextmanager
def _told(host: str) -> Iterator[None]:
    """Failures of the library as ours. Its own messages hold URLs, so nothing of them is kept."""
    try:
        yield
    except exceptions.SSLError:
        raise HttpError(
            "tls", f"{host}: its certificate cannot be verified", "a company's own authority is named by `ca-bundle`"
        ) from None
    except exceptions.Timeout:
        raise HttpError("timeout", f"{host}: no answer in time") from None
    except exceptions.ProxyError:
        raise HttpError("refused", f"{host}: the proxy cannot be reached or refuses") from None
    except (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError, urllib3.exceptions.HTTPError):
        raise HttpError("malformed", f"{host}: the answer broke off or cannot be decoded") from None
    except exceptions.ConnectionError as error:
        if error.args and isinstance(error.args[0], urllib3.exceptions.ReadTimeoutError):
            raise HttpError("timeout", f"{host}: no answer in time") from None
        raise HttpError("refused", f"{host}: cannot be reached, or it broke the connection") from None
    except (exceptions.RequestException, ValueError):
        raise HttpError("unsendable", f"{host}: the request cannot be sent as it is") from None
    except OSError:
        raise HttpError("refused", f"{host}: cannot be reached, or the certificates cannot be read") from None


class _Session(requests.Session):
    """Looks at no redirect: the library would read the whole body of one first, however long."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None
