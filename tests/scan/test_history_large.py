"""Files over the size limit are read to the end, in pieces, and what lies across two of them is found once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from keyguard.scan.history import scan_history
from keyguard.scan.matcher import open_matcher
from keyguard.scan.pieces import PIECE
from keyguard.scan.tree import scan_tree
from tests.scan.planting import Garden, import_versions, sights, text, token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.model import Report
    from keyguard.scan.options import ScanOptions
    from tests.repositories import Repo

LINE = b"%b\n" % (b"0123456 " * 16)[:-2]
WIDE = "\U0001f511" * 20 + "\u9375 some words\n"
SIZE = 100 << 20


def _borders(options: ScanOptions, unit: int = 1) -> list[int]:
    """Offsets at which pieces begin and end."""
    overlap = open_matcher(options).confirmer.overlap
    starts = [number * (PIECE - unit * overlap) for number in range(1, SIZE // PIECE)]
    return sorted({*starts, *(start + PIECE for start in starts)})


def _spread(line: bytes, secrets: Sequence[bytes], offsets: Sequence[int], size: int) -> tuple[bytes, list[int]]:
    """Lines up to a size, of which those at the offsets hold secrets; and the numbers of these lines."""
    lines = [line] * (size // len(line))
    numbers = [offset // len(line) for offset in offsets]
    for number, secret in zip(numbers, secrets, strict=True):
        lines[number] = secret
    return b"".join(lines), [number + 1 for number in numbers]


def _places(report: Report) -> dict[bytes, list[tuple[int, int]]]:
    assert not report.skipped
    return {
        finding.secret.reveal(): [(each.location.line, each.location.column) for each in finding.occurrences]
        for finding in report.findings
    }


def test_hundred_megabytes(git_repo: Repo, options: ScanOptions) -> None:
    """Secrets at the start, the end, and every few bytes around the borders of pieces."""
    offsets = [0, SIZE - 2 * len(LINE)]
    for border in _borders(options):
        offsets += [border + shift * len(LINE) for shift in (-2, -1, 0, 1, 2)]
    offsets = sorted({min(offset, SIZE - 2 * len(LINE)) for offset in offsets})
    secrets = [token(str(offset)) for offset in offsets]
    rows = [b"%b %b" % (b"-" * (number * 13 % 90), secret) for number, secret in enumerate(secrets)]
    rows = [row.ljust(len(LINE) - 1) + b"\n" for row in rows]
    content, numbers = _spread(LINE, rows, offsets, SIZE)
    expected = {
        secret: [(number, row.index(b"glpat") + 1)] for secret, row, number in zip(secrets, rows, numbers, strict=True)
    }
    stamp = Garden(git_repo).commit({"large.txt": content})
    report = scan_history(str(git_repo.path), options)
    assert _places(report) == expected
    assert {(place.commit, place.path, place.state) for places in sights(report).values() for place in places} == {
        (stamp.commit, b"large.txt", "head")
    }
    assert _places(scan_tree([git_repo.path / "large.txt"], options)) == expected


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_wide_characters_in_pieces(coding: str, git_repo: Repo, options: ScanOptions) -> None:
    """Cuts fall between the two halves of a character."""
    line = WIDE.encode(coding)
    size, limit = 3 * PIECE, 1 << 20
    offsets = sorted({0, size - 2 * len(line), *(border for border in _borders(options, 2) if border < size - 99)})
    secrets = [token(str(offset)) for offset in offsets]
    rows = [f"\U0001f511 {secret.decode()}\n".encode(coding) for secret in secrets]
    content, numbers = _spread(line, rows, offsets, size)
    git_repo.commit({"large.txt": content})
    expected = {secret: [(number, 3)] for secret, number in zip(secrets, numbers, strict=True)}
    report = scan_history(str(git_repo.path), options._replace(max_object=limit))
    assert _places(report) == expected
    for finding in report.findings:
        location = finding.occurrences[0].location
        assert content[location.start : location.end].decode(coding).encode() == finding.secret.reveal()


def test_versions_over_the_limit(git_repo: Repo, options: ScanOptions) -> None:
    """Deltas against a base that is too large to be held: some results are, some are not."""
    large, limit = b"".join(b"line %d of it\n" % number for number in range(20_000)), 100_000
    versions = [
        large + text("one"),
        text("two") + large,
        large[:50_000] + text("three"),
        large[:60_000] + text("four") + large[60_000:],
        large[:1000],
    ]
    stamps = import_versions(git_repo, "file.txt", versions)
    small = options._replace(max_object=limit)
    found = sights(scan_history(str(git_repo.path), small))
    assert {value: [place.commit for place in places] for value, places in found.items()} == {
        token(name): [stamp.commit] for name, stamp in zip(("one", "two", "three", "four"), stamps, strict=False)
    }
    assert found == sights(scan_history(str(git_repo.path), options))
    git_repo.repack()
    assert found == sights(scan_history(str(git_repo.path), small))
    assert found == sights(scan_history(str(git_repo.path), small._replace(delta=False)))


def test_messages_and_trees_over_the_limit(git_repo: Repo, options: ScanOptions) -> None:
    garden = Garden(git_repo)
    files = {f"folder/{number}.txt": f"{number}" for number in range(60)}
    names = {f"folder/{token('name').decode()}.txt": text("file")}
    body = "\n".join(f"line {number}" for number in range(2000))
    stamp = garden.commit({**files, **names}, f"subject\n\n{body}\n{token('message').decode()}")
    found = sights(scan_history(str(git_repo.path), options._replace(max_object=1000)))
    assert {value: [(place.kind, place.commit) for place in places] for value, places in found.items()} == {
        token("name"): [("path", stamp.commit)],
        token("file"): [("file", stamp.commit)],
        token("message"): [("commit", stamp.commit)],
    }
    git_repo.repack()
    assert sights(scan_history(str(git_repo.path), options._replace(max_object=1000))) == found
