"""A task of the Windows Task Scheduler. https://learn.microsoft.com/windows/win32/taskschd/task-scheduler-schema."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from keyguard.audit.schedule.plan import NAME, Job, Plan

_TASK = r"keyguard\audit"


def plan(job: Job) -> Plan:
    path = job.home / "AppData" / "Local" / "keyguard" / f"{NAME}.xml"
    return Plan(
        "windows",
        ((path, _xml(job)),),
        (f'schtasks /Create /TN "{_TASK}" /XML "{path}" /F',),
        (f'schtasks /Delete /TN "{_TASK}" /F',),
        (f'schtasks /Query /TN "{_TASK}" /V /FO LIST',),
        "variables that the configuration names must be set for your user (setx)" if job.variables else "",
    )


def _xml(job: Job) -> str:
    words = " ".join(map(_quoted, job.program[1:]))
    return f"""\
<?xml version="1.0" encoding="UTF-8"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo><Description>keyguard usage audit</Description></RegistrationInfo>
  <Triggers>
    <TimeTrigger>
      <Repetition><Interval>PT{job.every // 60}M</Interval><StopAtDurationEnd>false</StopAtDurationEnd></Repetition>
      <StartBoundary>2026-01-01T00:07:00</StartBoundary>
      <RandomDelay>PT{min(job.every // 10, 300)}S</RandomDelay>
    </TimeTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT30M</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec><Command>{escape(job.program[0])}</Command><Arguments>{escape(words)}</Arguments></Exec>
  </Actions>
</Task>
"""


def _quoted(word: str) -> str:
    """As CommandLineToArgvW reads it."""
    if word and not re.search(r'[\s"]', word):
        return word
    return '"' + re.sub(r'(\\*)("|$)', lambda match: match[1] * 2 + ("\\" + match[2] if match[2] else ""), word) + '"'
