from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.providers.actions import open_file
from keyguard.providers.playbooks import Chapter, chapters_of, read_chapters

HEAD = """schema = 1
[provider]
id = "acme"
[[rule]]
id = "acme-key"
[[rule]]
id = "acme-token"
"""
SOUND = """[[playbook]]
phase = "contain"
source = "nowhere"
verified = 2026-11-22
[[playbook.step]]
do = "Delete it"
open = "https://acme.com/keys"
run = ["acme keys rm {id}", "acme keys ls"]
[[playbook]]
phase = "contain"
rules = ["acme-token"]
source = "elsewhere"
verified = 2026-11-21
[[playbook.step]]
do = "Ask for it"
[[playbook.step]]
do = "Wait"
run = "sleep 1"
"""


def read(folder: Path, text: str) -> tuple[Chapter, ...]:
    path = folder / "acme.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_chapters(open_file(path))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('phase = "contain"', 'phase = "panic"', "phase = 'panic', expected one of contain"),
        ('source = "nowhere"\n', "", "no 'source' in [playbook]"),
        ("verified = 2026-11-22\n", "", "no 'verified' in [playbook]"),
        ("verified = 2026-11-22", "verified = 2026-11-22T00:00:00", "a date without quotes"),
        ('rules = ["acme-token"]', 'rules = ["acme-other"]', "there is no rule 'acme-other'"),
        ('do = "Delete it"\n', "", "no 'do' in [playbook.step]"),
        ('do = "Wait"', 'did = "Wait"', "'did' is not known in [playbook.step]"),
        ("https://acme.com/keys", "http://acme.com/keys", "expected an https:// link"),
        ("https://acme.com/keys", "https://acme.com/a b", "expected an https:// link"),
        ("sleep 1", "sleep {", "a single '{'"),
        ('run = "sleep 1"', "run = []", "a command line, or a list of them"),
    ],
)
def test_refuses(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SOUND
    with pytest.raises(RuleError) as caught:
        read(tmp_path, SOUND.replace(old, new, 1))
    assert said in str(caught.value)


def test_refuses_a_phase_without_steps(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="no 'step'"):
        read(tmp_path, SOUND.partition("[[playbook.step]]")[0])


def test_leads_to_the_line(tmp_path: Path) -> None:
    text = SOUND.replace('do = "Wait"', 'did = "Wait"')
    line = (HEAD + text).splitlines().index('did = "Wait"') + 1
    with pytest.raises(RuleError, match=f"acme.toml:{line}:"):
        read(tmp_path, text)


def test_chapters_of_a_rule_are_its_own_or_those_for_all(tmp_path: Path) -> None:
    chapters = read(tmp_path, SOUND)
    assert [each.source for each in chapters_of(chapters, "contain", "acme-token")] == ["elsewhere"]
    assert [each.source for each in chapters_of(chapters, "contain", "acme-key")] == ["nowhere"]
    assert len(chapters_of(chapters, "contain", "")) == 2
    assert chapters_of(chapters, "rotate", "acme-key") == ()
    assert chapters[0].steps[0].run == ("acme keys rm {id}", "acme keys ls")
    assert chapters[1].steps[1].run == ("sleep 1",)
