from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.providers.actions import ActionFile, open_file
from keyguard.providers.loader import builtin_files
from keyguard.providers.revoking import read_ways, reason_of, ways_of

FILES = [open_file(path) for path in builtin_files()]
HEAD = """schema = 1
[provider]
id = "acme"
name = "Acme"
hosts = ["api.acme.com"]
[[rule]]
id = "acme-key"
[[rule]]
id = "acme-token"
"""
SOUND = """[[revoke]]
id = "disable"
do = "Disable it"
url = "https://api.acme.com/keys/{record.id}"
method = "PATCH"
auth = { bearer = "{credential}" }
credential = "an admin key"
done = [200]
breaks = "programs with it"
source = "nowhere"
verified = 2026-11-22
[revoke.undo]
do = "Enable it"
url = "https://api.acme.com/keys/{record.id}"
method = "PATCH"
auth = { bearer = "{credential}" }
done = [200]
"""
# What a request can be filled with beside parts of a finding.
KNOWN = {"secret", "credential", "record"}
PARTS = {"id", "email"}
LEAST_WITH_REQUESTS = 20


def read(folder: Path, text: str) -> ActionFile:
    path = folder / "acme.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return open_file(path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('do = "Disable it"', 'does = "Disable it"', "'does' is not known in [revoke]"),
        ('breaks = "programs with it"\n', "", "no 'breaks' in [[revoke]]"),
        ('source = "nowhere"\n', "", "no 'source' in [[revoke]]"),
        ("verified = 2026-11-22\n", "", "no 'verified' in [[revoke]]"),
        ("verified = 2026-11-22", 'verified = "soon"', "expected a date"),
        ("done = [200]\nbreaks", "breaks", "no 'done' in [[revoke]]"),
        ("api.acme.com/keys", "evil.example/keys", "one of hosts in [provider]"),
        ("https://api.acme.com/keys/{record.id}", "http://api.acme.com/", "expected https://"),
        ('credential = "an admin key"\n', "", "just where the request holds one"),
        ('id = "disable"', 'id = "disable"\nrules = ["acme-other"]', "there is no rule 'acme-other'"),
        ('id = "disable"', 'id = "disable"\nnone = "no"', "expected one of `url`, `run`, or `none`"),
        ('id = "disable"', 'id = "disable"\nfinal = true', "expected one of the two"),
        ("[revoke.undo]", "[revoke.redo]", "'redo' is not known"),
        ('do = "Enable it"\n', "", "no 'do' in [revoke.undo]"),
        ('id = "disable"', 'id = "disable"\naside = true', "expected `none` with the reason"),
        ('id = "disable"', 'id = "disable"\nwait = 99999', "seconds until it acts"),
    ],
)
def test_refuses(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SOUND
    with pytest.raises(RuleError) as caught:
        read_ways(read(tmp_path, SOUND.replace(old, new, 1)))
    assert said in str(caught.value)
    assert "acme.toml:" in str(caught.value)


def test_refuses_a_final_way_before_one_that_can_be_undone(tmp_path: Path) -> None:
    final = SOUND[: SOUND.index("[revoke.undo]")].replace('"disable"', '"delete"\nfinal = true')
    with pytest.raises(RuleError, match="stand first"):
        read_ways(read(tmp_path, final + SOUND))
    with pytest.raises(RuleError, match="the same name"):
        read_ways(read(tmp_path, SOUND + final.replace('"delete"', '"disable"')))


def test_a_file_that_says_nothing_says_so(tmp_path: Path) -> None:
    file = read(tmp_path, "")
    assert reason_of(file, read_ways(file), "acme-key").startswith(
        "no request that stops it was verified: it is stopped "
    )


def test_reads_a_way_and_its_way_back(tmp_path: Path) -> None:
    file = read(tmp_path, SOUND)
    (way,) = read_ways(file)
    assert (way.id, way.final, way.verified) == ("disable", False, "2026-11-22")
    assert way.undo is not None
    assert way.undo.do == "Enable it"
    assert ways_of((way,), "acme-token") == (way,)
    assert reason_of(file, (way,), "acme-token") == ""


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.provider)
def test_every_provider_can_be_stopped_or_says_why_not(file: ActionFile) -> None:
    ways = read_ways(file)
    for rule in file.rules:
        mine = ways_of(ways, rule)
        assert any(way.request and not way.aside for way in mine) or reason_of(file, ways, rule)
        for way in mine:
            specs = [spec for spec in (way.request, way.undo and way.undo.request) if spec]
            for name in (name for spec in specs for name in spec.names):
                assert name.partition(".")[0] in KNOWN or name in PARTS, name


def test_enough_can_be_stopped_by_a_request() -> None:
    assert sum(any(way.request for way in read_ways(file)) for file in FILES) >= LEAST_WITH_REQUESTS
