"""Small rules of all kinds, texts to try them on, and what a scan has to find there by the patterns alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import regex

from keyguard.providers.boundary import wrap
from keyguard.triage.weigh import Scale
from tests.rules import make_rule

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = (
    make_rule(wrap("tok_[a-z0-9]{6,10}", "both"), trigger="tok_[a-z0-9]{6}", id="acme-plain"),
    make_rule("key-(?:[a-z]{3}[0-9]{60}Q|[a-z]{3})", trigger="key-", id="acme-either"),
    make_rule(wrap(r"key-[a-z]{3}(?![^\n]{0,90}END)", "left"), trigger="key-[a-z]{3}", id="acme-ahead"),
    make_rule(r"(?i:pass)[^\n]{0,12}?=(?P<secret>[^\s=]{4,12})", trigger="(?i:pass)", id="acme-named"),
    make_rule(r"[a-z]{2}[^\n]{0,30}@@(?P<secret>[a-z0-9]{5})", trigger="@@[a-z0-9]", id="acme-late"),
    make_rule(r"ID[0-9]{4}[\s\S]{0,60}?SEC(?P<secret>[a-z]{5})", trigger="ID[0-9]{4}", id="acme-pair", reach=120),
    make_rule(r"(?P<secret>[a-z0-9]{5})[\s\S]{0,30}?SEC[a-z]", trigger="SEC[a-z]", id="acme-after", reach=100),
    make_rule(
        r"(?P<id>ID[0-9]{4})[\s_]{1,40}(?P<secret>[a-z]{5})|(?P<secret2>[a-z]{5})[\s_]{1,40}(?P<id2>ID[0-9]{4})",
        trigger="ID[0-9]{4}",
        id="acme-order",
        reach=90,
    ),
    make_rule(r"BEGIN\n(?:[a-z0-9]{1,30}\n){1,4}END", trigger="BEGIN", id="acme-block", reach=200),
)
FRAGMENTS = (
    *(
        b"tok_",
        b"a1b2c3",
        b"tok_d4e5f6",
        b"tok_g7h8i9",
        b"d4",
        b"key-",
        b"qwe",
        b"rty1",
        b"4071936528" * 6 + b"Q",
        b"END",
    ),
    *(b"pass", b"PASS =", b"=", b"@@", b"zx", b"ID1234", b"SEC", b"abcde", b"ID5678 SECvwxyz", b"BEGIN\n", b"mnopq\n"),
    *(
        b"END\n",
        b"BEGIN\nrstuv\nw\nEND",
        b"\n",
        b"\r\n",
        b" ",
        b"\t",
        b"\xff",
        b"\0",
        b"_" * 20,
        b"w " * 60,
        b"w " * 400,
    ),
    b"line\n" * 30,
)
LONG_LINES = (
    *(fragment for fragment in FRAGMENTS if b"\n" not in fragment),
    *(b"key-qwe", b"key-qwe" + b"4071936528" * 6 + b"Q", b"w" * 9, b"w " * 45, b"w " * 90),
)


def matching(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Rule, start and end of all that the patterns alone say of a content, or of each line where they stay on one."""
    scale = Scale(RULES)
    for number, rule in enumerate(RULES):
        start = 0
        for line in [content] if rule.reach else content.split(b"\n"):
            for match in regex.finditer(rule.pattern.encode(), line, overlapped=True):
                group = next((name for name in ("secret", "secret2") if match.groupdict().get(name) is not None), 0)
                if scale.weigh(number, match[group]):
                    yield number, start + match.start(group), start + match.end(group)
            start += len(line) + 1
