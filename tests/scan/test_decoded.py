"""Secrets in encoded text: found where they stand, and the same ones however a history is stored and read."""

from __future__ import annotations

import os
import random
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from keyguard.scan.decoded import DecodingConfirmer, seeking_rules
from keyguard.scan.files import FileScanner
from keyguard.scan.history import scan_history
from keyguard.scan.matcher import Matcher, open_matcher
from keyguard.sources.decode_triggers import DEEPEST, TRIGGERS, reach_at
from tests.repositories import Repo
from tests.scan.encodings import ENCODERS, token, versions

if TYPE_CHECKING:
    from pathlib import Path

    from keyguard.model import Location
    from keyguard.scan.options import ScanOptions

VERSIONS = 200 if os.environ.get("KEYGUARD_LARGE_TESTS") else 24
ENGINES = ("hyperscan", "portable")


@cache
def _matcher(options: ScanOptions) -> Matcher:
    return open_matcher(options)


def _found(options: ScanOptions, text: bytes) -> list[tuple[bytes, Location]]:
    matcher = _matcher(options)
    outcome = FileScanner(matcher, options.min_confidence, options.max_object).run_text("file", text)
    assert not outcome.skips
    return sorted((each.value, each.occurrence.location) for each in outcome.sightings)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", ENCODERS)
def test_finds_an_encoded_secret_at_its_place(name: str, engine: str, options: ScanOptions) -> None:
    encoded = ENCODERS[name](token())
    text = b"one line before\n" + encoded + b"\none behind\n"
    [(value, location)] = _found(options._replace(engine=engine), text)
    assert value == token()
    assert location.decoded
    assert 16 <= location.start < location.end <= 16 + len(encoded)
    assert location.line == text.count(b"\n", 0, location.start) + 1
    assert location.end - location.start >= len(token()) or "gzip" in location.decoded


@pytest.mark.parametrize("name", ENCODERS)
def test_decodes_nothing_where_that_is_not_wanted(name: str, options: ScanOptions) -> None:
    found = _found(options._replace(decode_depth=0), ENCODERS[name](token()))
    assert not [value for value, location in found if location.decoded or value == token()]


def test_the_depth_is_a_limit(options: ScanOptions) -> None:
    twice = ENCODERS["base64-twice"](token())
    assert _found(options._replace(decode_depth=1), twice) == []
    assert len(_found(options._replace(decode_depth=2), twice)) == 1


def test_a_place_is_that_of_the_signs_that_say_the_secret(options: ScanOptions) -> None:
    [(_, location)] = _found(options, b'h = "' + (b"token " + token()).hex().encode() + b'"')
    assert (location.start, location.end) == (5 + 12, 5 + 12 + 2 * len(token()))


def test_secrets_side_by_side_are_told_apart(options: ScanOptions) -> None:
    import gzip
    from base64 import b64encode

    both = token(1) + b"\n" + token(2)
    assert [value for value, _ in _found(options, b'"' + b64encode(both) + b'"')] == sorted([token(1), token(2)])
    packed = b'"' + b64encode(gzip.compress(both)) + b'"'
    assert [value for value, _ in _found(options, packed)] == sorted([token(1), token(2)])


def test_a_secret_in_plain_text_is_reported_once(options: ScanOptions) -> None:
    [(_, location)] = _found(options, b'{"secret": \\"' + token() + b'\\", "b": "\\u0041"}')
    assert not location.decoded


def test_what_is_found_deeper_depends_on_less() -> None:
    for depth in range(1, DEEPEST):
        inner, outer = reach_at(depth), reach_at(depth - 1)
        assert 2 * inner.back * 4 / 3 <= outer.back
        assert (2 * inner.back + inner.ahead) * 4 / 3 <= outer.ahead


def test_every_trigger_is_a_rule_for_the_engine() -> None:
    assert [rule.trigger for rule in seeking_rules()] == [trigger.pattern for trigger in TRIGGERS]


def test_a_matcher_decodes_only_where_asked(options: ScanOptions) -> None:
    assert isinstance(open_matcher(options).confirmer, DecodingConfirmer)
    assert not isinstance(open_matcher(options._replace(decode_depth=0)).confirmer, DecodingConfirmer)


# Histories.


def _report(repo: Repo, options: ScanOptions) -> list[tuple[Any, ...]]:
    report = scan_history(str(repo.path), options)
    assert report.complete
    return [(found.rule, found.secret.reveal(), found.occurrences) for found in report.findings]


@pytest.fixture(scope="module", params=range(2))
def history(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Repo:
    repo = Repo(tmp_path_factory.mktemp("encoded"), bare=True)
    stream = []
    for number, content in enumerate(versions(random.Random(request.param), VERSIONS)):
        stream.append(
            b"commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata 1\nm\n" % (1_700_000_000 + number)
            + b"M 100644 inline f%d\ndata %d\n%s\n" % (number, len(content), content)
        )
    repo.git("-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--force", stdin=b"".join(stream))
    repo.git("repack", "-adfq", "--window=60", "--depth=50")
    return repo


def test_a_history_is_read_the_same_by_deltas(history: Repo, options: ScanOptions) -> None:
    expected = _report(history, options._replace(delta=False))
    steps = {place.location.decoded for _, _, places in expected for place in places}
    assert len(steps) > 5
    assert _report(history, options) == expected
    assert _report(history, options._replace(slab=1_000, memory=10_000, jobs=2)) == expected
    assert _report(history, options._replace(engine="portable")) == expected


def test_a_history_says_what_scans_of_its_files_say(history: Repo, options: ScanOptions, tmp_path: Path) -> None:
    for name in history.git("ls-tree", "--name-only", "main").split():
        (tmp_path / name).write_bytes(bytes.fromhex(_hex(history, name)))
    matcher = open_matcher(options)
    paths = sorted(str(path).encode() for path in tmp_path.iterdir() if path.name.startswith("f"))
    alone = FileScanner(matcher, options.min_confidence, options.max_object).run(paths)
    expected = {(each.value, each.occurrence.location._replace(path=b"")) for each in alone.sightings}
    found = {
        (value, place.location._replace(path=b"")) for _, value, places in _report(history, options) for place in places
    }
    assert found == expected


def _hex(repo: Repo, name: str) -> str:
    import subprocess

    done = subprocess.run(
        ["git", "-C", str(repo.path), "cat-file", "blob", f"main:{name}"], capture_output=True, check=True
    )
    return done.stdout.hex()
