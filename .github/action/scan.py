"""The step of the action that scans: inputs and event in; annotations, summary, reports and outputs out."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from event import change_of, commits_of, range_of, whole

MODES = ("scan", "history", "audit")
SEVERITIES = ("low", "medium", "high", "critical")


def main() -> int:
    mode, fail_on = wish("mode", "scan"), wish("fail-on", "low")
    if mode not in MODES:
        return refuse("mode", mode, MODES)
    if fail_on not in (*SEVERITIES, "never"):
        return refuse("fail-on", fail_on, (*SEVERITIES, "never"))
    if mode == "audit":
        code = run(["audit", "run", *option("config")])
        write_outputs({"count": 0, "new-findings": 0, "exit-code": code, "sarif": ""})
        return code
    folder = wish("path", ".")
    event = json.loads(Path(os.environ["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
    change = change_of(os.environ["GITHUB_EVENT_NAME"], event)
    if change.deleted:
        print("keyguard: a branch was deleted: nothing to scan")
        write_outputs({"count": 0, "new-findings": 0, "exit-code": 0, "sarif": ""})
        return 0
    base = folder if Path(folder).is_dir() else "."
    revisions = wish("range", "auto")
    if revisions == "auto":
        revisions = range_of(change, base)
    return scan(mode, folder, "" if revisions == "none" else revisions, fail_on)


def scan(mode: str, folder: str, revisions: str, fail_on: str) -> int:
    temporary = Path(os.environ["RUNNER_TEMP"])
    found, summary, listing = (temporary / f"keyguard.{kind}" for kind in ("json", "md", "txt"))
    sarif = wish("sarif", "keyguard.sarif")
    for old in (found, summary, listing):
        old.unlink(missing_ok=True)
    words = ["scan", "--quiet", *what(mode, folder, revisions)]
    words += [part for name in ("min-confidence", "baseline", "config") for part in option(name)]
    files = {"json": str(found), "markdown": str(summary), "text": str(listing), **({"sarif": sarif} if sarif else {})}
    words += [part for name, path in files.items() for part in ("--format", name, "--output", path)]
    code = run([*words, "--format", "github"])
    if not found.exists():
        return failed(code)
    report = json.loads(found.read_text(encoding="utf-8"))
    if wish("format", "text") == "text":
        show(listing.read_text(encoding="utf-8"))
    append("GITHUB_STEP_SUMMARY", summary.read_text(encoding="utf-8"))
    new = new_ones(report["findings"], revisions if mode == "history" else "", folder)
    outputs = {"count": len(report["findings"]), "new-findings": len(new), "exit-code": code, "sarif": sarif}
    write_outputs({**outputs, "summary": summary})
    return verdict(code, report["findings"], fail_on)


def what(mode: str, folder: str, revisions: str) -> list[str]:
    if mode == "history":
        whole(folder)
        return ["--history", folder]
    if not revisions:
        return [folder]
    return ["--range", revisions, *([folder] if folder != "." and Path(folder).is_dir() else [])]


def new_ones(findings: list[dict[str, Any]], revisions: str, folder: str) -> list[dict[str, Any]]:
    """Those that the event brought; all of them where only its commits were scanned, or where it brought none."""
    commits = commits_of(revisions, folder)
    if not commits:
        return findings
    return [each for each in findings if commits & {place["commit"] for place in each["occurrences"]}]


def verdict(code: int, findings: list[dict[str, Any]], fail_on: str) -> int:
    """The exit code of the step. What could not be scanned fails it always."""
    if code != 1:
        return code
    if fail_on == "never":
        return 0
    lowest = SEVERITIES.index(fail_on)
    return int(any(SEVERITIES.index(each["severity"]) >= lowest for each in findings))


def failed(code: int) -> int:
    write_outputs({"count": 0, "new-findings": 0, "exit-code": code, "sarif": ""})
    print("::error title=keyguard::the scan could not be done; the reason stands above")
    return code or 2


def show(text: str) -> None:
    """Print what names files of the repository, in a way that no line of it is a command to the runner."""
    word = secrets.token_hex(16)
    print("::group::keyguard report", f"::stop-commands::{word}", text.rstrip("\n"), sep="\n")
    print(f"::{word}::", "::endgroup::", sep="\n")


def run(words: list[str]) -> int:
    sys.stdout.flush()
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run([os.environ["KEYGUARD_PROGRAM"], *words], env=environment, check=False).returncode


def wish(name: str, default: str) -> str:
    return os.environ.get(f"INPUT_{name.upper().replace('-', '_')}", default).strip()


def option(name: str) -> list[str]:
    value = wish(name, "")
    return [f"--{name}={value}"] if value else []


def refuse(name: str, value: str, known: tuple[str, ...]) -> int:
    shown = value.encode("unicode_escape").decode("ascii").replace("%", "%25")
    print(f"::error title=keyguard::{name}: {shown} is not known, expected one of {', '.join(known)}")
    return 2


def write_outputs(values: dict[str, Any]) -> None:
    append("GITHUB_OUTPUT", "".join(f"{name}={line(str(value))}\n" for name, value in values.items()))


def line(text: str) -> str:
    return text.replace("\r", "").replace("\n", "")


def append(variable: str, text: str) -> None:
    with open(os.environ[variable], "a", encoding="utf-8", newline="\n") as file:
        file.write(text)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)  # type: ignore[union-attr]
    sys.exit(main())
