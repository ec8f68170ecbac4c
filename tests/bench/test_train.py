"""What the trainer makes of samples before it learns from them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "bench"))

from judge.boosting import WHOLE
from judge.samples import Sample
from judge.train import _weights

from keyguard.triage.locate import Span
from tests.triage.judge.scenes import scene_of


def _sample(owner: str, value: bytes) -> Sample:
    scene = scene_of(b'password = "<<%b>>"' % value)
    return Sample(scene, owner, "a.py", Span(1, 1, 1, 1), scene.rule, 1, ())


def test_repetition_and_large_owners_count_less() -> None:
    samples = [_sample("a", b"one")] * 4 + [_sample("a", b"two"), _sample("b", b"two")]
    repeated, *_, once, other = _weights(samples).tolist()
    assert repeated < once < other
    assert abs(sum(_weights(samples).tolist()) - WHOLE * len(samples)) < len(samples)
