"""Files that change all the time: what is found in deltas is what scanning each version on its own finds."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from keyguard.providers.loader import load_rules
from keyguard.providers.templates import expand
from keyguard.scan.history import scan_history
from keyguard.scan.tree import scan_tree
from tests.scan.planting import import_versions, token

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from keyguard.scan.options import ScanOptions
    from tests.repositories import Repo

    Comes = Callable[..., dict[bytes, int]]
    Spans = list[tuple[object, ...]]
    Facts = dict[tuple[str, bytes], tuple[int, bool, Spans]]

SEEDS = 4
BODY = "MIIB[A-Za-z0-9+/]{60}\n(?:[A-Za-z0-9+/]{64}\n){11}[A-Za-z0-9+/]{30}==\n"
PEM = f"{{secret:-----BEGIN RSA PRIVATE KEY-----\n{BODY}-----END RSA PRIVATE KEY-----}}"
KEY_ID = "{any:AKIA[A-Z2-7]{15}[A-DF-Z2-7]}"
KEY = "{secret:[A-Z][a-z][0-9][A-Za-z0-9]{36}[A-Za-z0-9]}"


@pytest.fixture
def comes(git_repo: Repo, tmp_path: Path, options: ScanOptions) -> Comes:
    """Commits versions of a file; gives the version that each secret of a rule comes with, after every way to scan them
    agreed on all that is in them."""

    def check(versions: Sequence[bytes], rule: str = "gitlab-personal-token") -> dict[bytes, int]:
        settings = _without_judge(options)
        stamps = import_versions(git_repo, "file.txt", versions)
        numbers = {stamp.commit: number for number, stamp in enumerate(stamps)}
        expected = _one_by_one(tmp_path / "versions", versions, settings)
        assert _in_history(git_repo.path, settings, numbers) == expected
        git_repo.repack()
        deltas = git_repo.git("verify-pack", "-s", *map(str, git_repo.git_dir.glob("objects/pack/*.idx")))
        assert "chain length = 1" in deltas
        assert _in_history(git_repo.path, settings, numbers) == expected
        assert _in_history(git_repo.path, settings._replace(memory=1), numbers) == expected
        return {value: number for (by, value), (number, _, _) in expected.items() if by == rule}

    return check


def _without_judge(options: ScanOptions) -> ScanOptions:
    """Judged rules look at the path too, which differs between a history and a folder of its versions."""
    judged = tuple(rule.id for rule in load_rules(cache=options.cache).rules if rule.generic)
    return options._replace(disabled=judged)


def _one_by_one(folder: Path, versions: Sequence[bytes], options: ScanOptions) -> Facts:
    """By rule and secret: the first version that has it, whether the last one does, and its places in the first."""
    folder.mkdir()
    for number, content in enumerate(versions):
        (folder / f"{number:05}").write_bytes(content)
    found: Facts = {}
    for finding in scan_tree([folder], options._replace(use_git=False)).findings:
        places = [(int(each.location.path[-5:]), tuple(each.location[2:])) for each in finding.occurrences]
        first, last = min(places)[0], max(places)[0]
        spans = sorted(span for number, span in places if number == first)
        found[finding.rule, finding.secret.reveal()] = (first, last == len(versions) - 1, spans)
    return found


def _in_history(path: Path, options: ScanOptions, numbers: dict[str, int]) -> Facts:
    report = scan_history(str(path), options)
    assert not report.skipped
    found: Facts = {}
    for finding in report.findings:
        (commit,) = {each.provenance.commit for each in finding.occurrences if each.provenance}
        (state,) = {each.provenance.state for each in finding.occurrences if each.provenance}
        spans = sorted(tuple(each.location[2:]) for each in finding.occurrences)
        found[finding.rule, finding.secret.reveal()] = (numbers[commit], state == "head", spans)
    return found


def _expanded(template: str, seed: int = 1) -> bytes:
    return expand(template, seed).text


def _filler(count: int, seed: int = 1) -> list[bytes]:
    rng = random.Random(seed)
    return [b"line %d says %d and then goes on" % (number, rng.randrange(10**9)) for number in range(count)]


def _blocks() -> list[list[bytes]]:
    """What may come into a file: tokens, key pairs on two lines, private keys on many."""
    tokens = [[b"value " + token(str(number))] for number in range(12)]
    pairs = [[b"id = " + _expanded(KEY_ID, seed), b"secret = " + _expanded(KEY, seed)] for seed in range(6)]
    return tokens + pairs + [_expanded(PEM, seed).split(b"\n") for seed in range(4)]


def _edit(lines: list[bytes], blocks: list[list[bytes]], rng: random.Random) -> None:
    """One change as people make them, and as makes a token come, go, move, break and heal."""
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    block = rng.choice(blocks)
    line = lines[at]
    cut = rng.randrange(len(line) + 1)
    change = rng.randrange(8)
    if change == 0:
        lines[at:at] = block
    elif change == 1:
        lines[at] = line[:cut] + rng.choice([b" ", b"x", b"-", block[0], b'"%b"' % block[-1]]) + line[cut:]
    elif change == 2:
        lines[at] = line[:cut] + line[cut + 1 :]
    elif change == 3 and len(lines) > 30:
        del lines[at]
    elif change == 4:
        lines[at:at] = lines[other : other + rng.randrange(6)]
    elif change == 5:
        lines.insert(other, lines.pop(at))
    elif change == 6:
        lines[at : at + 2] = [b"".join(lines[at : at + 2])]
    else:
        lines[at : at + 1] = [line[:cut], line[cut:]]


@pytest.mark.parametrize("seed", range(SEEDS))
@pytest.mark.parametrize(("count", "joint"), [(60, b"\n"), (400, b"\n"), (300, b","), (60, b"\r\n")])
def test_random_edits(seed: int, count: int, joint: bytes, comes: Comes) -> None:
    """With a comma between them all lines are one, longer than any window."""
    rng = random.Random(f"{seed} {count} {joint!r}")
    lines, blocks = _filler(count, seed), _blocks()
    versions = [joint.join(lines)]
    for _ in range(60):
        for _ in range(rng.randrange(1, 4)):
            _edit(lines, blocks, rng)
        versions.append(joint.join(lines))
    assert comes(versions)


def test_token_comes_and_goes(comes: Comes) -> None:
    lines = _filler(200)
    versions = []
    for number in range(80):
        lines[number] = b"edited " + lines[number]
        here = [b"value " + token("a")] if number % 3 == 1 else []
        late = [b"value " + token("b")] if number == 79 else []
        once = [b"value " + token("c")] if number == 40 else []
        versions.append(b"\n".join([*lines[:100], *here, *lines[100:150], *late, *once, *lines[150:]]))
    assert comes(versions) == {token("a"): 1, token("b"): 79, token("c"): 40}


def test_token_put_together_from_two_ends(comes: Comes) -> None:
    """No version but one holds it whole, and there it is all copied."""
    secret, lines = token("a"), b"\n".join(_filler(100))
    halves = b"one %b\ntwo %b\n" % (secret[:13], b"-" + secret[13:])
    whole = b"one %b%b\n" % (secret[:13], secret[13:])
    assert comes([lines + b"\n" + halves, lines + b"\n" + whole, lines + b"\n" + halves + b"x"]) == {secret: 1}


def test_change_next_to_a_token(comes: Comes) -> None:
    """One byte before or after it decides, and the token itself is copied."""
    secret, lines = token("a"), b"\n".join(_filler(100))
    ends = [(b"x", b""), (b"", b"x"), (b"x", b"x"), (b"", b""), (b"x", b"y")]
    assert comes([lines + b"\nkey " + left + secret + right + b"\n" + lines for left, right in ends]) == {secret: 3}


def test_private_key_in_changing_surroundings(comes: Comes) -> None:
    lines, key = _filler(120), _expanded(PEM)
    versions = [b"\n".join(lines)]
    for number in range(40):
        lines[60 - number] = b"before %d" % number
        lines[60 + number] = b"after %d" % number
        versions.append(b"\n".join([*lines[:60], key, *lines[60:]]))
    assert comes(versions, "privatekey-pem") == {key: 1}


def test_private_key_that_changes(comes: Comes) -> None:
    """A line of it, its head, its end: each makes it another key or none."""
    first, second = _expanded(PEM, 1), _expanded(PEM, 2)
    rows, other = first.split(b"\n"), second.split(b"\n")
    mixed = b"\n".join([*rows[:5], other[5], *rows[6:]])
    versions = [
        first.replace(b"BEGIN RSA PRIVATE KEY", b"BEGIN THE KEY"),
        first.replace(b"BEGIN RSA", b"BEGIN DSA"),
        first,
        mixed,
        first,
        b"\n".join([rows[0], *rows[3:]]),
        second,
    ]
    filler = b"\n".join(_filler(300))
    found = comes([filler + b"\n" + version + b"\n" + filler for version in versions], "privatekey-pem")
    assert (found[first], found[mixed], found[second]) == (2, 3, 6)


def test_private_key_far_from_the_change(comes: Comes) -> None:
    """The end of the key moves out of the reach of its head, and back."""
    rows = _expanded(PEM).split(b"\n")
    gaps = [0, 40, 400, 40, 0]
    filler = b"\n".join(_filler(100))
    versions = [b"\n".join([filler, *rows[:8], *[b"=" * 64] * gap, *rows[8:], filler]) for gap in gaps]
    assert b"\n".join(rows) in comes(versions, "privatekey-pem")


def test_key_pair_of_which_one_line_changes(comes: Comes) -> None:
    ids = [_expanded(KEY_ID, seed) for seed in range(3)]
    keys = [_expanded(KEY, seed) for seed in range(3)]
    pairs = [(ids[0], b""), (ids[0], keys[0]), (ids[0], keys[1]), (ids[1], keys[1]), (b"", keys[2]), (ids[2], keys[2])]
    filler = b"\n".join(_filler(100))
    versions = [b"%b\n[default]\nid = %b\nsecret = %b\n%b" % (filler, *pair, filler) for pair in pairs]
    assert comes(versions, "aws-access-key") == {keys[0]: 1, keys[1]: 2, keys[2]: 5}


def test_key_pair_with_lines_between(comes: Comes) -> None:
    """The name that makes it a secret key, the distance, and the key change on their own."""
    key_id, key = _expanded(KEY_ID), _expanded(KEY)
    filler = b"\n".join(_filler(100))
    between = [b"nothing", b"region = x\n" * 60 + b"secret", b"region = x\n" * 5 + b"secret", b"secret"]
    versions = [b"%b\nid = %b\n%b = %b\n%b" % (filler, key_id, words, key, filler) for words in between]
    assert comes(versions, "aws-access-key") == {key: 2}
