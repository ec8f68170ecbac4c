"""Asks git for the objects that could not be read here, and scans them whole or in pieces."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from keyguard.errors import GitError, ObjectError
from keyguard.git.catfile import CatFile, OversizedError
from keyguard.model import Skip
from keyguard.odb.commits import read_links
from keyguard.odb.delta import TOO_LARGE
from keyguard.odb.trees import read_entries
from keyguard.scan.census import Census
from keyguard.scan.matcher import Matcher
from keyguard.scan.objects import Found, texts_of
from keyguard.scan.pieces import Glimpse, scan_pieces
from keyguard.sources.slabs import SlabBuilder
from keyguard.triage.match import Match

_LARGEST = 256 << 20  # of what cannot be scanned in pieces: trees, commits and tags


class Asked(NamedTuple):
    """Places of matches in large objects, and what git could not read or cannot be trusted about."""

    glimpses: dict[tuple[str, Match], Glimpse]
    skips: list[Skip]


class Whole(NamedTuple):
    """One object as git gave it."""

    name: str
    kind: str
    content: bytes

    @property
    def is_true(self) -> bool:
        """Whether the name is that of the content. git does not look when it only reads."""
        algorithm = hashlib.sha1 if len(self.name) == 40 else hashlib.sha256
        header = b"%s %d\0" % (self.kind.encode(), len(self.content))
        return algorithm(header + self.content, usedforsecurity=False).hexdigest() == self.name


def ask_git(git: CatFile, matcher: Matcher, census: Census, limit: int) -> Asked:
    """Reads every failed object of the census through git and adds what is found to the census.

    Blobs of more than `limit` bytes are scanned in pieces.
    """
    asked = Asked({}, [])
    for name, (kind, reason) in sorted(census.failures.items()):
        try:
            if reason == TOO_LARGE and kind == "blob":
                _scan_large(git, matcher, census, name, asked)
            else:
                _ask(git, matcher, census, name, reason, limit, asked)
        except (ObjectError, GitError) as error:
            asked.skips.append(Skip(f"{kind or 'object'} {name}", f"{reason}; git says: {error}"))
    return asked


def _ask(git: CatFile, matcher: Matcher, census: Census, name: str, reason: str, limit: int, asked: Asked) -> None:
    try:
        whole = Whole(name, *git.read(name, limit))
    except OversizedError as large:
        if large.kind == "blob":
            _scan_large(git, matcher, census, name, asked)
            if reason != TOO_LARGE:
                asked.skips.append(Skip(f"blob {name}", f"{reason}; too large to see whether git reads it well"))
            return
        whole = Whole(name, *git.read(name, max(limit, _LARGEST)))
    if not whole.is_true:
        asked.skips.append(Skip(f"{whole.kind} {name}", f"{reason}; what git reads is not the object of that name"))
        whole = whole._replace(kind="blob")
    _scan_whole(matcher, census, whole, asked)


def _scan_large(git: CatFile, matcher: Matcher, census: Census, name: str, asked: Asked) -> None:
    in_pieces = scan_pieces(matcher, lambda size, overlap: git.pieces(name, size, overlap))
    for match, glimpse in in_pieces.found.items():
        census.add_found(Found(name, "blob", False, match))
        asked.glimpses[name, match] = glimpse
    asked.skips.extend(Skip(f"object {name}", f"rule {rule} took too long on it") for rule in in_pieces.timeouts)
    census.objects += 1
    census.content += in_pieces.content
    census.scanned += in_pieces.scanned


def _scan_whole(matcher: Matcher, census: Census, whole: Whole, asked: Asked) -> None:
    name, kind, content = whole
    census.objects += 1
    census.content += len(content)
    for text, view in texts_of(kind, content):
        builder = SlabBuilder()
        builder.add_whole(0, text)
        confirmed = matcher.match(builder.take())
        for _, match in confirmed.matches:
            census.add_found(Found(name, kind, view, match))
        asked.skips.extend(Skip(f"object {name}", f"rule {rule} took too long on it") for _, rule in confirmed.timeouts)
    if kind == "commit":
        try:
            census.links[name] = read_links(content)
        except ValueError as error:
            asked.skips.append(Skip(f"commit {name}", str(error)))
    elif kind == "tree":
        entries = list(read_entries(content, len(name) // 2))
        census.trees[name] = [(entry.child.hex(), entry.name) for entry in entries]
        census.labels.update((entry.name, entry.child.hex()) for entry in entries)
