from __future__ import annotations

import socket
import subprocess
import time
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from shutil import which

import pytest

from keyguard.http import Client, HttpError, Request, Settings
from tests.http.clocks import StillClock
from tests.http.server import Asked, Reply, Server

HOST = "api.example.com"
SENTINEL = "s3ntinel-9f2c-not-to-be-seen"


def settings(server: Server | str, clock: StillClock | None = None) -> Settings:
    address = server if isinstance(server, str) else server.address
    return Settings(endpoints={HOST: address}, clock=(clock or StillClock()).clock(), per_second=0)


def get(path: str = "/me", method: str = "GET", *, repeatable: bool = False) -> Request:
    return Request(method, f"https://{HOST}{path}", {"Authorization": f"Bearer {SENTINEL}"}, b"", repeatable)


def failure(client: Client, request: Request) -> HttpError:
    with pytest.raises(HttpError) as caught:
        client.send(request)
    client.close()
    assert SENTINEL not in f"{caught.value}{caught.value.hint}{caught.value.__cause__}{caught.value.args}"
    return caught.value


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example.net/me",
        "https://api.example.com.evil.net/me",
        "https://evil.net/api.example.com",
        f"https://evil.net@{HOST}.evil.net/",
        "ftp://api.example.com/me",
        "https://[::bad/",
        "//api.example.com/me",
    ],
)
def test_sends_nothing_to_another_host(url: str) -> None:
    with Server(lambda _: Reply(200)) as server:
        wishes = replace(settings(server), endpoints={})
        assert failure(Client(wishes, [HOST]), Request("GET", url)).kind == "forbidden"
        assert not server.asked


@pytest.mark.parametrize("url", [f"http://{HOST}/", f"https://{HOST}:8443/", f"https://user@{HOST}/"])
def test_sends_nothing_without_tls_or_with_a_port_or_user(url: str) -> None:
    assert failure(Client(Settings(), [HOST]), Request("GET", url)).kind == "forbidden"


def test_an_endpoint_elsewhere_needs_tls() -> None:
    assert failure(Client(settings("http://example.org"), [HOST]), get()).kind == "forbidden"


def test_offline_sends_nothing() -> None:
    with Server(lambda _: Reply(200)) as server:
        assert failure(Client(replace(settings(server), offline=True), [HOST]), get()).kind == "offline"
        assert not server.asked


@pytest.mark.parametrize("where", ["https://evil.example.net/", f"http://{HOST}/", "//127.0.0.1:1/", "http://[bad", ""])
def test_follows_no_redirect_elsewhere(where: str) -> None:
    with Server(lambda asked: Reply(302, b"", {"Location": where or f"http://127.0.0.1:9/{asked.path}"})) as server:
        assert failure(Client(settings(server), [HOST]), get()).kind == "redirect"
        assert len(server.asked) == 1


def test_follows_redirects_at_home_and_not_in_circles() -> None:
    def handle(asked: Asked) -> Reply:
        return Reply(200, {"ok": True}) if asked.path == "/new" else Reply(301, b"", {"Location": "/new"})

    with Server(handle) as server:
        client = Client(settings(server), [HOST])
        assert client.send(get("/old")).json() == {"ok": True}
        client.close()
        assert failure(Client(settings(server), [HOST]), get("/old", "POST")).kind == "redirect"
    with Server(lambda _: Reply(302, b"", {"Location": "/again"})) as server:
        assert failure(Client(settings(server), [HOST]), get()).kind == "redirect"


def test_waits_as_long_as_it_is_asked_to() -> None:
    clock = StillClock()
    replies = iter([Reply(429, b"", {"Retry-After": "7"}), Reply(200, {})])
    with Server(lambda _: next(replies)) as server:
        client = Client(settings(server, clock), [HOST])
        assert client.send(get(method="POST")).status == 200
        client.close()
    assert clock.slept == [7.0]


def test_gives_up_on_a_wait_that_is_too_long() -> None:
    clock = StillClock()
    with Server(lambda _: Reply(429, b"", {"Retry-After": "3600"})) as server:
        error = failure(Client(settings(server, clock), [HOST]), get())
        assert (error.kind, error.status, len(server.asked)) == ("exhausted", 429, 1)
    assert not clock.slept


def test_backs_off_when_the_other_side_fails() -> None:
    clock = StillClock()
    with Server(lambda _: Reply(503)) as server:
        error = failure(Client(settings(server, clock), [HOST]), get())
        assert (error.kind, error.status, len(server.asked)) == ("exhausted", 503, 3)
    assert clock.slept == [0.5, 1.0]


def test_repeats_no_request_that_changes_something() -> None:
    with Server(lambda _: Reply(500)) as server:
        client = Client(settings(server), [HOST])
        assert client.send(get(method="POST")).status == 500
        client.close()
        assert len(server.asked) == 1
        assert failure(Client(settings(server), [HOST]), get(method="POST", repeatable=True)).kind == "exhausted"


def test_tells_a_silent_server() -> None:
    def sleepy(_: Asked) -> Reply:
        time.sleep(0.5)
        return Reply(200)

    with Server(sleepy) as server:
        wishes = replace(settings(server), read_timeout=0.05, tries=1)
        assert failure(Client(wishes, [HOST]), get()).kind == "timeout"


def test_tells_a_closed_port() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = failure(Client(settings(f"http://127.0.0.1:{port}"), [HOST]), get())
    assert error.kind == "refused"
    assert HOST in str(error)


def test_takes_no_endless_answer() -> None:
    with Server(lambda _: Reply(200, b"x" * 5000)) as server:
        assert failure(Client(replace(settings(server), max_body=4096), [HOST]), get()).kind == "too-large"


def test_tells_an_answer_that_is_no_json() -> None:
    with Server(lambda _: Reply(200, b"<html>")) as server:
        client = Client(settings(server), [HOST])
        with pytest.raises(HttpError, match="not JSON"):
            client.send(get()).json()
        client.close()


@pytest.mark.parametrize("value", [f"{SENTINEL}\r\nX: y", f"{SENTINEL}\x00", f"{SENTINEL}é"])
def test_puts_nothing_odd_into_a_header(value: str) -> None:
    with Server(lambda _: Reply(200)) as server:
        request = Request("GET", f"https://{HOST}/", {"X-Key": value})
        assert failure(Client(settings(server), [HOST]), request).kind == "unsendable"
        assert not server.asked


def test_an_endpoint_may_have_a_path() -> None:
    with Server(lambda _: Reply(200, {})) as server:
        client = Client(settings(f"{server.address}/proxy/"), [HOST])
        client.send(get("/v1/me?x=1"))
        client.close()
        assert (server.asked[0].path, server.asked[0].query) == ("/proxy/v1/me", {"x": "1"})


def test_keeps_to_the_pace_of_a_host() -> None:
    clock = StillClock()
    with Server(lambda _: Reply(200, {})) as server:
        client = Client(replace(settings(server, clock), per_second=2), [HOST])
        for _ in range(3):
            client.send(get())
        client.close()
    assert clock.slept == [0.5, 0.5]


def test_takes_and_gives_no_cookies() -> None:
    with Server(lambda _: Reply(200, {}, {"Set-Cookie": "a=b"})) as server:
        client = Client(settings(server), [HOST])
        client.send(get())
        client.send(get())
        client.close()
        assert "cookie" not in server.asked[1].headers


def test_a_broken_connection_is_tried_again() -> None:
    replies = chain([Reply(502)], repeat(Reply(200, {})))
    with Server(lambda _: next(replies)) as server:
        client = Client(settings(server), [HOST])
        assert client.send(get()).status == 200
        client.close()


def test_a_certificate_of_nobody_is_refused(tmp_path: Path) -> None:
    if not which("openssl"):
        pytest.skip("openssl makes the certificate")
    import ssl

    made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    more = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(tmp_path / "key"), "-out", str(tmp_path / "cert")]
    subprocess.run(["openssl", *made, *more], check=True, capture_output=True)
    with Server(lambda _: Reply(200, {})) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tmp_path / "cert", tmp_path / "key")
        server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
        address = server.address.replace("http://127.0.0.1", "https://localhost")
        assert failure(Client(settings(address), [HOST]), get()).kind == "tls"
        client = Client(replace(settings(address), ca_bundle=str(tmp_path / "cert")), [HOST])
        assert client.send(get()).status == 200
        client.close()


def test_nothing_shows_its_content() -> None:
    assert SENTINEL not in repr(get(f"/{SENTINEL}"))
    assert SENTINEL not in repr(Settings(proxies={"https": SENTINEL}))
