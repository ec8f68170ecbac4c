"""Fetches credentials from where they are kept: `env:NAME`, `file:PATH` or `cmd:PROGRAM ARGUMENTS`."""

from __future__ import annotations

import os
import shlex
import stat
import subprocess
from typing import TYPE_CHECKING, Final

from keyguard.errors import KeyguardError
from keyguard.model import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Final = ("env", "file", "cmd")
_MOST = 1 << 16
_TIMEOUT = 60
_HINT = "a credential is named as env:NAME, file:PATH or cmd:PROGRAM ARGUMENTS, never written out"


class CredentialError(KeyguardError):
    """A credential is not there, not readable, or not private. The message never holds it."""


def check_reference(reference: str) -> str:
    """The reference itself; CredentialError where it is none. It is not shown: it could be a key by mistake."""
    kind, colon, rest = reference.partition(":")
    if not colon or kind not in KINDS or not rest.strip():
        raise CredentialError("a credential is not named by a reference", _HINT)
    return reference


def fetch(reference: str, environment: Mapping[str, str]) -> Secret:
    """The credential that `reference` names, without the line end after it."""
    kind, _, rest = check_reference(reference).partition(":")
    if kind == "env":
        value = _from_environment(rest.strip(), environment)
    elif kind == "file":
        value = _from_file(os.path.expanduser(rest))
    else:
        value = _from_command(rest, environment)
    value = value.rstrip(b"\r\n")
    if not value:
        raise CredentialError(f"the credential {_shown(reference)} is empty")
    return Secret(value)


def _from_environment(name: str, environment: Mapping[str, str]) -> bytes:
    if name not in environment:
        raise CredentialError(f"the environment variable {name} is not set", "it is to hold a credential")
    return os.fsencode(environment[name])


def _from_file(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            if os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise CredentialError(f"{path}: others may read this credential", f"chmod 600 {shlex.quote(path)}")
            value = file.read(_MOST + 1)
    except OSError as error:
        raise CredentialError(f"{path}: {error.strerror or 'cannot be read'}") from None
    if len(value) > _MOST:
        raise CredentialError(f"{path}: larger than {_MOST:,} bytes, which no credential is")
    return value


def _from_command(line: str, environment: Mapping[str, str]) -> bytes:
    """What a program prints. It is run without a shell; what it says on standard error reaches the person."""
    try:
        words = shlex.split(line, posix=os.name == "posix")
    except ValueError:
        raise CredentialError("the command of a credential has a quote that is not closed", _HINT) from None
    if not words:
        raise CredentialError("the command of a credential is empty", _HINT)
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env=dict(environment),
            timeout=_TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CredentialError(f"{words[0]}: gave no credential within {_TIMEOUT} s") from None
    except (OSError, ValueError):
        raise CredentialError(f"{words[0]}: cannot be run to give a credential") from None
    if done.returncode:
        raise CredentialError(f"{words[0]}: failed with {done.returncode} and gave no credential")
    return done.stdout[: _MOST + 1]


def _shown(reference: str) -> str:
    """A reference as it may be printed: the arguments of a command can hold what is not ours to show."""
    kind, _, rest = reference.partition(":")
    return f"cmd:{rest.split()[0]} …" if kind == "cmd" else reference
