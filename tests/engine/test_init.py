from __future__ import annotations

import subprocess
import sys

from keyguard.engine import open_engine
from tests.program import environment
from tests.rules import make_rule

HIDDEN = """
import sys
sys.modules["hyperscan"] = None
from keyguard.engine import open_engine
from keyguard.errors import KeyguardError
print(open_engine([]).name)
try:
    open_engine([], choice="hyperscan")
except KeyguardError as error:
    print(error, error.hint)
"""


def test_without_hyperscan_the_portable_engine_takes_over() -> None:
    done = subprocess.run(
        [sys.executable, "-c", HIDDEN], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == ["portable", "Hyperscan is not installed here pip install hyperscan"]


def test_choices() -> None:
    rules = [make_rule("tok_")]
    names = [open_engine(rules, choice=choice).name for choice in ("auto", "hyperscan", "portable")]
    assert names == ["hyperscan", "hyperscan", "portable"]
