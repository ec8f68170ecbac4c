from __future__ import annotations

import pytest

from keyguard.model import Allowance
from keyguard.triage.allow import Names, inline_allowance

NAMES = Names(frozenset({"acme-key", "acme-old-key", "other-key"}), frozenset({"acme", "other"}))
OWN = ("acme-key", "acme")
VALUE = b"kg-made-up-value"


def allowed(text: bytes, *, clipped: bool = False) -> Allowance | None:
    start = text.index(VALUE)
    return inline_allowance(text, start, start + len(VALUE), OWN, NAMES, clipped=clipped)


@pytest.mark.parametrize(
    "text",
    [
        b"key = VALUE",
        b"key = VALUE  # keyguard: allow",
        b"key = VALUE  # keyguard:allowed",
        b"key = VALUE  # mykeyguard:allow",
        b"key = VALUE  # keyguard:allow other-key",
        b"key = VALUE  # keyguard:allow other",
        b"key = VALUE  # keyguard:allow acme-kye misspelled",
        b"# keyguard:allow other-key\nkey = VALUE",
        b"x = 1  # keyguard:allow\nkey = VALUE",
        b"key = VALUE\n# keyguard:allow",
        b"# keyguard:allow\n\nkey = VALUE",
        b"x = 'a' # pragma: allowlist secret\nkey = VALUE",
        b"key = VALUE # pragma: allowlist nextline secret",
        b"# gitleaks:allow\nkey = VALUE",
        b"key = VALUE\n# gitleaks:allow",
        b"nosecret = VALUE",
        b"ggignore: VALUE",
        b"key = VALUE # my-nosecret-thing",
    ],
)
def test_is_not_allowed(text: bytes) -> None:
    assert allowed(text.replace(b"VALUE", VALUE)) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"key = VALUE  # keyguard:allow", ""),
        (b"key = VALUE  // keyguard:allow made up", "made up"),
        (b"key = VALUE  /* keyguard:allow acme-key in the manual */", "in the manual"),
        (b"<a>VALUE</a> <!-- keyguard:allow acme-key,other-key: a sample -->", "a sample"),
        (b"key = VALUE ; keyguard:allow acme the whole provider", "the whole provider"),
        (b"key = VALUE -- keyguard:allow test-only value", "test-only value"),
        (b"key = VALUE # KEYGUARD:ALLOW (acme-key)", ""),
        (b"  # keyguard:allow a reason\nkey = VALUE", "a reason"),
        (b"rem keyguard:allow\r\nkey = VALUE\r\n", ""),
        (b"' keyguard:allow acme-key\nkey = VALUE", ""),
        (b"{# keyguard:allow #}\nkey = VALUE", ""),
        (b"  * keyguard:allow\n  * VALUE", ""),
    ],
)
def test_our_own_comment(text: bytes, reason: str) -> None:
    assert allowed(text.replace(b"VALUE", VALUE)) == Allowance("inline", "keyguard:allow", reason)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (b"key = VALUE # gitleaks:allow", "gitleaks:allow"),
        (b"key = VALUE // betterleaks:allow", "betterleaks:allow"),
        (b"key = VALUE # trufflehog:ignore", "trufflehog:ignore"),
        (b"key = VALUE  # pragma: allowlist secret", "pragma: allowlist secret"),
        (b"key = VALUE  # pragma:whitelist secret", "pragma:whitelist secret"),
        (b"// pragma: allowlist nextline secret\nkey = VALUE", "pragma: allowlist nextline secret"),
        (b"key = VALUE # nosecret", "nosecret"),
        (b"key = VALUE //ggignore", "ggignore"),
        (b"key = VALUE # noqa ggignore", "ggignore"),
    ],
)
def test_comments_of_others(text: bytes, where: str) -> None:
    found = allowed(text.replace(b"VALUE", VALUE))
    assert found is not None
    assert (found.by, found.where) == ("inline", where)


def test_on_any_line_of_a_long_value() -> None:
    text = b"a = 'BEGIN\nmiddle\nEND'  # keyguard:allow\n"
    assert inline_allowance(text, 5, text.index(b"END") + 3, OWN, NAMES)


def test_a_line_that_is_cut_off_may_hold_code() -> None:
    text = b"  # keyguard:allow\nkey = " + VALUE
    assert allowed(text) is not None
    assert allowed(text, clipped=True) is None
