"""`keyguard audit schedule`: writes what the system needs to run the audit, shows how to switch it on."""

from __future__ import annotations

import os
import shutil
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from keyguard.commands.options import debug
from keyguard.errors import ConfigError, KeyguardError

if TYPE_CHECKING:
    from keyguard.audit.schedule.plan import Job, Plan

_SYSTEMS: Final = ("systemd", "launchd", "cron", "windows")
_KEPT: Final = ("KEYGUARD_STATE",)


@click.command("schedule")
@click.argument("what", type=click.Choice(["install", "remove", "status"]))
@click.option("--every", default="1h", show_default=True, metavar="SPAN", help="How often to look.")
@click.option("--with", "system", type=click.Choice(_SYSTEMS), help="Instead of what this system has.")
@click.option("--config", "config_file", metavar="FILE", help="The configuration the audit is to use.")
@click.option("--dry-run", is_flag=True, help="Show the files; write nothing.")
@debug
def command(what: str, every: str, system: str | None, config_file: str | None, dry_run: bool) -> int:
    """Let the system run `keyguard audit run` regularly.

    Files are written to your own folders; the commands that switch them on or off are shown for you to run.
    Credentials named env:NAME must be set where the system runs it; file: and cmd: need nothing more.
    """
    name = system or _usual()
    plan = _plan(name, _job(every, config_file))
    actions = {"install": _install, "remove": _remove, "status": _status}
    return actions[what](plan, dry_run)


def _plan(name: str, job: Job) -> Plan:
    plan: Plan = import_module(f"keyguard.audit.schedule.{name}").plan(job)
    return plan


def _usual() -> str:
    if sys.platform == "darwin":
        return "launchd"
    if sys.platform == "win32":
        return "windows"
    return "systemd" if shutil.which("systemctl") else "cron"


def _job(every: str, config_file: str | None) -> Job:
    from keyguard.audit.schedule.plan import Job
    from keyguard.providers.usage import span_seconds

    try:
        seconds = span_seconds(every)
    except ValueError:
        raise click.UsageError("--every: expected a span such as 15m or 1h") from None
    if not 300 <= seconds <= 86400:
        raise click.UsageError("--every: expected 5m to 1d")
    named = config_file or os.environ.get("KEYGUARD_CONFIG")
    if named and not Path(named).is_file():
        raise ConfigError(f"{named}: there is no such file")
    program = (*_program(), "audit", "run", *(("--config", str(Path(named).absolute())) if named else ()))
    variables = tuple((name, os.environ[name]) for name in _KEPT if os.environ.get(name))
    return Job(program, seconds, Path.home(), variables)


def _program() -> tuple[str, ...]:
    found = shutil.which("keyguard")
    return (str(Path(found).absolute()),) if found else (sys.executable, "-m", "keyguard")


def _install(plan: Plan, dry: bool) -> int:
    for path, text in plan.files:
        if dry:
            click.echo(f"{path}:\n{text}")
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise KeyguardError(f"{path}: {error.strerror}") from None
        click.echo(f"written: {path}")
    _show("to switch it on, run:", plan.install)
    if plan.note:
        click.echo(f"note: {plan.note}")
    return 0


def _remove(plan: Plan, dry: bool) -> int:
    _show("to switch it off, run:", plan.remove)
    for path, _ in plan.files:
        if path.exists():
            click.echo(f"{'would remove' if dry else 'removed'}: {path}")
            if not dry:
                path.unlink()
    return 0


def _status(plan: Plan, _dry: bool) -> int:
    for path, text in plan.files:
        state = "not there" if not path.exists() else "as it would be written now"
        if path.exists() and path.read_text(encoding="utf-8") != text:
            state = "there, but not as it would be written now"
        click.echo(f"{path}: {state}")
    _show("to see how it does, run:", plan.status)
    return 0


def _show(head: str, commands: tuple[str, ...]) -> None:
    click.echo(head)
    for each in commands:
        click.echo(f"  {each}")
