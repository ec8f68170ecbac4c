"""The commits that a push or a range brings, and where a shallow clone ends."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import GitError
from keyguard.git.process import failure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.git.place import Place

_DIED = 128
_BAD = re.compile(rb"fatal: (?:bad (?:revision|object)|ambiguous argument|Invalid revision range) '?([^'\n:]+)'?")
_NULL = re.compile(r"0{7,64}")


class Stop(NamedTuple):
    """Where a walk ends: at these revisions, at all that a remote is known to have, or at all refs there are."""

    revisions: tuple[str, ...] = ()
    remote: str = ""
    refs: bool = False


def list_commits(place: Place, tips: Sequence[str], stop: Stop = Stop()) -> list[str]:  # noqa: B008 - it is frozen
    """The commits that the tips (revisions or ranges) reach and nothing to stop at does, parents first.

    GitError for a revision that git does not know.
    """
    asked = [*tips, *(f"^{revision}" for revision in stop.revisions)]
    for word in asked:
        if word.startswith("-") or "\n" in word or not word:
            raise GitError(f"{word!r} is not a revision")
    refs = [*([f"--remotes={stop.remote}"] if stop.remote else []), *(["--all"] if stop.refs else [])]
    command = ["rev-list", "--topo-order", "--reverse", "--stdin", *(["--not", *refs] if refs else [])]
    questions = "".join(f"{word}\n" for word in asked).encode("utf-8", "surrogateescape")
    answer = place.ask(command, questions, codes=(0, _DIED))
    if answer.code:
        raise _unknown(place, answer.stderr)
    return answer.stdout.decode("ascii", "replace").split()


def since(revision: str) -> str:
    """The range of all commits of HEAD that a revision does not reach. CI services give zeros for a new branch."""
    return "HEAD" if _NULL.fullmatch(revision) else f"{revision}..HEAD"


def resolved(place: Place, revision: str) -> str:
    """The id of what a revision names. GitError where it names nothing."""
    answer = place.ask(["rev-parse", "--verify", "--quiet", "--end-of-options", revision], codes=(0, 1, _DIED))
    if answer.code:
        raise GitError(f"unknown revision {revision}")
    return answer.stdout.decode("ascii", "replace").split()[-1]


def known(place: Place, names: Sequence[str]) -> list[str]:
    """Those of the objects (hex ids) that are here."""
    if not names:
        return []
    asked = "".join(f"{name}\n" for name in names).encode()
    answer = place.ask(["cat-file", "--batch-check=%(objectname)"], asked)
    return [line.decode() for line in answer.stdout.split(b"\n") if line and not line.endswith(b" missing")]


def shallow_ends(place: Place) -> frozenset[str]:
    """The commits whose parents a shallow clone left out; none in any other repository."""
    answer = place.ask(["rev-parse", "--is-shallow-repository", "--git-path", "shallow"])
    first, _, path = answer.stdout.removesuffix(b"\n").partition(b"\n")
    if first != b"true":
        return frozenset()
    try:
        with open(os.path.join(os.fsencode(place.folder or b""), path), "rb") as file:
            return frozenset(file.read().decode("ascii", "replace").split())
    except OSError as error:
        raise GitError(f"{os.fsdecode(path)}: {error.strerror}") from error


def _unknown(place: Place, said: bytes) -> GitError:
    bad = _BAD.search(said)
    if not bad:
        return failure(said, _DIED)
    named = bad[1].decode("utf-8", "replace").removeprefix("^")
    if place.ask(["rev-parse", "--is-shallow-repository"]).stdout.startswith(b"true"):
        return GitError(f"unknown revision {named}", "The clone is shallow; git fetch --unshallow brings the rest.")
    return GitError(f"unknown revision {named}", "git branch --all and git tag list the names there are.")
