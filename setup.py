"""Builds the optional C step of `keyguard.odb`; without a compiler the install succeeds all the same."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

from setuptools import Extension, find_packages, setup

STEP = "keyguard/odb/_delta.c"
# The limited API exists on CPython with a GIL only; elsewhere the Python step is used.
LIMITED = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
BUILT = LIMITED and (Path(__file__).parent / STEP).is_file()

setup(
    packages=[*find_packages(include=["keyguard", "keyguard.*"]), "keyguard.rules"],
    ext_modules=[
        Extension(
            "keyguard.odb._delta",
            [STEP],
            depends=[str(path) for path in Path("keyguard/odb").glob("_delta_*.h")],
            define_macros=[("Py_LIMITED_API", "0x030A0000")],
            py_limited_api=True,
            optional=True,
        )
    ]
    if BUILT
    else [],
    options={"bdist_wheel": {"py_limited_api": "cp310"}} if BUILT else {},
)
