"""Objects that commits and refs name, and that are not in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from keyguard.git.refs import Ref
from keyguard.model import Skip
from keyguard.odb.commits import Links
from keyguard.odb.store import Store, absent

# git knows the tree without entries by heart, and need not store it.
EMPTY_TREES = {hashlib.new(name, b"tree 0\0", usedforsecurity=False).hexdigest() for name in ("sha1", "sha256")}


def missing_objects(store: Store, links: Mapping[str, Links], refs: Sequence[Ref], *, shallow: bool) -> list[Skip]:
    """What is told of a damaged store: refs that lead nowhere, and how many commits and root trees are gone.

    In a `shallow` clone the parents of some commits are left out on purpose.
    """
    skips = [
        Skip(f"ref {ref.name.decode('utf-8', 'replace')}", f"its object {ref.target} is missing or broken")
        for ref in refs
        if ref.target_kind == "missing"
    ]
    parents = () if shallow else (parent for _, parents, _ in links.values() for parent in parents)
    named = {*(tree for tree, _, _ in links.values()), *parents} - links.keys()
    gone = absent(store, [*(named - EMPTY_TREES)])
    if gone:
        skips.append(Skip(f"{len(gone)} objects", f"commits name them, but they are missing, such as {min(gone)}"))
    return skips
