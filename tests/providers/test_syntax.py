"""What the pattern reader refuses, and the trees and widths it gives."""

from __future__ import annotations

import re

import pytest

from keyguard.errors import RuleError
from keyguard.providers import charset
from keyguard.providers.syntax import Chars, Copy, Repeat, Seq, parse, widths


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("abc*", "without an upper bound"),
        ("abc+?", "without an upper bound"),
        ("(?=a{2,})abc", "without an upper bound"),
        ("(?i)abc", "flags of a group"),
        ("^abc", "anchor for the whole text"),
        (r"abc\Z", "anchor for the whole text"),
        ("(a)?(?(1)b|c)", "groupref exists"),
        ("abé", "not ASCII"),
        ("ab(", "not a regular expression"),
        ("[b-a]", "not a regular expression"),
    ],
)
def test_refusals_say_what_is_wrong(pattern: str, said: str) -> None:
    with pytest.raises(RuleError, match=re.escape(said)):
        parse(pattern)


@pytest.mark.parametrize("pattern", ["(?>abc)d", "a{1,3}+b"])
def test_syntax_that_python_3_10_lacks_is_refused(pattern: str) -> None:
    with pytest.raises(RuleError):
        parse(pattern)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", (0, 0)),
        ("abc", (3, 3)),
        ("a(?:bc|d)?e{2,4}", (3, 7)),
        (r"(?<![a-z])a\b(?=bcd)", (1, 1)),
        (r"(ab?)\1", (2, 4)),
        ("(?m:^)ab(?m:$)", (2, 2)),
        ("(?:a{2,3}){4}", (8, 12)),
    ],
)
def test_widths(pattern: str, expected: tuple[int, int]) -> None:
    assert widths(parse(pattern).node) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "a",
        "(?i:k)",
        "[^a]",
        "(?i:[^a])",
        "[a-f]",
        "(?i:[A-F_])",
        r"\d",
        r"[^\s]",
        r"\W",
        ".",
        "(?s:.)",
        r"[\w-]",
        "(?i:a(?-i:b))",
    ],
)
def test_sets_accept_the_bytes_that_re_accepts(pattern: str) -> None:
    tree = parse(pattern).node
    last = tree.items[-1] if isinstance(tree, Seq) else tree
    assert isinstance(last, Chars)
    compiled = re.compile(pattern.encode())
    before = b"a" * (widths(tree)[1] - 1)
    accepted = tuple(value for value in range(256) if compiled.fullmatch(before + bytes([value])))
    assert charset.values(last.members) == accepted


def test_a_back_reference_stands_for_the_tree_of_its_group() -> None:
    quote, _, copy = _items(r"""(?P<secret>["'])x\1""")
    assert isinstance(copy, Copy)
    assert copy.node == quote
    group, copy = _items(r"(a)(?i:\1)")
    assert isinstance(copy, Copy)
    assert copy.node == Chars(charset.fold(1 << ord("a")))
    assert group == Chars(1 << ord("a"))


def test_named_groups_keep_their_trees() -> None:
    assert parse("x(?P<secret>[ab]{3})").groups == {"secret": Repeat(Chars(1 << 97 | 1 << 98), 3, 3)}


def _items(pattern: str) -> tuple[object, ...]:
    node = parse(pattern).node
    assert isinstance(node, Seq)
    return node.items
