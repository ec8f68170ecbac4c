"""`keyguard redact`: a text with placeholders for its secrets, and the way back."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import click

from keyguard.commands.config import CONFIDENCES, ENGINES
from keyguard.commands.options import config_file, debug
from keyguard.commands.wishes import Wishes, configuration, scan_options
from keyguard.errors import KeyguardError, ObjectError

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator
    from io import BufferedReader
    from typing import BinaryIO

    from keyguard.commands.redact_map import MapFile
    from keyguard.scan import ScanOptions
    from keyguard.scan.matcher import Matcher
    from keyguard.scan.redaction_names import Register
    from keyguard.scan.redaction_stream import Filter

STDIN = "-"
EPILOG = """\b
Examples:
  keyguard redact < prompt.txt | curl --data-binary @- https://host/chat
  journalctl -f | keyguard redact --line-buffered --pii
  keyguard redact --map chat.map prompt.txt > safe.txt
  keyguard redact --restore --map chat.map answer.txt

\b
Exit codes:
  0  nothing was found; with --exit-zero: or it was, and was replaced
  1  something was found and replaced
  2  wrong option or settings; nothing was written
  3  something could not be read; what is behind it was not written
"""


class Asked(NamedTuple):
    """The command line as click read it."""

    files: tuple[str, ...]
    output: str
    pii: bool
    map: str
    restore: bool
    passphrase: str
    key_file: str
    line_buffered: bool
    exit_zero: bool
    everything: bool
    min_confidence: str | None
    disable: tuple[str, ...]
    rules: tuple[str, ...]
    max_decode_depth: int | None
    engine: str | None
    config: str | None
    quiet: bool


@click.command("redact", epilog=EPILOG, short_help="Replace secrets in a text.")
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("-o", "--output", default="", metavar="FILE", help="Write there, and not to standard output.")
@click.option("--pii", is_flag=True, help="Replace e-mail, phone, card, IBAN, US SSN and IP address too.")
@click.option("--map", default="", metavar="FILE", help="Keep there, encrypted, what was replaced.")
@click.option("--restore", is_flag=True, help="Put back what the placeholders of --map stand for.")
@click.option("--passphrase", default="", metavar="env:NAME", help="Of the map; asked for unless named.")
@click.option("--key-file", default="", metavar="FILE", help="A file of random bytes, in place of a passphrase.")
@click.option("--line-buffered", is_flag=True, help="Write each line as soon as it has come.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 where something was found and replaced.")
@click.option("--everything", is_flag=True, help="Replace what a comment or a setting allows too.")
@click.option("--min-confidence", type=click.Choice(CONFIDENCES), help="Replace nothing less sure; as in a scan.")
@click.option("--disable", multiple=True, metavar="RULE", help="Leave out a rule, by id.")
@click.option("--rules", multiple=True, metavar="FILE", help="Look with this provider file too.")
@click.option("--max-decode-depth", type=click.IntRange(0, 3), metavar="N", help="As in a scan.")
@click.option("--engine", type=click.Choice(ENGINES), help="What matches; auto unless named.")
@config_file
@click.option("-q", "--quiet", is_flag=True, help="Do not say what was replaced.")
@debug
def command(**given: Any) -> int:
    """Write FILEs (standard input unless named) with a placeholder for each secret, like [OPENAI_KEY_1].

    What is replaced is what `keyguard scan` would report. Nothing leaves your machine.
    """
    asked = Asked(**given)
    if (asked.restore or asked.passphrase or asked.key_file) and not asked.map:
        raise click.UsageError("--restore, --passphrase and --key-file are for a --map FILE")
    return _restore(asked) if asked.restore else _redact(asked)


def _redact(asked: Asked) -> int:
    from keyguard.scan.redaction import Redactor
    from keyguard.scan.redaction_names import Register
    from keyguard.scan.redaction_window import Finder

    options = _options(asked)
    matcher, key = _opened(options)
    map_file = _map_file(asked) if asked.map else None
    register: Register = map_file.register if map_file else Register()
    redactors: list[Redactor] = []

    def begin(place: tuple[str, bytes]) -> Filter:
        finder = Finder(matcher, options, place, key, everything=asked.everything)
        redactors.append(Redactor(finder, register, personal=asked.pii))
        return redactors[-1]

    with _output(asked.output) as write:
        _pass_through(asked, begin, write, map_file)
    total = sum((each.replaced for each in redactors), redactors[0].replaced.__class__())
    if not asked.quiet:
        click.echo(f"keyguard: {_told(total)}", err=True)
    return 1 if total and not asked.exit_zero else 0


def _restore(asked: Asked) -> int:
    from keyguard.scan.redaction_restore import Restorer

    map_file = _map_file(asked, must_exist=True)
    restorers: list[Restorer] = []

    def begin(_: tuple[str, bytes]) -> Filter:
        restorers.append(Restorer(map_file.register.entries))
        return restorers[-1]

    with _output(asked.output, private=True) as write:
        _pass_through(asked, begin, write, None)
    if not asked.quiet:
        click.echo(f"keyguard: {sum(each.restored for each in restorers)} put back", err=True)
    return 0


def _pass_through(
    asked: Asked,
    begin: Callable[[tuple[str, bytes]], Filter],
    write: Callable[[bytes], None],
    map_file: MapFile | None,
) -> None:
    """Each input by itself, one after the other."""
    from keyguard.scan.redaction_stream import filtered

    for name in asked.files or (STDIN,):
        place = ("stdin", b"") if name == STDIN else ("file", os.fsencode(name))
        try:
            with _input(name) as read:
                for part in filtered(
                    read, partial(begin, place), by_line=asked.line_buffered, inward=not asked.restore
                ):
                    if map_file:
                        map_file.save()
                    if part:
                        write(part)
        except ObjectError as error:
            shown = "standard input" if name == STDIN else name
            raise ObjectError(f"{shown}: {error}", error.hint) from None


@contextmanager
def _input(name: str) -> Iterator[Callable[[int], bytes]]:
    """Gives what has come, up to so many bytes, and none at the end."""
    if name == STDIN:
        yield cast("BufferedReader", sys.stdin.buffer).read1
        return
    from keyguard.sources.files import open_file

    with open_file(os.fsencode(name)) as file:
        yield file.read


@contextmanager
def _output(path: str, *, private: bool = False) -> Iterator[Callable[[bytes], None]]:
    """Writes at once. A named file is there, whole, at the end, or is what it was before."""
    if not path:
        yield partial(_write, sys.stdout.buffer)
        return
    target = os.path.realpath(path)
    special = os.path.exists(target) and not os.path.isfile(target)  # a pipe, a device
    written = target if special else f"{target}.{os.urandom(4).hex()}.tmp"
    flags = os.O_WRONLY | getattr(os, "O_BINARY", 0) | (0 if special else os.O_CREAT | os.O_EXCL)
    try:
        handle = os.open(written, flags, 0o600 if private else 0o666)
    except OSError as error:
        raise KeyguardError(f"cannot write {path}: {error.strerror}") from error
    try:
        with os.fdopen(handle, "wb") as stream:
            yield partial(_write, stream)
        if not special:
            os.replace(written, target)
    finally:
        if not special and os.path.exists(written):
            os.unlink(written)


def _write(stream: BinaryIO, part: bytes) -> None:
    stream.write(part)
    stream.flush()


def _options(asked: Asked) -> ScanOptions:
    wishes = Wishes(
        min_confidence=asked.min_confidence,
        disable=asked.disable,
        rules=asked.rules,
        max_decode_depth=asked.max_decode_depth,
        engine=asked.engine,
    )
    return scan_options(wishes, configuration(asked.config), os.curdir)


def _opened(options: ScanOptions) -> tuple[Matcher, Callable[[], bytes]]:
    from keyguard.git.repository import find_repository
    from keyguard.scan.matcher import open_matcher
    from keyguard.scan.salt import repository_key

    @cache
    def key() -> bytes:
        return repository_key(find_repository(b".") if options.use_git else None, options.cache)

    return open_matcher(options, options.silencing.root), key


def _map_file(asked: Asked, *, must_exist: bool = False) -> MapFile:
    from keyguard.commands.redact_map import MapFile, passphrase_of

    if must_exist and not os.path.exists(asked.map):
        raise KeyguardError(f"{asked.map}: no such file", "name the map that the text was redacted with")
    new = not os.path.lexists(asked.map)
    return MapFile(asked.map, passphrase_of(asked.passphrase, asked.key_file, new=new), must_exist=must_exist)


def _told(total: Counter[str]) -> str:
    if not total:
        return "nothing to replace"
    parts = [f"{count} {name}" for name, count in sorted(total.items())]
    return f"replaced {', '.join(parts)}"
