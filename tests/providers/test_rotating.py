from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.providers.actions import open_file
from keyguard.providers.loader import builtin_files
from keyguard.providers.rotating import read_turns
from tests.providers.test_requests import verify_file

GOOD = """
[rotate]
rule = "acme-key"
key = "the id"
credential = "an admin key"
source = "read 2026-11: https://acme.example/docs"
verified = 2026-11-22
[rotate.make]
method = "POST"
url = "https://api.acme.example/keys"
auth = { bearer = "{credential}" }
json = { name = "{title}" }
done = [201]
value = "/key"
id = "/id"
[rotate.remove]
do = "delete it"
method = "DELETE"
url = "https://api.acme.example/keys/{key}"
auth = { bearer = "{credential}" }
done = [204]
"""


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("acme-key", "none-such", "no rule 'none-such'"),
        ("verified = 2026-11-22\n", "", "no 'verified'"),
        ('id = "/id"\n', "", "cannot be found"),
        ('value = "/key"\n', "", "no `value`"),
        ("{title}", "{nothing}", "{nothing} is not known"),
        ("api.acme.example/keys/", "evil.example/keys/", "one of hosts"),
        ('do = "delete it"\n', "", "no 'do'"),
        ("done = [201]", 'done = [201]\nmore = "x"', "'more' is not known"),
        ("[rotate]", '[rotate]\nnone = "so"', "either [rotate.make]"),
    ],
)
def test_refuses_with_file_and_line(was: str, now: str, said: str, tmp_path: Path) -> None:
    path = verify_file(tmp_path, GOOD.replace(was, now, 1))
    with pytest.raises(RuleError) as caught:
        read_turns(open_file(path))
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{path}:")


def test_reads_a_turn(tmp_path: Path) -> None:
    (turn,) = read_turns(open_file(verify_file(tmp_path, GOOD)))
    assert turn.make is not None
    assert (turn.stop, turn.make.value, turn.verified) == (None, ("/key",), "2026-11-22")


def test_every_file_that_rotates_has_a_source_and_a_date() -> None:
    turns = {path.stem: read_turns(open_file(path)) for path in builtin_files()}
    able = {name for name, each in turns.items() if any(turn.make for turn in each)}
    assert able >= {"aws", "elevenlabs", "gitlab", "google", "mistral", "openai", "openrouter", "twilio", "xai"}
    assert all(turn.source and turn.verified for each in turns.values() for turn in each)
