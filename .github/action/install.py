"""Installs keyguard from the action's own folder into an environment of its own, apart from the workflow's Python."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path


def main() -> int:
    folder = Path(os.environ["RUNNER_TEMP"]) / "keyguard-environment"
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    program = programs / ("keyguard.exe" if os.name == "nt" else "keyguard")
    if not program.exists():
        venv.create(folder)  # without a pip of its own, which takes longer than all the rest: this Python's installs
        command = [sys.executable, "-m", "pip", "--python", str(programs / "python"), "install"]
        words = ("--quiet", "--disable-pip-version-check", os.environ["GITHUB_ACTION_PATH"])
        done = subprocess.run([*command, *words], check=False)
        if done.returncode:
            print("::error title=keyguard::could not be installed; pip says why above")
            return 1
    with open(os.environ["GITHUB_OUTPUT"], "a", encoding="utf-8", newline="\n") as file:
        file.write(f"program={program}\npython={programs / 'python'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
