"""Runs many command lines of keyguard quickly, each as a process of its own that can be killed: forked, imports done.

As a program (`python -m tests.zygote MODULE…`) it reads one JSON line for each run and writes `pid N`, then `end CODE`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.program import environment, run_keyguard

RESPONSE = (
    "botocore.auth",
    "botocore.awsrequest",
    "botocore.credentials",
    "keyguard.commands.findings",
    "keyguard.commands.identify",
    "keyguard.commands.incident",
    "keyguard.commands.revoke",
    "keyguard.commands.rotate",
    "keyguard.commands.scan",
    "keyguard.commands.verify",
    "keyguard.http.transport",
    "keyguard.respond.incident",
    "keyguard.respond.incident_report",
    "keyguard.respond.rotate",
    "keyguard.respond.sinks.secretsmanager",
    "keyguard.respond.verify",
    "keyguard.scan.history",
    "keyguard.scan.tree",
    "keyguard.state.database",
    "requests",
)
AUDIT = (
    "keyguard.commands.audit_brake",
    "keyguard.commands.audit_resume",
    "keyguard.commands.audit_run",
    "keyguard.commands.audit_watch",
    "keyguard.commands.incident",
    "keyguard.audit.running",
    "keyguard.http.transport",
    "keyguard.respond.incident",
    "keyguard.respond.incident_report",
    "keyguard.state.database",
)


class Zygote:
    """Use it as a context. `pid` is that of the run under way."""

    def __init__(self, folder: Path, *warm: str, **variables: str) -> None:
        self._folder, self._warm, self._variables = folder, warm or RESPONSE, variables
        self.pid = 0
        self.said = ""
        self.reported = ""
        self.words: list[str] = []

    def __enter__(self) -> Zygote:  # noqa: PYI034 - typing.Self is not in Python 3.10
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.zygote", *self._warm],
            cwd=self._folder,
            env=environment(**self._variables),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin and self._process.stdout:
            self._process.stdin.close()
            self._process.wait(20)
            self._process.stdout.close()

    def run(
        self, *words: str, kill_after: float = 0.0, cwd: Path | None = None, variables: Mapping[str, str] | None = None
    ) -> int:
        """The exit code; negative is the signal that killed it, after so many seconds where that is asked for. `said`
        is then standard error, `reported` output."""
        self.words += words
        out, err = self._folder / ".out", self._folder / ".err"
        order = {"words": words, "variables": variables or {}, "out": str(out), "err": str(err), "cwd": str(cwd or ".")}
        if not self._process.stdin or not self._process.stdout:
            raise AssertionError("not entered")
        out.touch()
        err.touch()
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        self.pid = int(self._process.stdout.readline().split()[1])
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        if kill_after:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)
        code = int(self._process.stdout.readline().split()[1])
        self.reported, self.said = out.read_text("utf-8", "replace"), err.read_text("utf-8", "replace")
        out.unlink()
        err.unlink()
        return code


@contextmanager
def quick_keyguard(folder: Path, *warm: str) -> Iterator[Callable[..., subprocess.CompletedProcess[bytes]]]:
    """`run_keyguard`, but quicker where processes can fork."""
    if not hasattr(os, "fork"):
        yield run_keyguard
        return
    with Zygote(folder, *warm) as zygote:

        def run(*words: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[bytes]:
            code = zygote.run(*words, variables=environment(**variables), cwd=cwd)
            return subprocess.CompletedProcess(words, code, zygote.reported.encode(), zygote.said.encode())

        yield run


def _serve() -> None:
    from importlib import import_module

    for name in sys.argv[1:]:
        import_module(name)
    while line := sys.stdin.readline():
        order = json.loads(line)
        ready, go = os.pipe()
        pid = os.fork()
        if not pid:
            os.close(go)
            os.read(ready, 1)
            _become(order)
        os.close(ready)
        print("pid", pid, flush=True)
        sys.stdin.readline()
        os.write(go, b"x")
        os.close(go)
        status = os.waitpid(pid, 0)[1]
        print("end", os.waitstatus_to_exitcode(status), flush=True)


def _become(order: dict[str, Any]) -> None:
    from keyguard.cli import main

    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(os.open(order["out"], flags, 0o600), 1)
    os.dup2(os.open(order["err"], flags, 0o600), 2)
    os.chdir(order["cwd"])
    os.environ.update(order["variables"])
    code = main(order["words"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _serve()
