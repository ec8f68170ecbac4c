"""The patterns of the built-in rules take no time to speak of on a short line, so that nobody looks at the clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import regex

from keyguard.model import Rule
from keyguard.model.rule import SHORT_LINE
from keyguard.providers.loader import builtin_files, load_rules, parse_provider
from keyguard.providers.templates import expand

SECONDS = 0.5  # a thousand times what it takes
FILL = 'a A 0 _ - . " \' = : \\ ( [ { , & $ / key= key-- "a" pass" a. ab_ <a> a:a %20 ::a'
FILLS = [b" ", b"\t", b"key ", b"  =", *FILL.encode().split()]


def _texts(rule: Rule, templates: tuple[str, ...]) -> Iterator[bytes]:
    """Lines that begin like a match and then go on and on."""
    random = Random(rule.id)
    heads = [text.encode("latin-1") for text, _ in rule.beginnings[:4]]
    for template in templates[:4]:
        text = expand(template, 3).text.replace(b"\n", b" ")
        heads += [text[: len(text) // 2], text[:-2]]
    for head in heads:
        for _ in range(6):
            one, other = random.choice(FILLS), random.choice(FILLS)
            yield (head + one * random.choice((1, 40, SHORT_LINE)) + other * SHORT_LINE)[:SHORT_LINE]


@pytest.mark.parametrize("path", builtin_files(), ids=lambda path: path.stem)
def test_short_lines_take_no_time(path: Path) -> None:
    file = parse_provider(path)
    for rule in file.rules:
        compiled = regex.compile(rule.pattern.encode())
        for text in _texts(rule, file.examples[rule.id]):
            list(compiled.finditer(text, overlapped=True, timeout=SECONDS))


def test_only_what_is_tested_is_called_quick() -> None:
    assert all(rule.quick for rule in load_rules().rules)
    assert not any(rule.quick for rule in parse_provider(builtin_files()[0]).rules)
