"""Outcomes as Markdown, and their place in RESULTS.md."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from pairs import Outcome

RESULTS: Final = Path(__file__).with_name("RESULTS.md")
PREFACE: Final = """# Results

Written by `history.py`, `tree.py` and `hook.py`; a section is replaced when its benchmark runs again. Times are of
whole commands (start to exit), caches warm, network checks off: median, then least to most. Each contender ran in turn
with keyguard (A B A B …): "× keyguard" is its wall time over keyguard's, pair by pair; above 1, keyguard was faster. MB
(10⁶ bytes): "process" is the largest process at its peak, "all" is every process together (proportional set size,
sampled in the warm-up). Findings are counted as each tool counts them, some by place and some by secret; nobody judged
them here.
"""
HEADS: Final = ("", "runs", "wall s", "user+sys s", "× keyguard", "MB process", "MB all", "findings")


def section(title: str, facts: Sequence[str], outcomes: Sequence[Outcome], versions: Sequence[str]) -> str:
    """One benchmark of one target. `facts` are lines about machine and target."""
    timed = [one for one in outcomes if not one.trouble]
    parts = [f"## {title}\n", *(f"{fact}  " for fact in facts), "", *_table([HEADS, *map(_row, timed)])]
    remarks = [f"* not measured: {one.contender.name}: {one.trouble}" for one in outcomes if one.trouble]
    remarks += [f"* {one.contender.name}: {one.remark}" for one in timed if one.remark]
    remarks += [f"* {one.contender.name}: {one.contender.note}" for one in timed if one.contender.note]
    parts += ["", *remarks, ""] if remarks else [""]
    parts += [f"Versions: {'; '.join(versions)}.", "", "```"]
    parts += [*(one.contender.shown for one in timed), "```", ""]
    return "\n".join(parts)


def replace(text: str, added: str) -> str:
    """`text` with the section of the same heading replaced, or with a new one at its end."""
    heading = added.partition("\n")[0]
    first, *sections = (text or PREFACE).split("\n## ")
    held = {f"## {part.partition(chr(10))[0]}": f"## {part.strip()}\n" for part in sections}
    held[heading] = f"{added.strip()}\n"
    return "\n".join([PREFACE if first else first, *held.values()])


def write(added: str, file: Path) -> None:
    """Put a section into `file`."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    file.write_text(replace(text, added), encoding="utf-8")


def _row(outcome: Outcome) -> tuple[str, ...]:
    samples = outcome.samples
    return (
        outcome.contender.name,
        str(len(samples)),
        _spread([one.wall for one in samples]),
        _spread([one.cpu for one in samples]),
        _spread(outcome.ratios),
        _size(max((one.peak for one in samples), default=0)),
        _size(outcome.tree),
        "-" if outcome.findings is None else str(outcome.findings),
    )


def _spread(values: Sequence[float]) -> str:
    if not values:
        return "-"
    digits = 3 if median(values) < 1 else 2 if median(values) < 100 else 1
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}-{max(values):.{digits}f})"


def _size(kib: int) -> str:
    return f"{kib * 1024 / 1e6:.0f}" if kib else "-"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return [lines[0], rule, *lines[1:]]
