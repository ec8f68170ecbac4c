"""Random damage to small packs; `bench/corruptions.py` does more of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.caging import enclose
from tests.scan.corruption import FORMS, Victim, damage, heal, inflict, judge, make_victim

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keyguard.scan import ScanOptions


@pytest.fixture(scope="module", params=FORMS)
def victim(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, options: ScanOptions
) -> Iterator[Victim]:
    with pytest.MonkeyPatch.context() as patch:
        enclose(tmp_path_factory.mktemp("home"), tmp_path_factory.getbasetemp(), patch)
        yield make_victim(tmp_path_factory.mktemp("victim"), options, request.param)


@pytest.mark.parametrize("seeds", [range(start, start + 10) for start in range(0, 40, 10)], ids=str)
def test_what_is_complete_is_right_and_what_is_not_is_named(victim: Victim, options: ScanOptions, seeds: range) -> None:
    wrong = {}
    for seed in seeds:
        harm = damage(victim, seed)
        inflict(victim, harm)
        wrong[harm.what] = judge(victim, options)
    heal(victim)
    assert {what: why for what, why in wrong.items() if why} == {}
    assert judge(victim, options) == ""
