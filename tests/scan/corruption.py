"""Breaks small repositories at random, and judges what a scan makes of them.

The law: a scan that calls itself complete reports what it reported before the damage, and what git can still read is
scanned, or named as skipped.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import KeyguardError
from keyguard.scan import ScanOptions
from keyguard.scan.history import scan_history
from tests.repositories import Repo
from tests.scan.planting import Sight, sights, token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyguard.model import Report

FORMS = {
    "plain": (),
    "old index": ("-c", "pack.indexVersion=1"),
    "bases by name": ("-c", "repack.useDeltaBaseOffset=false"),
    "sha256": (),
}


class Victim(NamedTuple):
    """A repository with one pack: its bytes and its index's, which secrets each object holds, and a clean scan."""

    repo: Repo
    pack: Path
    pack_bytes: bytes
    index_bytes: bytes
    held: dict[str, set[bytes]]
    clean: dict[bytes, list[Sight]]


def make_victim(path: Path, options: ScanOptions, form: str = "plain") -> Victim:
    """A repository with versions of a few files, with secrets in each kind of object, in one pack."""
    repo = Repo(path, object_format="sha256" if form == "sha256" else "sha1")
    secrets = _fill(repo)
    repo.git(*FORMS[form], "repack", "-adfkq", "--depth=50", "--window=50")
    repo.git("prune-packed")
    pack = next((repo.git_dir / "objects" / "pack").glob("*.pack"))
    names = repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname)").split()
    contents = read_with_git(repo, names)
    held = {name: {secret for secret in secrets if secret in content} for name, content in contents.items()}
    report = scan_history(str(repo.path), options)
    clean = sights(report)
    assert report.complete
    assert secrets <= set(clean)
    for path in (pack, pack.with_suffix(".idx")):
        path.chmod(0o644)
    return Victim(repo, pack, pack.read_bytes(), pack.with_suffix(".idx").read_bytes(), held, clean)


def _fill(repo: Repo) -> set[bytes]:
    rng = random.Random(7)
    secrets = {token(f"version {version}") for version in range(0, 14, 2)} | {token("message"), token("tag")}
    lines = [b"%x" % rng.getrandbits(160) for _ in range(40)]
    secrets |= {token("old"), token("deep"), token("never named")}
    repo.commit(
        {"old.txt": b"key %b\n" % token("old"), "a/b/c/deep.env": b"K=%b\n" % token("deep"), "read.me": "hello\n"}
    )
    for version in range(14):
        lines[rng.randrange(len(lines))] = b"value %b" % token(f"version {version & ~1}")
        lines.insert(rng.randrange(len(lines)), b"%x" % rng.getrandbits(160))
        files = {"config/app.conf": b"\n".join(lines), f"config/part{version}.txt": b"%d\n" % version}
        message = f"use {token('message').decode()}" if version == 5 else f"change {version}"
        repo.commit({**files, "old.txt": None} if version == 3 else files, message)
    repo.tag("v1", f"key {token('tag').decode()}")
    repo.blob(b"\n".join([*lines, b"value %b" % token("never named")]))
    return secrets


def read_with_git(repo: Repo, names: list[str]) -> dict[str, bytes]:
    """The objects that git can read, each asked of a git of its own once git has died of one."""
    found: dict[str, bytes] = {}
    todo = list(names)
    while todo:
        answer = _ask(repo, todo)
        known = _parse(answer)
        found.update(known)
        # git ends at the first object that it cannot bear; it is the one after those that it answered for.
        answered = len(known) + answer.count(b" missing\n")
        todo = todo[answered + 1 :]
    return found


def _ask(repo: Repo, names: list[str]) -> bytes:
    command = ["git", "cat-file", "--batch"]
    asked = "".join(f"{name}\n" for name in names).encode()
    done = subprocess.run(command, cwd=repo.path, input=asked, capture_output=True, check=False, timeout=60)
    return done.stdout


def _parse(answer: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    at = 0
    while at < len(answer):
        head, newline, _ = answer[at : at + 200].partition(b"\n")
        fields = head.split()
        at += len(head) + 1
        if not newline or len(fields) != 3 or not fields[2].isdigit():
            continue
        size = int(fields[2])
        if at + size < len(answer):
            found[fields[0].decode()] = answer[at : at + size]
        at += size + 1
    return found


class Damage(NamedTuple):
    """The bytes to write in place of the pack's and the index's, and what was done to them."""

    pack_bytes: bytes
    index_bytes: bytes
    what: str


def damage(victim: Victim, seed: int) -> Damage:
    """One random damage, the same for the same seed."""
    rng = random.Random(seed)
    harm = rng.choice(_HARMS)
    if rng.random() < 0.7:
        return Damage(harm(victim.pack_bytes, rng), victim.index_bytes, f"pack {harm.__name__} {seed}")
    return Damage(victim.pack_bytes, harm(victim.index_bytes, rng), f"index {harm.__name__} {seed}")


def _bit(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def _bytes(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 20)):
        at = rng.randrange(len(data))
        data = data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    return data


def _cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.choice((rng.randrange(len(data)), rng.randrange(40), len(data) - rng.randrange(40)))]


def _hole(data: bytes, rng: random.Random) -> bytes:
    start = rng.randrange(len(data))
    size = min(rng.choice((1, 8, 100, 1000)), len(data) - start)
    return data[:start] + bytes([rng.choice((0, 255))]) * size + data[start + size :]


def _shift(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data))
    return (
        data[:at] + rng.randbytes(rng.randint(1, 9)) + data[at:] if rng.random() < 0.5 else data[:at] + data[at + 3 :]
    )


def _swap(data: bytes, rng: random.Random) -> bytes:
    size = rng.choice((4, 20, 100))
    first, second = (rng.randrange(max(1, len(data) - size)) for _ in range(2))
    copy = bytearray(data)
    copy[first : first + size], copy[second : second + size] = data[second : second + size], data[first : first + size]
    return bytes(copy[: len(data)])


_HARMS: tuple[Callable[[bytes, random.Random], bytes], ...] = (_bit, _bit, _bytes, _cut, _hole, _shift, _swap)


def inflict(victim: Victim, harm: Damage) -> None:
    """Writes the damaged files; a damage of nothing restores them."""
    victim.pack.write_bytes(harm.pack_bytes)
    victim.pack.with_suffix(".idx").write_bytes(harm.index_bytes)


def heal(victim: Victim) -> None:
    inflict(victim, Damage(victim.pack_bytes, victim.index_bytes, ""))
    shutil.rmtree(victim.repo.git_dir / "objects" / "info", ignore_errors=True)


def judge(victim: Victim, options: ScanOptions) -> str:
    """Scans; what is wrong with the outcome, or nothing."""
    try:
        report = scan_history(str(victim.repo.path), options)
    except KeyguardError as error:
        return f"the scan gave up: {error}"
    found = sights(report)
    if report.complete:
        return "" if found == victim.clean else f"complete, and yet {_difference(found, victim.clean)}"
    return _unseen(victim, report, set(found))


def _unseen(victim: Victim, report: Report, found: set[bytes]) -> str:
    """The objects that git reads as they were, with a secret that was neither found nor named."""
    told = " ".join(f"{skip.what} {skip.reason}" for skip in report.skipped)
    if f"{victim.pack.parent}" in told and "open" in told:
        return ""
    for name, content in read_with_git(victim.repo, list(victim.held)).items():
        held = {secret for secret in victim.held[name] if secret in content}
        if held - found and name not in told and str(victim.pack.with_suffix("")) not in told:
            return f"{name} is readable, its secret neither found nor is it named"
    for name, held in victim.held.items():
        if held - found and name not in told and str(victim.pack.with_suffix("")) not in told:
            return f"the secret of {name} is lost, and it is not named"
    return ""


def _difference(found: dict[bytes, list[Sight]], clean: dict[bytes, list[Sight]]) -> str:
    lost = [sight for secret, places in clean.items() for sight in places if sight not in found.get(secret, ())]
    new = [sight for secret, places in found.items() for sight in places if sight not in clean.get(secret, ())]
    return f"lost {lost[:2]} and new {new[:2]}"
