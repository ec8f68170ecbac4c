from __future__ import annotations

import pytest

from keyguard.model import Confidence
from keyguard.triage.judge.court import Court
from tests.secrets import made_up
from tests.triage.judge.scenes import scene_of

COURT = Court()
TOKEN = made_up("generic", "generic-quoted").secrets[0]


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
    confidence = COURT.judge_scene(scene_of(text)).confidence
    assert confidence is None or confidence is Confidence.LOW


@pytest.mark.parametrize("value", [b"your-api-key-here", b"xxxxxxxxxxxxxxxxxxxx", b"EXAMPLEKEY1234567"])
def test_placeholders_are_low_at_most(value: bytes) -> None:
    confidence = COURT.judge_scene(scene_of(b'api_key = "<<' + value + b'>>"')).confidence
    assert confidence is None or confidence is Confidence.LOW


@pytest.mark.parametrize("text", [b'API_KEY = "<<%b>>"', b'client_secret: "<<%b>>"', b"'authToken' => '<<%b>>',"])
def test_secrets(text: bytes) -> None:
    confidence = COURT.judge_scene(scene_of(text % TOKEN, b"config/settings.py")).confidence
    assert confidence is not None
    assert confidence >= Confidence.MEDIUM


def test_reasons_name_the_parts_of_the_scene() -> None:
    reasons = COURT.reasons(scene_of(b'api_key = "<<' + TOKEN + b'>>"'))
    assert reasons
    assert all(reason[0] in "+-" and ": " in reason for reason in reasons)
    assert any("the value" in reason for reason in reasons)


def test_the_same_each_time() -> None:
    scene = scene_of(b'db_password = "<<hunter2>>"')
    assert len({COURT.score(scene) for _ in range(3)} | {Court().score(scene)}) == 1
