from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from keyguard.http.credentials import CredentialError, check_reference, fetch

VALUE = "kept-value-1234"


@pytest.mark.parametrize("reference", ["", "env:", "file: ", "vault:x", VALUE, f"sk-{VALUE}", "ENV:X", ":x"])
def test_refuses_what_is_no_reference_without_showing_it(reference: str) -> None:
    with pytest.raises(CredentialError) as caught:
        check_reference(reference)
    assert VALUE not in f"{caught.value}{caught.value.hint}"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("env:MISSING", "MISSING is not set"),
        ("env:EMPTY", "env:EMPTY is empty"),
        ("file:/no/such/file", "No such file"),
        ("cmd:no-such-program-anywhere x", "no-such-program-anywhere: cannot be run"),
        (f"cmd:{sys.executable} -c 'raise SystemExit(3)'", "failed with 3"),
        ("cmd:echo 'open", "a quote that is not closed"),
        ("cmd:true", "cmd:true … is empty"),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="paths and programs of POSIX")
def test_says_what_is_wrong(reference: str, said: str) -> None:
    with pytest.raises(CredentialError) as caught:
        fetch(reference, {"EMPTY": "\n", "PATH": os.environ["PATH"]})
    assert said in str(caught.value)


@pytest.mark.skipif(os.name != "posix", reason="file modes of POSIX")
def test_a_file_must_be_private(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(VALUE, encoding="utf-8")
    for mode in (0o640, 0o604, 0o660):
        path.chmod(mode)
        with pytest.raises(CredentialError, match="others may read") as caught:
            fetch(f"file:{path}", {})
        assert VALUE not in str(caught.value)
    path.chmod(0o600)
    assert fetch(f"file:{path}", {}).reveal() == VALUE.encode()


def test_a_file_must_be_small(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"x" * 70_000)
    path.chmod(0o600)
    with pytest.raises(CredentialError, match="larger than"):
        fetch(f"file:{path}", {})


def test_gives_what_the_environment_or_a_program_holds() -> None:
    assert fetch("env:KEY", {"KEY": f"{VALUE}\r\n"}).reveal() == VALUE.encode()
    environment = {**os.environ, "KEY": VALUE}
    program = f"cmd:\"{sys.executable}\" -c \"import os; print(os.environ['KEY'], '; | $X')\""
    if os.name == "posix":
        assert fetch(program, environment).reveal() == f"{VALUE} ; | $X".encode()
