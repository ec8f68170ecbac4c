"""An agent of launchd on macOS. `man launchd.plist`."""

from __future__ import annotations

import plistlib

from keyguard.audit.schedule.plan import Job, Plan

LABEL = "dev.keyguard.audit"


def plan(job: Job) -> Plan:
    path = job.home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    logs = job.home / "Library" / "Logs" / "keyguard-audit.log"
    tree = {
        "Label": LABEL,
        "ProgramArguments": list(job.program),
        "EnvironmentVariables": dict(job.variables),
        "StartInterval": job.every,
        "RunAtLoad": True,
        "ProcessType": "Background",
        "LowPriorityIO": True,
        "StandardOutPath": str(logs),
        "StandardErrorPath": str(logs),
    }
    return Plan(
        "launchd",
        ((path, plistlib.dumps(tree).decode()),),
        (f"launchctl bootstrap gui/$(id -u) {_quoted(str(path))}",),
        (f"launchctl bootout gui/$(id -u)/{LABEL}",),
        (f"launchctl print gui/$(id -u)/{LABEL}", f"tail {_quoted(str(logs))}"),
    )


def _quoted(word: str) -> str:
    import shlex

    return shlex.quote(word)
