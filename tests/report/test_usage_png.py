from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from keyguard.errors import KeyguardError
from keyguard.model.usage_report import UsageReport
from keyguard.report.usage_png import write_png
from tests.report.usage_sample import Stream, empty_report, usage_report


def drawn(report: UsageReport) -> bytes:
    pytest.importorskip("matplotlib", reason="the extra png is not installed")
    out = Stream()
    write_png(report, out)
    return out.kept.getvalue()


def test_without_matplotlib_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(KeyguardError) as caught:
        write_png(usage_report(), Stream())
    assert 'pip install "keyguard[png]"' in caught.value.hint


@pytest.mark.parametrize("report", [empty_report(), usage_report()], ids=["empty", "full"])
def test_it_is_a_picture(report: UsageReport) -> None:
    picture = drawn(report)
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width == 1200
    assert height > (1000 if report.accounts else 30)


def test_it_says_nothing_of_this_machine() -> None:
    picture = drawn(usage_report())
    assert b"matplotlib" not in picture
    assert str(Path.home()).encode() not in picture


def test_the_settings_of_others_stay_as_they_were() -> None:
    mpl = pytest.importorskip("matplotlib", reason="the extra png is not installed")
    before = dict(mpl.rcParams)
    drawn(usage_report())
    assert dict(mpl.rcParams) == before


def test_more_charts_than_fit_are_counted() -> None:
    report = usage_report()
    account = report.accounts[0]
    spending = account.spendings[0]
    many = account._replace(spendings=(spending._replace(parts=spending.parts[1:] * 50),))
    picture = drawn(report._replace(accounts=(many,)))
    (height,) = struct.unpack(">I", picture[20:24])
    assert height < 4000
