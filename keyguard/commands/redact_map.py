"""The map of `keyguard redact`: which placeholder stands for what, in a file that is encrypted and private."""

from __future__ import annotations

import json
import os
import stat
import sys
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Final

import click

from keyguard.commands.output import write_file
from keyguard.errors import KeyguardError
from keyguard.model import Secret
from keyguard.scan.redaction_names import Entry, Register

if TYPE_CHECKING:
    from typing import TextIO

    from keyguard.state.sealed import Seal

_MOST: Final = 1 << 16
_LEAST: Final = 16
_TERMINAL: Final = "/dev/tty"


class MapFile:
    """One map: read where there is one already, and written each time it has grown."""

    def __init__(self, path: str, passphrase: Secret, *, must_exist: bool = False) -> None:
        from keyguard.state.sealed import new_seal, open_sealed

        self._path = path
        self._seal: Seal
        self._known: list[Entry] = []
        if must_exist or os.path.lexists(path):
            content, self._seal = open_sealed(_read(path), passphrase, path)
            self._known = _entries(content, path)
        else:
            self._seal = new_seal(passphrase)
        self.register = Register(self._known, keeps=True)
        self._written = len(self.register.entries)

    def save(self) -> None:
        """Write the map where it holds more than the file: before the text that needs it goes out."""
        entries = self.register.entries
        if len(entries) == self._written and os.path.exists(self._path):
            return
        rows = [[_text(entry.placeholder), _text(entry.value), _text(entry.text)] for entry in entries.values()]
        sealed = self._seal.close(json.dumps(rows).encode("ascii"))

        def write(stream: TextIO) -> None:
            stream.write(sealed)

        write_file(self._path, write, private=True)
        self._written = len(entries)


def passphrase_of(reference: str, key_file: str, *, new: bool) -> Secret:
    """What the map is encrypted with, from a variable, a file, or the person at the terminal."""
    if reference and key_file:
        raise click.UsageError("--passphrase and --key-file are two keys: choose one")
    if key_file:
        return _from_file(key_file)
    if not reference:
        return _asked(new=new)
    kind, _, name = reference.partition(":")
    if kind != "env" or not name:  # what was written may be the passphrase itself: it is not shown
        raise click.UsageError("--passphrase takes env:NAME, never the passphrase itself")
    value = os.environ.get(name, "")
    if not value:
        raise KeyguardError(f"the environment variable {name} is not set", "it is to hold the passphrase")
    return Secret(os.fsencode(value))


def _from_file(path: str) -> Secret:
    try:
        with open(path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyguardError(f"{path}: others may read this key", f"chmod 600 {path}")
            content = file.read(_MOST + 1)
    except OSError as error:
        raise KeyguardError(f"{path}: {error.strerror}") from None
    if not _LEAST <= len(content) <= _MOST:
        hint = f"head -c 32 /dev/urandom > {path}"
        raise KeyguardError(f"{path}: a key file holds {_LEAST} to {_MOST:,} bytes, best random ones", hint)
    return Secret(content)


def _asked(*, new: bool) -> Secret:
    """Standard input may be the text itself: only a terminal is asked."""
    import getpass

    if os.name == "posix":
        try:
            os.close(os.open(_TERMINAL, os.O_RDWR | os.O_NOCTTY))
        except OSError:
            raise KeyguardError(
                "there is no terminal to ask for the passphrase", "--passphrase env:NAME, or --key-file FILE"
            ) from None
    given = getpass.getpass("Passphrase of the map: ", stream=None if os.name == "posix" else sys.stderr)
    if not given:
        raise KeyguardError("an empty passphrase protects nothing")
    if new and getpass.getpass("The same again: ") != given:
        raise KeyguardError("the two passphrases differ")
    return Secret(given.encode("utf-8", "surrogateescape"))


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise KeyguardError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise KeyguardError(f"{path}: is no sealed file of keyguard") from None


def _entries(content: bytes, path: str) -> list[Entry]:
    try:
        return [Entry(*(b64decode(field) for field in row)) for row in json.loads(content)]
    except (ValueError, TypeError):
        raise KeyguardError(f"{path}: is no map of keyguard redact") from None


def _text(raw: bytes) -> str:
    return b64encode(raw).decode("ascii")
