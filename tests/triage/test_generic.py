from __future__ import annotations

import pytest

from keyguard.triage.generic import is_hopeless


@pytest.mark.parametrize(
    "value", [b"hunter2", b"Tr0ub4dor&3", b"pa$$w0rd", b"$2b$12$abcdefgh", b"$apr1$abc$def", b"strings", b"none-of-it",
     b"Pa[0-9]ss", b"q[a-z]", b"[1]Zx-9"]
)  # fmt: skip
def test_values_that_may_be_secrets(value: bytes) -> None:
    assert not is_hopeless(value)


@pytest.mark.parametrize(
    "value",
    [b"[A-Za-z0-9]{36}", b"sk-[a-f0-9]{32}", b"acme_([a-z0-9]{20})", b"[A-Z][0-9][A-Z0-9]+", b"kgsa\xe2\x80\xa62c3d",
     b"${PASSWORD}", b"$PASSWORD", b"x${Y}", b"{{ secret }}", b"<%= token %>", b"****", b"...", b"None", b"true",
     b"a#{token}", b" + token"],
)  # fmt: skip
def test_references_and_words_of_the_language(value: bytes) -> None:
    assert is_hopeless(value)
