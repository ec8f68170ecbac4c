from __future__ import annotations

from keyguard.triage.judge.features import GLANCE, NAMES, Gauge
from keyguard.triage.judge.weights import read_weights
from tests.triage.judge.scenes import scene_of

GAUGE = Gauge(read_weights().words)


def _measured(text: bytes, path: bytes = b"a.py") -> dict[tuple[str, str], int]:
    return dict(zip(NAMES, GAUGE.measure(scene_of(text, path)), strict=True))


def test_every_feature_has_a_name_of_its_own() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert len(GAUGE.glance(scene_of(b"key = '<<abc>>'"))) == GLANCE


def test_all_are_whole_numbers_whatever_the_bytes() -> None:
    for text in (b"<<\xff\xfe\x00>>", b"<<a>>", b"password=<<" + bytes(range(32, 127)) + b">>", b"\n\n'<<x>>'\n"):
        assert all(isinstance(value, int) for value in GAUGE.measure(scene_of(text)))


def test_name_value_and_path() -> None:
    measured = _measured(b"user.password = 'me'\ndb_password = '<<db_password>>', # test\n", b"spec/conf/x.yml")
    assert measured["name", "password"]
    assert measured["value", "same-as-name"]
    assert measured["value", "snake"]
    assert measured["line", "a test"] == 1
    assert measured["line", "then-comma"]
    assert measured["around", "users"]
    assert measured["path", "tests"]
    assert measured["path", "yaml"]
    assert not measured["path", "py"]


def test_random_values_are_strange() -> None:
    words, noise = _measured(b"key = '<<correct-horse>>'"), _measured(b"key = '<<xq7Zvk-Kj0w>>'")
    assert noise["value", "strangeness"] > words["value", "strangeness"]


def test_the_same_lines_in_another_file() -> None:
    text = b"user = 'me'\nsecret = '<<spec/conf>>'\n"
    here, there = scene_of(text, b"a.py"), scene_of(text, b"spec/conf/x.yml")
    assert GAUGE.measure(here) != GAUGE.measure(there)
    assert GAUGE.measure(there) == Gauge(read_weights().words).measure(there)
