"""Annotated tags: what lies behind them, and whether a ref leads to them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from keyguard.git.refs import Ref
from keyguard.odb.commits import tag_target
from keyguard.scan.contents import Contents


class Tags:
    """Follows tags of tags; reads them only when asked."""

    def __init__(self, contents: Contents, refs: Sequence[Ref]) -> None:
        self._contents = contents
        self._tips = [ref.oid for ref in refs if ref.kind == "tag"]
        self._named: set[str] | None = None

    def is_named(self, name: str) -> bool:
        """Whether a ref holds this tag, or a tag of it."""
        if name in self._tips:
            return True
        if self._named is None:
            self._named = {each for tip in self._tips for each in self._chain(tip)}
        return name in self._named

    def target(self, name: str) -> str:
        """The object behind a tag and all tags that it names; empty where that cannot be told."""
        *_, last = self._chain(name)
        return last

    def _chain(self, name: str) -> Iterator[str]:
        """The names from a tag to what is none."""
        kind = "tag"
        seen: set[str] = set()
        # Objects whose names lie can make a ring.
        while kind == "tag" and name not in seen:
            yield name
            seen.add(name)
            name, kind = tag_target(self._contents.read(name))
        yield name
