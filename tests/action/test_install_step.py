"""The install step, with a stand-in for keyguard's folder that needs nothing from anywhere."""

from __future__ import annotations

import os
import subprocess
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.action.runner import SCHEDULE, run_step

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(os.name != "posix", reason="runs the steps in a POSIX shell")
PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
NAME, INFO = "keyguard-0-py3-none-any.whl", "keyguard-0.dist-info"
BACKEND = f"""
import os, shutil
def build_wheel(folder, config_settings=None, metadata_directory=None):
    shutil.copy("wheel.zip", os.path.join(folder, {NAME!r}))
    return {NAME!r}
"""


def project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "backend.py").write_text(BACKEND, encoding="utf-8")
    (folder / ".github").symlink_to(os.path.abspath(".github"))
    with zipfile.ZipFile(folder / "wheel.zip", "w") as wheel:
        wheel.writestr("standin.py", "def main():\n    print('installed')\n")
        wheel.writestr(f"{INFO}/METADATA", "Metadata-Version: 2.1\nName: keyguard\nVersion: 0\n")
        wheel.writestr(f"{INFO}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{INFO}/entry_points.txt", "[console_scripts]\nkeyguard = standin:main\n")
        wheel.writestr(f"{INFO}/RECORD", "")
    return folder


def test_installs_into_an_environment_of_its_own(tmp_path: Path) -> None:
    action = str(project(tmp_path / "action"))
    ran = run_step(
        "Install keyguard", tmp_path / "runner", tmp_path, SCHEDULE, GITHUB_ACTION_PATH=action, PIP_NO_INDEX="1"
    )
    assert ran.code == 0, ran.log
    program = ran.outputs["program"]
    assert program.startswith(str(tmp_path / "runner"))
    assert subprocess.run([program], capture_output=True, check=True).stdout == b"installed\n"
    assert os.path.exists(ran.outputs["python"])
    (tmp_path / "action" / "pyproject.toml").unlink()
    again = run_step("Install keyguard", tmp_path / "runner", tmp_path, SCHEDULE, GITHUB_ACTION_PATH=action)
    assert (again.code, again.outputs) == (0, ran.outputs)
