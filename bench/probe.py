"""Runs one command and prints, as JSON, what it cost: wall, user and system seconds, and peak memory in KiB.

A process of its own, small (start it with `python -I -S`), because the peak of a child can't be told
from that of the process that forked it when the child is the smaller one.
"""

from __future__ import annotations

import os
import sys
import time

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h


def adopt_orphans() -> None:
    """Have processes that the command leaves behind counted too (Linux; elsewhere only what it waited for)."""
    if sys.platform != "linux":
        return
    import ctypes

    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def reap() -> None:
    """Collect orphans that have ended; do not wait for those that run on."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def run(stdin: str, stdout: str, stderr: str, command: list[str]) -> dict[str, float]:
    """Run `command` with its streams on the named files. Raises OSError when it can't be started."""
    import resource

    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    streams = [
        (os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, stdout, write, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, stderr, write, 0o600),
    ]
    start = time.perf_counter()
    child = os.posix_spawnp(command[0], command, os.environ, file_actions=streams)
    _, status, _ = os.wait4(child, 0)
    wall = time.perf_counter() - start
    reap()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    peak = used.ru_maxrss // 1024 if sys.platform == "darwin" else used.ru_maxrss
    code = os.waitstatus_to_exitcode(status)
    return {"wall": wall, "user": used.ru_utime, "system": used.ru_stime, "peak": peak, "code": code}


if __name__ == "__main__":
    adopt_orphans()
    spent = run(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
    import json  # not before: what this process holds when it forks is the least peak it can report (9 MB)

    print(json.dumps(spent))
