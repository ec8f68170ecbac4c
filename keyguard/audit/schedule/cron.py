"""A line for crontab. Nothing is written: the crontab is the person's. `man 5 crontab`."""

from __future__ import annotations

import shlex
from typing import Final

from keyguard.audit.schedule.plan import NAME, Job, Plan
from keyguard.errors import KeyguardError
from keyguard.model.usage import DAY, HOUR

_MARK: Final = f"# {NAME}"


def plan(job: Job) -> Plan:
    """KeyguardError where cron cannot run so often: it knows minutes that divide an hour, hours that divide a day."""
    variables = "".join(f"{name}={shlex.quote(value)} " for name, value in job.variables)
    # In a crontab a percent sign is a line end.
    words = (variables + shlex.join(job.program)).replace("%", "\\%")
    line = f"{_times(job.every)} {words} {_MARK}"
    kept = f"crontab -l 2>/dev/null | grep -v '{_MARK}$'"
    return Plan(
        "cron",
        (),
        (f"({kept}; echo {shlex.quote(line)}) | crontab -",),
        (f"{kept} | crontab -",),
        (f"crontab -l | grep '{_MARK}$'",),
    )


def _times(every: int) -> str:
    minutes = every // 60
    if every % 60 == 0 and minutes and 60 % minutes == 0 and minutes < 60:
        return f"*/{minutes} * * * *"
    if every % HOUR == 0 and DAY % every == 0:
        hours = every // HOUR
        return "7 * * * *" if hours == 1 else f"7 */{hours} * * *" if hours < 24 else "7 6 * * *"
    raise KeyguardError("cron cannot run it that often", "take 5m, 15m, 30m, 1h, 2h, 6h or 1d")
