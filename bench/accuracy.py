#!/usr/bin/env python3
"""How much of what is labelled as secret is found, and how much of what is found is one: keyguard beside others.

    python bench/accuracy.py FOLDER --scorer FOLDER [--noise FOLDER ...] [--tool NAME ...]

FOLDER holds data/, meta/ and status.json; that of --scorer holds score.py and convert.py. keyguard is measured twice:
with judges that never saw the owner of a file they judge (the figure that counts), and as shipped (it has seen all).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from contenders import PROJECT, Contender, fill, missing, tree
from judge.trial import Told, cross_validate
from machine import cores, describe

_CONVERTED = ("kingfisher", "betterleaks", "gitleaks", "credsweeper")
_LINES = ("kingfisher", "betterleaks")  # what they write follows the name of the file
_OTHERS = (*_CONVERTED, "detect-secrets")


class Row(NamedTuple):
    """One line of the table; `seconds` 0 where a whole command was not timed."""

    name: str
    scores: Mapping[str, Any]
    seconds: float
    by_category: str = ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--scorer", type=Path, required=True)
    parser.add_argument("--noise", type=Path, nargs="*", default=[])
    parser.add_argument("--tool", nargs="*", choices=_OTHERS, default=[])
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--skip-validation", action="store_true", help="only whole commands; no training")
    parser.add_argument("--keep", type=Path, help="write what the cross-validation reports there, for score.py")
    given = parser.parse_args()
    root = given.folder.resolve()
    print(f"{describe()}\n")
    with tempfile.TemporaryDirectory() as scratch:
        bench = _Bench(root, given.scorer.resolve(), Path(scratch), given.keep)
        rows = [] if given.skip_validation else [bench.validated(given.folds)]
        print(*(row.scores for row in rows), file=sys.stderr, flush=True)
        rows.append(bench.shipped())
        rows += [bench.other(name) for name in given.tool]
        print_table(rows)
        for row in rows:
            if row.by_category:
                print(f"\n{row.name}, by category:\n\n{row.by_category}")
        if given.noise:
            print_noise(bench.findings([path.resolve() for path in given.noise]), given.noise)


class _Bench:
    def __init__(self, root: Path, scorer: Path, scratch: Path, keep: Path | None) -> None:
        self._root, self._scorer, self._scratch, self._keep = root, scorer, scratch, keep

    def validated(self, folds: int) -> Row:
        told = cross_validate(self._root, folds, cores())
        if self._keep:
            self._keep.write_text("".join(json.dumps(each._asdict()) + "\n" for each in told))
        return self._score(f"keyguard, cross-validated by owner ({folds} parts)", told, 0, categories=True)

    def shipped(self) -> Row:
        started = time.monotonic()
        found = self.findings([Path("data")])
        seconds = time.monotonic() - started
        told = [
            Told(place["path"], place["line"], place["end_line"], _standing(finding, place), finding["rule"])
            for finding in found
            for place in finding["occurrences"]
        ]
        return self._score("keyguard as shipped (has seen these rows)", told, seconds)

    def findings(self, targets: Sequence[Path]) -> list[dict[str, Any]]:
        """What the command reports at default settings."""
        report = self._scratch / "keyguard.jsonl"
        options = ["--no-git", "--config=", "-q", "-f", "jsonl", "--show-secrets", "-o", str(report)]
        command = [sys.executable, "-m", "keyguard", "scan", *options, *map(str, targets)]
        environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
        subprocess.run(command, cwd=self._root, env=environment, check=False)
        return [json.loads(line) for line in report.read_text().splitlines()]

    def other(self, name: str) -> Row:
        contender = next(one for one in tree(cores()) if one.name == name)
        if why := missing(contender):
            raise SystemExit(why)
        report = self._scratch / f"{name}.{'jsonl' if name in _LINES else 'json'}"
        places = {"{target}": "data", "{report}": str(report), "{list}": ""}
        started = time.monotonic()
        self._run(contender, places, report)
        seconds = time.monotonic() - started
        if name in _CONVERTED:
            converted = self._scratch / f"{name}.found"
            convert = [sys.executable, str(self._scorer / "convert.py"), name, str(report), str(converted)]
            subprocess.run(convert, check=True, stdout=subprocess.DEVNULL)
            return Row(name, self._scores(converted), seconds)
        return self._score(name, _of_detect_secrets(json.loads(report.read_text())), seconds)

    def _run(self, contender: Contender, places: Mapping[str, str], report: Path) -> None:
        command = [fill(word, places) for word in contender.command]
        with report.open("wb") if contender.stdout else open("/dev/null", "wb") as out:
            done = subprocess.run(command, cwd=self._root, check=False, stdout=out, stderr=subprocess.DEVNULL)
        if done.returncode not in contender.good:
            raise SystemExit(f"{contender.name} ended with {done.returncode}")

    def _score(self, name: str, told: Iterable[Told], seconds: float, *, categories: bool = False) -> Row:
        path = self._scratch / "told.jsonl"
        path.write_text("".join(json.dumps(each._asdict()) + "\n" for each in told))
        return Row(name, self._scores(path), seconds, self._categories(path) if categories else "")

    def _scores(self, path: Path) -> Mapping[str, Any]:
        scores: Mapping[str, Any] = json.loads(self._ask(path, "--json"))
        return scores

    def _categories(self, path: Path) -> str:
        lines = self._ask(path, "--by", "category", "--min", "10").splitlines()[2:]
        return "\n".join(f"    {line}" for line in lines)

    def _ask(self, path: Path, *options: str) -> str:
        command = [sys.executable, str(self._scorer / "score.py"), str(path), "--root", str(self._root), *options]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _standing(finding: Mapping[str, Any], place: Mapping[str, Any]) -> str:
    """The secret as it stands in the file; empty where it was decoded: then the scorer goes by the line."""
    return "" if place.get("decoded") else str(finding["secret"])


def _of_detect_secrets(report: Mapping[str, Any]) -> Iterable[Told]:
    """It tells lines, and hashes of values."""
    for file, secrets in report["results"].items():
        for each in secrets:
            path = file if file.startswith("data/") else f"data/{file}"
            yield Told(path, each["line_number"], each["line_number"], "", each["type"])


def print_table(rows: Iterable[Row]) -> None:
    print(
        "| tool | P* | R | F1* | P | F1 | true | false | unlabelled | wall |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    for name, scores, seconds, _ in rows:
        numbers = " | ".join(f"{scores[key]:.3f}" for key in ("Pstrict", "R", "F1strict", "P", "F1"))
        counts = " | ".join(f"{scores[key]:,}" for key in ("TP", "FP", "U"))
        print(f"| {name} | {numbers} | {counts} | {f'{seconds:.1f} s' if seconds else ''} |")


def print_noise(found: Sequence[Mapping[str, Any]], folders: Iterable[Path]) -> None:
    size = sum(path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file())
    print(f"\nBenign trees, {size / 1e6:.1f} MB: {len(found)} findings, {len(found) / size * 1e7:.2f} in 10 MB")
    for finding in found:
        place = finding["occurrences"][0]
        print(f"    {finding['rule']} {finding['confidence']} {place['path']}:{place['line']} {finding['masked']}")


if __name__ == "__main__":
    if not shutil.which("git"):
        raise SystemExit("git is needed")
    main()
