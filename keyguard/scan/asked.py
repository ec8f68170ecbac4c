"""Asks git for the objects that could not be read here, and scans them whole or in pieces."""

from __future__ import annotations

from typing import NamedTuple

from keyguard.errors import GitError, ObjectError
from keyguard.git.catfile import CatFile
from keyguard.model import Skip
from keyguard.odb.commits import read_links
from keyguard.odb.delta import TOO_LARGE
from keyguard.odb.trees import read_entries
from keyguard.scan.census import Census
from keyguard.scan.matcher import Matcher
from keyguard.scan.objects import Found, texts_of
from keyguard.scan.pieces import PIECE, scan_pieces
from keyguard.sources.slabs import SlabBuilder
from keyguard.triage.confirm import Match
from keyguard.triage.locate import Span


class Asked(NamedTuple):
    """Contents of small objects that only git could read, places of matches in large ones, and what git could not read."""

    contents: dict[str, bytes]
    spans: dict[tuple[str, Match], Span]
    skips: list[Skip]


def ask_git(git: CatFile, matcher: Matcher, census: Census, hash_size: int) -> Asked:
    """Reads every failed object of the census through git and adds what is found to the census."""
    asked = Asked({}, {}, [])
    for name, (kind, reason) in sorted(census.failures.items()):
        try:
            if reason == TOO_LARGE:
                _scan_large(git, matcher, census, name, asked)
            else:
                kind, content = git.read(name)
                _scan_small(matcher, census, Whole(name, kind, content), hash_size, asked)
        except (ObjectError, GitError) as error:
            what = f"{kind or 'object'} {name}"
            asked.skips.append(Skip(what, f"{reason}; git says: {error}"))
    return asked


class Whole(NamedTuple):
    name: str
    kind: str
    content: bytes


def _scan_large(git: CatFile, matcher: Matcher, census: Census, name: str, asked: Asked) -> None:
    found = scan_pieces(matcher, git.pieces(name, PIECE, matcher.confirmer.overlap))
    for match, span in found.items():
        census.add_found(Found(name, "blob", False, match))
        asked.spans[name, match] = span
    census.objects += 1


def _scan_small(matcher: Matcher, census: Census, whole: Whole, hash_size: int, asked: Asked) -> None:
    name, kind, content = whole
    asked.contents[name] = content
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
        census.links[name] = read_links(content)
    elif kind == "tree":
        entries = list(read_entries(content, hash_size))
        census.trees[name] = [(entry.child.hex(), entry.name) for entry in entries]
        census.labels.update((entry.name, entry.child.hex()) for entry in entries)
