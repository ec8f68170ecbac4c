"""The candidates of the labelled data, with their labels and the owner of the repository each is from."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from keyguard.engine import open_engine
from keyguard.providers.loader import builtin_files, parse_provider
from keyguard.scan.matcher import Matcher
from keyguard.sources.slabs import SlabBuilder
from keyguard.triage.judge.scene import Scene, make_scene
from keyguard.triage.locate import Span, locate
from keyguard.triage.resolve import resolve

_FILES = ("basicauth", "dburl", "generic")
# Rows of these categories alone are identifiers and no secrets; the scorer leaves them out.
_NO_SECRETS = frozenset(
    ("UUID", "AWS S3 Bucket", "Firebase Domain", "Tencent WeChat API App ID", "Nonce", "Salt", "Other")
)


class Sample(NamedTuple):
    """One candidate: `label` is 1 for a secret, 0 for none, -1 where the scorer does not look."""

    scene: Scene
    owner: str
    file: str
    span: Span
    rule: str
    label: int
    rows: tuple[int, ...]


class _Row(NamedTuple):
    number: int
    first: int
    last: int
    start: int
    end: int
    truth: str
    counts: bool


def owners(root: Path) -> dict[str, str]:
    """The owner (in small letters) of each folder under data/."""
    status = json.loads((root / "status.json").read_text())
    return {each["id"]: each["repo"].partition("/")[0].lower() for each in status.values()}


def read_samples(root: Path) -> list[Sample]:
    """All candidates under data/, in the order of files and places."""
    rows, owner = _rows(root), owners(root)
    matcher = _matcher()
    judged = {number: rule.id for number, rule in enumerate(matcher.rules) if rule.generic}
    out: list[Sample] = []
    for path in sorted(files(root)):
        content = (root / path).read_bytes()
        builder = SlabBuilder()
        builder.add_whole(0, content)
        matches = resolve(matcher.rules, [match for _, match in matcher.match(builder.take()).matches])
        mine = [match for match in matches if match.rule in judged]
        spans = locate(content, [(match.start, match.end) for match in mine])
        for match, span in zip(mine, spans):
            label, hit = _label(rows.get(path, ()), span)
            scene = make_scene(judged[match.rule], "file", path.encode(), content, match.start, match.end)
            out.append(Sample(scene, owner[path.split("/")[1]], path, span, judged[match.rule], label, hit))
    return out


def _matcher() -> Matcher:
    """Only the files with judged rules, so that a new provider does not change what is learned."""
    files = [parse_provider(path) for path in builtin_files() if path.stem in _FILES]
    rules = tuple(sorted((rule for file in files for rule in file.rules if rule.generic), key=lambda rule: rule.id))
    # Explaining, it leaves out nothing that an earlier judge would have seen no hope for.
    return Matcher(rules, open_engine(rules, cache=None, choice="auto"), explain=True)


def files(root: Path) -> Iterator[str]:
    """Paths below `root` of the files of data/ that the scorer looks at."""
    for folder, _, names in os.walk(root / "data"):
        for name in names:
            path = (Path(folder) / name).relative_to(root).as_posix()
            if not any(word in path.upper() for word in ("/COPYING", "/LICENSE", "/LICENCE")):
                yield path


def _rows(root: Path) -> dict[str, list[_Row]]:
    out: dict[str, list[_Row]] = defaultdict(list)
    for table in sorted((root / "meta").glob("*.csv")):
        with table.open(newline="") as stream:
            for row in csv.DictReader(stream):
                counts = not set(row["Category"].split(":")) <= _NO_SECRETS
                number, first, last = int(row["Id"]), int(row["LineStart"]), int(row["LineEnd"])
                start, end = int(row["ValueStart"] or -1), int(row["ValueEnd"] or -1)
                out[row["FilePath"]].append(_Row(number, first, last, start, end, row["GroundTruth"], counts))
    return out


def _label(rows: Sequence[_Row], span: Span) -> tuple[int, tuple[int, ...]]:
    """As score.py does: true where a true row is hit, untold where only such rows are that do not count."""
    hit = [row for row in rows if row.first <= span.end_line and span.line <= row.last and _meets(row, span)]
    true = [row for row in hit if row.truth == "T"]
    counted = tuple(row.number for row in true if row.counts)
    if counted:
        return 1, counted
    if true or (hit and not any(row.counts for row in hit)):
        return -1, ()
    return 0, ()


def _meets(row: _Row, span: Span) -> bool:
    if row.start < 0 or row.first != row.last or span.line != span.end_line:
        return True
    end = row.end if row.end > row.start else 1 << 30
    return span.column - 1 < end and row.start < span.end_column - 1
