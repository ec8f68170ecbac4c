"""A timer of the person's own systemd. https://www.freedesktop.org/software/systemd/man/systemd.timer.html."""

from __future__ import annotations

from keyguard.audit.schedule.plan import NAME, Job, Plan


def plan(job: Job) -> Plan:
    folder = job.home / ".config" / "systemd" / "user"
    return Plan(
        "systemd",
        ((folder / f"{NAME}.service", _service(job)), (folder / f"{NAME}.timer", _timer(job))),
        ("systemctl --user daemon-reload", f"systemctl --user enable --now {NAME}.timer"),
        (f"systemctl --user disable --now {NAME}.timer", "systemctl --user daemon-reload"),
        (f"systemctl --user list-timers {NAME}.timer", f"journalctl --user --unit {NAME}.service"),
        "it runs while you are logged in; `loginctl enable-linger` lets it run always",
    )


def _service(job: Job) -> str:
    words = " ".join(map(_quoted, job.program))
    variables = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in job.variables)
    return f"""\
[Unit]
Description=keyguard usage audit
Documentation=man:systemd.service(5)

[Service]
Type=oneshot
ExecStart={words}
# 1 is an alarm, which was told already.
SuccessExitStatus=1
TimeoutStartSec=30min
Nice=10
{variables}"""


def _timer(job: Job) -> str:
    return f"""\
[Unit]
Description=keyguard usage audit, regularly

[Timer]
OnStartupSec=2min
OnUnitActiveSec={job.every}s
RandomizedDelaySec={min(job.every // 10, 300)}s
Persistent=true

[Install]
WantedBy=timers.target
"""


def _quoted(word: str) -> str:
    """As systemd reads it: `%` and `$` stand for themselves."""
    text = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if not word or any(sign in word for sign in " \t\"'\\;#") else text
