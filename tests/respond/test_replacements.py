from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from keyguard.errors import KeyguardError
from keyguard.model import Secret
from keyguard.respond.replacements import write_replacements


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def lines(*values: bytes) -> list[bytes]:
    return Path(write_replacements([Secret(value) for value in values])).read_bytes().splitlines()


def test_refuses_a_secret_that_is_lost() -> None:
    with pytest.raises(KeyguardError, match="not at its place"):
        write_replacements([Secret(b"")])
    with pytest.raises(KeyguardError, match="not at its place"):
        write_replacements([])


def test_each_value_is_one_literal() -> None:
    assert lines(b"s3cret-value", b"s3cret-value", b"regex:x") == [
        b"literal:s3cret-value==>***REMOVED***",
        b"literal:regex:x==>***REMOVED***",
    ]


@pytest.mark.parametrize("value", [b"-----BEGIN\nab+c\r\n-----END", b"a==>b", b" padded ", b"line\n\xff\x00"])
def test_what_no_line_can_hold_is_an_expression(value: bytes) -> None:
    (line,) = lines(value)
    pattern = line.removeprefix(b"regex:").removesuffix(b"==>***REMOVED***")
    assert b"==>" not in pattern
    assert re.fullmatch(pattern, value)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_nobody_else_can_read_it() -> None:
    path = Path(write_replacements([Secret(b"s3cret-value")]))
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
