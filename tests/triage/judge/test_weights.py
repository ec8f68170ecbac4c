from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.triage.judge.features import GLANCE, NAMES
from keyguard.triage.judge.weights import PLACE, read_weights, write_weights


def test_the_file_is_small_and_written_back_as_it_is(tmp_path: Path) -> None:
    write_weights(read_weights(), tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == Path(PLACE).read_bytes()
    assert Path(PLACE).stat().st_size < 1_000_000


def test_trees_ask_for_what_is_measured() -> None:
    forest = read_weights().forest
    for number, tree in enumerate(forest.trees):
        assert max(tree.feature) < (GLANCE if number < forest.stops[-1].trees else len(NAMES))
        assert len(tree.feature) == len(tree.limit) == len(tree.left) == len(tree.value)
        assert all(node < child < len(tree.left) - 1 for node, child in enumerate(tree.left) if tree.feature[node] >= 0)


def test_a_file_of_another_version_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "weights.json"
    other.write_text(Path(PLACE).read_text().replace(f'"features":{len(NAMES)},', '"features":3,'))
    with pytest.raises(ValueError, match="not of this version"):
        read_weights(other)
