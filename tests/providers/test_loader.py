"""Loading rules: ids that meet, and a cache that is believed only while it is true."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.model.rule import RuleSet
from keyguard.providers.loader import builtin_files, load_rules
from keyguard.providers.rulecache import RuleCache
from tests.providers.files import provider_file

_PLAIN_START = """
import sys
from keyguard.providers.loader import load_rules
load_rules(cache=sys.argv[1])
parsers = {"json", "pathlib", "tomllib", "tomli", "regex", "re._parser", "keyguard.providers.syntax"}
print(*sorted(parsers & set(sys.modules) - before))
"""


def test_a_provider_that_exists_already(tmp_path: Path) -> None:
    taken = builtin_files()[0].stem
    with pytest.raises(RuleError, match=f"provider id '{taken}' is used by"):
        load_rules([provider_file(tmp_path, taken)])


def test_rule_ids_that_meet(tmp_path: Path) -> None:
    first = provider_file(tmp_path, "acme", id='"acme-cloud-key"')
    with pytest.raises(RuleError, match="rule id 'acme-cloud-key' is used by"):
        load_rules([first, provider_file(tmp_path, "acme-cloud")])


def test_a_wrong_file_of_the_user(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="upper bound"):
        load_rules([provider_file(tmp_path, pattern="'acme_a*'")], cache=tmp_path / "cache")


def test_all_files_are_loaded_in_the_order_of_ids(tmp_path: Path) -> None:
    rules = load_rules([provider_file(tmp_path, "zz-acme"), provider_file(tmp_path, "aa-acme")])
    assert [rule.id for rule in rules.rules] == sorted(rule.id for rule in rules.rules)
    assert [each.id for each in rules.providers] == sorted(
        ["aa-acme", "zz-acme", *(path.stem for path in builtin_files())]
    )


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    provider_file(tmp_path)
    (tmp_path / "notes.txt").write_text("no rules")
    assert _ids(load_rules([tmp_path])) - _ids(load_rules()) == {"acme-key"}


def test_the_cache_gives_the_same_rules(tmp_path: Path) -> None:
    extra, cache = [provider_file(tmp_path)], tmp_path / "cache"
    first = load_rules(extra, cache=cache)
    assert load_rules(extra, cache=cache) == first == load_rules(extra)
    assert repr(load_rules(extra, cache=cache)) == repr(first)


def test_the_cache_is_read(tmp_path: Path) -> None:
    first = load_rules(cache=tmp_path)
    cache = RuleCache(tmp_path, str(builtin_files()[0].parent), ())
    cache.write(first._replace(rules=first.rules[:1]))
    assert load_rules(cache=tmp_path).rules == first.rules[:1]


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path, cache = provider_file(tmp_path), tmp_path / "cache"
    load_rules([path], cache=cache)
    provider_file(tmp_path, id='"acme-new"')
    assert "acme-new" in _ids(load_rules([path], cache=cache))
    status = path.stat()
    provider_file(tmp_path, id='"acme-old"')
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    assert "acme-old" in _ids(load_rules([path], cache=cache))


@pytest.mark.parametrize("keep", [0, 3, 4, 100, -1])
@pytest.mark.parametrize("more", [b"", b"\xff"])
def test_a_damaged_cache_is_made_again(tmp_path: Path, keep: int, more: bytes) -> None:
    first = load_rules(cache=tmp_path)
    (kept,) = tmp_path.glob("rules-*")
    good = kept.read_bytes()
    kept.write_bytes(good[:keep] + more)
    assert load_rules(cache=tmp_path) == first
    assert kept.read_bytes() == good


def test_a_cache_of_other_nouns_is_made_again(tmp_path: Path) -> None:
    first = load_rules(cache=tmp_path)
    cache = RuleCache(tmp_path, str(builtin_files()[0].parent), ())
    cache.write(first._replace(providers=((*first.providers[0], "one more"),)))  # type: ignore[arg-type] # as it says
    assert load_rules(cache=tmp_path) == first


def test_a_cache_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("in the way")
    assert load_rules(cache=place / "cache") == load_rules()


def test_the_cached_start_imports_no_parser(tmp_path: Path) -> None:
    load_rules(cache=tmp_path)
    script = "import sys; import typing; before = set(sys.modules)" + _PLAIN_START
    command = [sys.executable, "-c", script, str(tmp_path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    assert run.stdout.strip() == ""


def _ids(rules: RuleSet) -> set[str]:
    return {rule.id for rule in rules.rules}
