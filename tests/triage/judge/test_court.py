from __future__ import annotations

from hashlib import sha256

import pytest

from keyguard.model import Confidence
from keyguard.triage.judge.court import Court, settled
from tests.secrets import made_up
from tests.triage.judge.scenes import scene_of

COURT = Court()
TOKEN = made_up("generic", "generic-quoted").secrets[0]


def _judged(text: bytes, path: bytes = b"src/settings.py") -> Confidence | None:
    [confidence] = COURT.judge([scene_of(text, path)])
    return confidence


@pytest.mark.parametrize(
    "text",
    [
        b'PublicKeyToken = "<<b03f5f7f11d50a3a>>"',
        b"'Change password' => '<<Trocar a senha>>',",
        b'token_type = "<<bearer>>"',
        b'password_label = "<<Your password>>"',
        b'primary_key = "<<user_id>>"',
    ],
)
def test_what_is_no_secret(text: bytes) -> None:
    confidence = _judged(text)
    assert confidence is None or confidence is Confidence.LOW


@pytest.mark.parametrize("value", [b"your-api-key-here", b"xxxxxxxxxxxxxxxxxxxx", b"EXAMPLEKEY1234567"])
def test_placeholders_are_low_at_most(value: bytes) -> None:
    confidence = _judged(b'api_key = "<<' + value + b'>>"')
    assert confidence is None or confidence is Confidence.LOW


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'password = "<<your-password-here>>"', "placeholder"),
        (b'password_sha256 = "<<%b>>"' % sha256(TOKEN).hexdigest().encode(), "hash"),
        (b'password = "<<x1z>>"', "short"),
        (b'access_token = "<<lah lah lemons>>"', "words"),
        (b'signature = "<<q7Zr4kP0q7Zr4kP0>>"', "public by its kind"),
        (b'connect("shop", "<<shoppassword>>") # password', "everybody knows"),
        (b'api_key = "<<%b>>"' % sha256(TOKEN).hexdigest()[:45].encode(), "odd number"),
        (b"connect(password=<<new_password>>, port=1)", "a reference"),
    ],
)
def test_what_needs_no_trees(text: bytes, reason: str) -> None:
    assert reason in settled(scene_of(text))
    confidence = _judged(text)
    assert confidence is None or confidence is Confidence.LOW


@pytest.mark.parametrize("text", [b'API_KEY = "<<%b>>"', b'client_secret: "<<%b>>"', b"'authToken' => '<<%b>>',"])
def test_secrets(text: bytes) -> None:
    confidence = _judged(text % TOKEN, b"config/settings.py")
    assert confidence is not None
    assert confidence >= Confidence.MEDIUM


def test_reasons_name_the_parts_of_the_scene() -> None:
    reasons = COURT.reasons(scene_of(b'api_key = "<<' + TOKEN + b'>>"'), Confidence.HIGH)
    assert reasons
    assert all(reason[0] in "+-" and ": " in reason for reason in reasons)
    assert any("the value" in reason for reason in reasons)


def test_reasons_begin_with_what_the_trees_did_not_decide() -> None:
    public = scene_of(b'PublicKeyToken = "<<b03f5f7f11d50a3a>>"')
    assert "public by its kind" in COURT.reasons(public, None)[0]
    label = scene_of(b"'Change password' => '<<Trocar a senha>>',")
    assert "label" in COURT.reasons(label, None)[0]
    placeholder = scene_of(b'api_key = "<<your-api-key-here>>"')
    assert COURT.reasons(placeholder, Confidence.LOW)[0] == "the value is a placeholder"
    assert COURT.reasons(placeholder, None)[0][0] in "+-"


def test_many_are_judged_as_each_alone() -> None:
    """Some of them again and again."""
    texts = [b'api_key_%d = "<<%b%d>>"' % (number % 7, TOKEN[: number % 9 + 3], number % 40) for number in range(5000)]
    scenes = [scene_of(text) for text in texts]
    alone = {scene: COURT.judge([scene]) for scene in set(scenes)}
    assert Court().judge(scenes) == [alone[scene][0] for scene in scenes]
    assert len({confidence for [confidence] in alone.values()}) > 1


def test_the_same_each_time() -> None:
    scene = scene_of(b'db_password = "<<hunter2>>"')
    assert len({tuple(COURT.scores([scene])) for _ in range(3)} | {tuple(Court().scores([scene]))}) == 1
