from __future__ import annotations

import json

import pytest

from keyguard.errors import KeyguardError
from keyguard.model import Secret

pytest.importorskip("cryptography", reason="the extra redact is not installed")

from keyguard.state.sealed import new_seal, open_sealed

WORDS = Secret(b"correct horse")


def test_wrong_passphrase_and_changed_files_do_not_open() -> None:
    sealed = new_seal(WORDS, cost=16).close(b"content")
    with pytest.raises(KeyguardError, match="cannot be opened"):
        open_sealed(sealed, Secret(b"wrong"), "a.map")
    document = json.loads(sealed)
    for field, value in (
        ("cost", 32),
        ("salt", "AAAA"),
        ("nonce", "AAAAAAAAAAAAAAAA"),
        ("sealed", "AAAAAAAAAAAAAAAAAAAAAAAA"),
    ):
        with pytest.raises(KeyguardError, match="cannot be opened"):
            open_sealed(json.dumps({**document, field: value}), WORDS, "a.map")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", '{"what": 1}', '{"salt": "AA=="}', "no json"],
)
def test_other_files_are_told_apart(text: str) -> None:
    with pytest.raises(KeyguardError, match="is no sealed file"):
        open_sealed(text, WORDS, "a.map")


@pytest.mark.parametrize("cost", [0, 1, 3, -16, 1 << 30, "16", 16.0, True])
def test_a_cost_that_would_stop_the_machine_is_refused(cost: object) -> None:
    document = {**json.loads(new_seal(WORDS, cost=16).close(b"")), "cost": cost}
    with pytest.raises(KeyguardError, match="is no sealed file"):
        open_sealed(json.dumps(document), WORDS, "a.map")


def test_what_was_sealed_opens_and_closes_again() -> None:
    seal = new_seal(WORDS, cost=16)
    first, second = seal.close(b"content"), seal.close(b"content")
    assert first != second
    assert "content" not in first
    content, again = open_sealed(first, WORDS, "a.map")
    assert content == b"content"
    assert open_sealed(again.close(b"more"), WORDS, "a.map")[0] == b"more"
    assert "horse" not in repr(seal)
