from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING
from zlib import crc32

import pytest

from keyguard.engine import vector
from keyguard.engine.vector import VectorEngine
from keyguard.errors import RuleError
from tests.rules import make_rule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

RULES = [make_rule("tok_[a-z]{4}"), make_rule("ghp_[0-9]{3}")]
TEXT = b"tok_abcd\nghp_1234"


def _database(cache: Path) -> Path:
    (place,) = cache.iterdir()
    return place


def _ends(engine: VectorEngine) -> list[tuple[int, int]]:
    hits = engine.scan(TEXT)
    return sorted(zip(hits.rules, hits.ends))


KEY = vector._key([rule.trigger.encode() for rule in RULES])
HEAD = len(KEY) + 4


def _sealed(packed: bytes) -> bytes:
    return KEY + crc32(packed).to_bytes(4, "big") + packed


def _other_machine(data: bytes) -> bytes:
    """The same database, for a processor with features that none has (the platform is in bytes 12 to 20)."""
    return _sealed(data[HEAD : HEAD + 12] + b"\xff" * 8 + data[HEAD + 20 :])


def _other_version(data: bytes) -> bytes:
    return _sealed(data[HEAD : HEAD + 4] + b"\1\1\1\1" + data[HEAD + 8 :])


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda data: data[:-9],
    "one byte": lambda _: b"x",
    "another byte": lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:],
    "no database": lambda _: _sealed(b"junk"),
    "only its head": lambda _: _sealed(b""),
    "another key": lambda data: b"x" + data[1:],
    "another machine's": _other_machine,
    "another version's": _other_version,
}


def test_a_trigger_that_hyperscan_refuses_is_an_error() -> None:
    with pytest.raises(RuleError, match="Hyperscan cannot compile the triggers"):
        VectorEngine([make_rule("abcd")._replace(trigger="(?=abcd)")])


def test_without_a_cache_nothing_is_kept(tmp_path: Path) -> None:
    assert _ends(VectorEngine(RULES)) == [(0, 8), (1, 16)]
    assert not list(tmp_path.iterdir())


def test_every_end_is_reported() -> None:
    hits = VectorEngine([make_rule("a{2,4}b{0,2}")]).scan(b"aaaabb")
    assert hits.ends == [2, 3, 4, 5, 6]


def test_the_database_is_kept_for_the_user_alone_and_read_back(tmp_path: Path) -> None:
    cache = tmp_path / "made" / "here"
    VectorEngine(RULES, cache)
    place = _database(cache)
    before = place.stat()
    if os.name == "posix":
        assert stat.S_IMODE(before.st_mode) == 0o600
        assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert _ends(VectorEngine(RULES, cache)) == [(0, 8), (1, 16)]
    assert _database(cache).stat().st_mtime_ns == before.st_mtime_ns


def test_other_rules_have_another_database(tmp_path: Path) -> None:
    VectorEngine(RULES, tmp_path)
    assert _ends(VectorEngine(RULES[1:], tmp_path)) == [(0, 16)]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("way", BROKEN)
def test_a_database_of_no_use_is_made_again_without_a_word(
    tmp_path: Path, way: str, capfd: pytest.CaptureFixture[str]
) -> None:
    VectorEngine(RULES, tmp_path)
    place = _database(tmp_path)
    good = place.read_bytes()
    place.write_bytes(BROKEN[way](good))
    assert _ends(VectorEngine(RULES, tmp_path)) == [(0, 8), (1, 16)]
    assert len(place.read_bytes()) == len(good)
    assert place.read_bytes() == _sealed(place.read_bytes()[HEAD:])
    assert capfd.readouterr() == ("", "")


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert _ends(VectorEngine(RULES, tmp_path / "file" / "cache")) == [(0, 8), (1, 16)]
