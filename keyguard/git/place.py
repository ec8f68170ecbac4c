"""Where git is asked: in a folder, with the environment that git itself gave us or with none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyguard.git.process import Output, run
from keyguard.model.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from keyguard.git.process import Argument


class Place(NamedTuple):
    """A hook must see what git tells it (GIT_DIR, GIT_INDEX_FILE, the quarantine of a push): it asks where it was
    started, with the whole `environment`. None leaves out what would name another repository.
    """

    folder: str | None = None
    environment: Mapping[str, str] | None = None

    def ask(self, args: Sequence[Argument], stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> Output:
        """Run git to its end, see `process.run`."""
        return run(args, cwd=self.folder, stdin=stdin, env=self.environment, codes=codes)
