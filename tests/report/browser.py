"""A real headless Chromium, spoken to through a pipe: https://chromedevtools.github.io/devtools-protocol/."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from base64 import b64decode
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe")


def program() -> str:
    """The path of a Chromium; empty where there is none that can be driven like this."""
    return next(filter(None, map(shutil.which, NAMES)), "") if os.name == "posix" else ""


class Tab:
    """One page. `events` is what the browser told meanwhile."""

    def __init__(self, source: int, sink: int) -> None:
        self._out, self._in = os.fdopen(sink, "wb", buffering=0), os.fdopen(source, "rb")
        self._number = 0
        self._session = ""
        self.events: list[dict[str, Any]] = []

    def open(self, url: str) -> None:
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Log", "Network", "Runtime", "Accessibility"):
            self.ask(f"{domain}.enable")
        self.ask("Page.navigate", url=url)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self._receive()

    def run(self, script: str) -> Any:
        answer = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str, code: int, text: str = "") -> None:
        for kind in ("keyDown", "keyUp"):
            more = {"text": text} if text and kind == "keyDown" else {}
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more)

    def screenshot(self, path: Path, *, dark: bool = False, width: int = 1200) -> None:
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[feature])
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.ask("Emulation.setDeviceMetricsOverride", **metrics)
        data = self.ask("Page.captureScreenshot", captureBeyondViewport=True)["data"]
        path.write_bytes(b64decode(data))

    def check_manners(self, shots: Path) -> None:
        """No complaint, no request for anything that is no file, and no sideways scrolling, light or dark."""
        told = [event for event in self.events if event["method"] in {"Log.entryAdded", "Runtime.exceptionThrown"}]
        assert told == []
        sent = [
            each["params"]["request"]["url"] for each in self.events if each["method"] == "Network.requestWillBeSent"
        ]
        assert [url for url in sent if not url.startswith("file:")] == []
        for dark, width in ((False, 1200), (True, 1200), (True, 400)):
            self.screenshot(shots / "shot.png", dark=dark, width=width)
            assert self.run("document.documentElement.scrollWidth <= innerWidth")

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._receive()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                result: dict[str, Any] = answer["result"]
                return result

    def close(self) -> None:
        self._out.close()
        self._in.close()

    def _receive(self) -> dict[str, Any]:
        text = bytearray()
        while (byte := self._in.read(1)) != b"\0":
            assert byte, "the browser is gone"
            text += byte
        message: dict[str, Any] = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message


@contextmanager
def browser(profile: Path) -> Iterator[Tab]:
    """Start Chromium; it reads commands on descriptor 3 and answers on 4."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()
    script = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
    command = ["bash", "-c", script, program(), *_FLAGS, f"--user-data-dir={profile}"]
    with subprocess.Popen(command, pass_fds=(theirs_in, theirs_out), stderr=subprocess.DEVNULL) as process:
        os.close(theirs_in)
        os.close(theirs_out)
        tab = Tab(ours_in, ours_out)
        try:
            yield tab
        finally:
            tab.close()
            process.kill()


@contextmanager
def opened(folder: Path, page: str) -> Iterator[Tab]:
    """A tab that shows a page; skips the test where there is no Chromium."""
    if not program():
        pytest.skip("no Chromium here: the page was checked by a parser only")
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    with browser(folder / "profile") as tab:
        tab.open(file.as_uri())
        yield tab
