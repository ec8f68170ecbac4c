from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.scan.machine_commands import is_argument, read_before


@pytest.mark.parametrize(
    "before",
    [
        b"export OPENAI_API_KEY=",
        b"export OPENAI_API_KEY='",
        b": 1763784000:0;export KEY=",
        b"- cmd: set -gx KEY ",
        b"cd app && KEY=",
        b"A=1 KEY=",
        b"declare -x KEY=",
        b'$env:OPENAI_API_KEY = "',
        b"$key = '",
        b"  KEY=prefix-",
    ],
)
def test_values_of_variables_are_no_arguments(before: bytes) -> None:
    assert not is_argument(before)


@pytest.mark.parametrize(
    "before",
    [
        b"curl -H 'Authorization: Bearer ",
        b"mytool --key=",
        b"mytool --key ",
        b"mytool ",
        b": 1763784000:0;mytool -k ",
        b"- cmd: mytool -k ",
        b"docker run -e KEY=",
        b"env KEY=",
        b"KEY=1 mytool ",
        b"cat x | mytool --key=",
        b"git clone https://user:",
        b"echo ",
    ],
)
def test_what_a_program_is_given(before: bytes) -> None:
    assert is_argument(before)


def test_what_stands_before_on_its_line(tmp_path: Path) -> None:
    file = tmp_path / "history"
    file.write_bytes(b"first\n" + b"x" * 5000 + b"\nsecond word")
    path = str(file).encode()
    assert read_before(path, 3) == b"fir"
    assert read_before(path, 6 + 5000 + 1 + 7) == b"second "
    assert read_before(path, 6 + 5000) == b"x" * 4096
