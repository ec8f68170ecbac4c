from __future__ import annotations

from keyguard.triage.judge.vicinity import NAMES, Vicinity
from tests.triage.judge.scenes import scene_of


def _told(text: bytes) -> dict[str, int]:
    return dict(zip(NAMES, Vicinity().measure(scene_of(text)), strict=True))


def test_nothing_around() -> None:
    told = _told(b"key = '<<abcdef>>'")
    assert (told["lines"], told["value-again-and-again"], told["its-words"], told["users-given"]) == (1, 0, 0, 0)


def test_what_stands_around() -> None:
    told = _told(b"user_name: 'me'\nold = 'hensaria'\npassword = '<<Hensaria>>'\nlogin = f(x)  # hensaria\n")
    assert told["value-again-and-again"] == 2
    assert told["its-words"] == 1
    assert told["users-given"] == 2
    assert told["line-above"] == len(b"old = 'hensaria'")
    assert told["line-below"] == len(b"login = f(x)  # hensaria")
    assert told["braces"] == 2
    assert told["comments-marked"] == 1


def test_neighbours_that_look_like_keys() -> None:
    assert _told(b"a = 'q7Zvk0wq7Zvk0wq7'\nkey = '<<q7Zvk0wq7Zvk0wq7>>'\n")["long-quoted"] == 1
