"""argv in, exit code out: the only place where a failure becomes text."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Sequence
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Final

from keyguard.commands.plain import read_plainly
from keyguard.commands.quick import is_clean
from keyguard.errors import KeyguardError

if TYPE_CHECKING:
    from typing import TextIO

    import click

CLEAN: Final = 0
FAILED: Final = 2
INTERRUPTED: Final = 130
TERMINATED: Final = 143
_COMPLETE: Final = "_KEYGUARD_COMPLETE"
# Modules and rules make many objects that live on; looking for dead ones among them takes a twentieth of a hook's time.
_OBJECTS: Final = 100_000


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    gc.set_threshold(_OBJECTS)
    if sys.stdout is None or sys.stderr is None:
        _open_closed_streams()
    signal.signal(signal.SIGTERM, partial(_terminate, os.getpid()))
    try:
        return CLEAN if _is_clean(arguments) else _guarded(arguments)
    except Exception as error:  # noqa: BLE001 - the last door: a person gets a sentence, never a stack of our own
        _report_fault(error, debug="--debug" in arguments)
        return FAILED
    finally:
        _settle(sys.stdout)
        _settle(sys.stderr)
        gc.freeze()  # the interpreter looks at all objects again before it ends


def _is_clean(arguments: list[str]) -> bool:
    try:
        return is_clean(arguments)
    except Exception:  # noqa: BLE001 - the command itself meets the same fault, and tells of it
        return False


def _guarded(arguments: list[str]) -> int:
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyguardError as error:
        return _complain(f"error: {error}", error.hint, error.exit_code)
    except KeyboardInterrupt:
        return _complain("interrupted", "", INTERRUPTED)
    except BrokenPipeError:
        return CLEAN
    except OSError as error:
        if "--debug" in arguments:
            raise
        return _complain(f"error: {_describe(error)}", "", FAILED)
    except Exception as error:  # noqa: BLE001 - without click, its errors have no name here
        code = _refuse(error)
    return code


def _refuse(error: Exception) -> int:
    """Tell what click has to say; raises what is none of its errors."""
    import click

    if isinstance(error, click.UsageError):
        return _complain(f"error: {error.format_message()}", _usage_hint(error), FAILED)
    if isinstance(error, click.ClickException):
        return _complain(f"error: {error.format_message()}", "", FAILED)
    if isinstance(error, click.Abort):
        return _complain("interrupted", "", INTERRUPTED)
    raise error


def _run(arguments: list[str]) -> int:
    wishes = read_plainly(arguments)
    if wishes is None:
        return _run_by_click(arguments)
    from keyguard.commands.scanning import run_scan

    return run_scan(wishes)


def _run_by_click(arguments: list[str]) -> int:
    # Not `root.main`: it turns a closed pipe into exit code 1, which says "findings" here.
    import click

    from keyguard.commands.root import root

    if _COMPLETE in os.environ:
        from click.shell_completion import shell_complete

        return shell_complete(root, {}, "keyguard", _COMPLETE, os.environ[_COMPLETE])
    try:
        with root.make_context("keyguard", arguments) as context:
            code: int = root.invoke(context)
            return code
    except click.exceptions.Exit as stop:
        return stop.exit_code


def _complain(message: str, hint: str, code: int) -> int:
    lines = [f"keyguard: {message}", *([f"  hint: {hint}"] if hint else [])]
    try:
        print(*lines, sep="\n", file=sys.stderr)
    except OSError:
        return code  # there is no one left to tell
    return code


def _usage_hint(error: click.UsageError) -> str:
    # A scan that click has not read the words of has no context.
    return f"{error.ctx.command_path if error.ctx else 'keyguard scan'} --help"


def _describe(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    if isinstance(error.filename, bytes):
        return f"{os.fsdecode(error.filename)}: {reason}"
    return f"{error.filename}: {reason}" if error.filename else reason


def _report_fault(error: Exception, *, debug: bool) -> None:
    """Tell a fault of ours by type and place. Its message and local values may hold a secret: they stay unseen."""
    from traceback import extract_tb

    ours = [frame for frame in extract_tb(error.__traceback__) if f"{os.sep}keyguard{os.sep}" in frame.filename]
    place = f" at {ours[-1].filename}:{ours[-1].lineno}" if ours else ""
    hint = "" if debug else "this is a fault in keyguard; --debug shows the way there, without any content"
    _complain(f"error: unexpected {_name(error)}{place}", hint, FAILED)
    link: BaseException | None = error if debug else None
    while link is not None:
        print(f"{_name(link)}, by way of", file=sys.stderr)
        for frame in extract_tb(link.__traceback__):
            print(f"  {frame.filename}:{frame.lineno} {frame.name}: {frame.line}", file=sys.stderr)
        link = link.__cause__ or link.__context__


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _terminate(owner: int, _number: int, _frame: FrameType | None) -> None:
    """End by way of `finally` blocks, so that a temporary clone is removed; a worker process just ends."""
    if os.getpid() == owner:
        raise SystemExit(TERMINATED)
    os._exit(TERMINATED)


def _open_closed_streams() -> None:
    """Stand in for streams that were closed before we began (`>&-`)."""
    nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - open as long as the process
    sys.stdout = sys.stdout or nowhere
    sys.stderr = sys.stderr or nowhere


def _settle(stream: TextIO) -> None:
    """Leave nothing in the buffer that could fail, and change the exit code, when the interpreter ends."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
