"""Scans of what changes: from the command line, and from what git or pre-commit tell their hooks, to the service."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from keyguard.commands.wishes import usage_error
from keyguard.errors import KeyguardError
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from keyguard.git.place import Place
    from keyguard.git.pushes import Pushed
    from keyguard.model import Report
    from keyguard.scan import ScanOptions

STAGED: Final = "staged"
RANGE: Final = "range"
PUSH: Final = "pre-push"
RECEIVE: Final = "pre-receive"
MESSAGE: Final = "commit-msg"
# How to go on without the scan. A push is taken in by a server, whose owner decides.
OVERRIDES: Final = {
    STAGED: "git commit --no-verify, or SKIP=keyguard git commit",
    MESSAGE: "git commit --no-verify, or SKIP=keyguard-commit-msg git commit",
    PUSH: "git push --no-verify, or SKIP=keyguard-pre-push git push",
    RECEIVE: "ask who runs this server",
}
_MERGED: Final = "GITHEAD_"  # and the id of a commit that git merge is bringing in
_HEX: Final = frozenset("0123456789abcdef")


class ChangeScan(NamedTuple):
    """`mode` is one of the words above, `folder` empty for where we are, `file` that of a commit message.

    `revs` are ranges; `remote` is the name of the remote that is pushed to.
    """

    mode: str
    folder: str = ""
    revs: tuple[str, ...] = ()
    remote: str = ""
    file: str = ""

    @property
    def is_hook(self) -> bool:
        return self.mode in OVERRIDES


def choose_change(
    words: Sequence[str], ranges: Sequence[str], since_ref: str, flags: Mapping[str, bool], message: str
) -> ChangeScan | None:
    """What of the options that scan changes was given; None for none. click.UsageError where they contradict.

    `words` are the arguments that are no ranges, `flags` tell of the options without a value.
    """
    modes = [mode for mode, given in (*flags.items(), (MESSAGE, bool(message))) if given]
    if ranges or since_ref:
        modes.append(RANGE)
    if not modes:
        return None
    if len(modes) > 1:
        raise usage_error(f"{' and '.join(map(_option, modes))} are two scans: choose one")
    (mode,) = modes
    if mode == PUSH:  # git's own arguments: name and URL of the remote
        return ChangeScan(mode, remote=words[0] if words else "")
    if len(words) > 1 or (words and mode in {RECEIVE, MESSAGE}):
        raise usage_error(f"{_option(mode)} takes {'one repository' if mode in {STAGED, RANGE} else 'no path'}")
    if words and not os.path.isdir(words[0]):
        raise usage_error(f"{words[0]}: no such folder")
    revs = tuple(ranges)
    if since_ref:
        from keyguard.git.commits import since

        revs = (*revs, since(since_ref))
    return ChangeScan(mode, words[0] if words else "", revs, file=message)


@contextmanager
def overridable(change: ChangeScan | None) -> Iterator[None]:
    """A failure stops the commit or push like a finding, and says how to go on without the scan."""
    way = (
        f"not scanned, so it is stopped; to go on without the scan: {OVERRIDES.get(change.mode, '')}" if change else ""
    )
    told = change is None or not change.is_hook
    try:
        yield
        told = True
    except KeyguardError as error:
        if not told:
            error.hint = f"{error.hint}\n  {way}" if error.hint else way
        told = True
        raise
    finally:
        if not told:  # a fault, a wrong option, or Ctrl-C
            print(f"keyguard: {way}", file=sys.stderr)  # noqa: T201 - click is not needed for it


def scan_change(change: ChangeScan, options: ScanOptions, environment: Mapping[str, str]) -> Report:
    """Run the scan. A folder that was named is asked about itself; else git's environment says what to look at."""
    from keyguard.git.place import Place

    place = Place(change.folder) if change.folder else Place(None, dict(environment))
    if change.mode == STAGED:
        return _scan_staged(place, options, environment)
    if change.mode == MESSAGE:
        return _scan_message(place, change.file, options, environment)
    if change.mode == RANGE:
        from keyguard.scan.ranges import scan_range

        return scan_range(place, change.revs, options)
    from keyguard.scan.pushed import scan_push, scan_received

    if change.mode == RECEIVE:
        from keyguard.git.pushes import read_pre_receive

        return scan_received(place, read_pre_receive(_standard_input(RECEIVE)), options)
    if environment.get("PRE_COMMIT") == "1":
        return scan_push(place, [_framework_push(place, environment)], _framework_remote(environment), options)
    from keyguard.git.pushes import read_pre_push

    return scan_push(place, read_pre_push(_standard_input(PUSH)), change.remote, options)


def _scan_staged(place: Place, options: ScanOptions, environment: Mapping[str, str]) -> Report:
    from keyguard.scan.staged import has_staged, scan_staged

    if environment.get("PRE_COMMIT") == "1":
        before, after = (environment.get(f"PRE_COMMIT_{name}_REF", "") for name in ("FROM", "TO"))
        if before and after:
            from keyguard.scan.ranges import scan_range

            return scan_range(place, (f"{before}..{after}",), options)
        # `pre-commit run --all-files`, as in CI: git, which names an index for its hooks, has not called.
        if "GIT_INDEX_FILE" not in environment and not has_staged(place):
            from keyguard.scan.tree import scan_tree

            return scan_tree((os.curdir,), options)
    ids = [name.removeprefix(_MERGED) for name in environment if name.startswith(_MERGED)]
    merging = [name for name in ids if len(name) in (40, 64) and _HEX.issuperset(name)]
    return scan_staged(place, options, merging)


def _scan_message(place: Place, file: str, options: ScanOptions, environment: Mapping[str, str]) -> Report:
    from keyguard.scan.message import scan_message

    try:
        with open(file, "rb") as opened:
            message = opened.read()
    except OSError as error:
        raise KeyguardError(f"{file}: {error.strerror}", "git names the file to its commit-msg hook") from error
    # git tells its hooks so that nobody sees an editor: then lines that begin with # are part of the message.
    return scan_message(place, message, options, edited=environment.get("GIT_EDITOR") != ":")


def _framework_push(place: Place, environment: Mapping[str, str]) -> Pushed:
    """pre-commit reads git's lines itself, and hands on the first ref of a push."""
    from keyguard.git.commits import resolved
    from keyguard.git.pushes import Pushed

    new = environment.get("PRE_COMMIT_TO_REF") or environment.get("PRE_COMMIT_LOCAL_BRANCH") or "HEAD"
    old = environment.get("PRE_COMMIT_FROM_REF", "")
    ref = environment.get("PRE_COMMIT_REMOTE_BRANCH", "HEAD").encode("utf-8", "surrogateescape")
    return Pushed(ref, resolved(place, old) if old else "", resolved(place, new))


def _framework_remote(environment: Mapping[str, str]) -> str:
    """Run by hand, nobody says which remote is meant: then any."""
    return environment.get("PRE_COMMIT_REMOTE_NAME") or "*"


def _standard_input(mode: str) -> bytes:
    if sys.stdin is None or sys.stdin.isatty():
        raise usage_error(f"{_option(mode)} reads what git tells a {mode} hook; by hand: keyguard scan A..B")
    return sys.stdin.buffer.read()


def _option(mode: str) -> str:
    return {RANGE: "a range of commits"}.get(mode, f"--{mode}")
