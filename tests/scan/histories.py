"""Random histories of a repository: files that are edited, moved and copied, near their secrets most of all."""

from __future__ import annotations

import random
import re
from functools import cache
from typing import TYPE_CHECKING

from keyguard.providers.loader import builtin_files, parse_provider
from keyguard.providers.templates import expand
from tests.repositories import AUTHOR, EMAIL, START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Change = Callable[[random.Random, bytes], bytes]

_FILES = 14
_WIDE_MARK = b"\xff\xfe"


@cache
def _templates() -> tuple[str, ...]:
    """Examples of all built-in rules; those that span lines several times."""
    examples = [each for path in builtin_files() for row in parse_provider(path).examples.values() for each in row]
    return tuple(examples + [each for each in examples if "\n" in each] * 3)


def _secret(rng: random.Random) -> bytes:
    return expand(rng.choice(_templates()), rng.randrange(40)).text


def _filler(rng: random.Random) -> bytes:
    words = (
        b"return",
        b"x = 1",
        b"// see below",
        b"\tif (a[i] < b)",
        b"",
        b"key",
        b"the token",
        b"  }",
        b"\xc3\xa4\xff",
    )
    return b" ".join(rng.choices(words, k=rng.randint(0, 7)))


def _block(rng: random.Random) -> bytes:
    lines = [_secret(rng) if rng.random() < 0.15 else _filler(rng) for _ in range(rng.randint(1, 25))]
    return b"\n".join(lines) + b"\n"


def _long_line(rng: random.Random) -> bytes:
    """More than 30 KB, with and without secrets in it."""
    parts = [_secret(rng) if rng.random() < 0.08 else _filler(rng) * 20 for _ in range(60)]
    line = b";".join(part.replace(b"\n", b"\\n") for part in parts)
    return (line + b"," * 30_000)[: rng.randint(30_001, 34_000)] + _secret(rng) + b"\n"


def _crowded_line(rng: random.Random) -> bytes:
    parts = [_secret(rng).replace(b"\n", b" ") for _ in range(rng.randint(5, 20))]
    return rng.choice((b" ", b",", b"")).join(parts) + b"\n"


def _binary(rng: random.Random) -> bytes:
    return b"".join(rng.choice((rng.randbytes(40), b"\0" * 9, _secret(rng))) for _ in range(30))


def new_text(rng: random.Random) -> bytes:
    makers = (_block, _block, _block, _long_line, _crowded_line, _binary)
    return b"".join(rng.choice(makers)(rng) for _ in range(rng.randint(1, 2)))


def _places(rng: random.Random, text: bytes) -> tuple[int, int]:
    """Two places in order; often line starts, and often near or in a word that is long enough to be a secret."""
    ends = []
    for _ in range(2):
        place = rng.randint(0, len(text))
        kind = rng.randrange(3)
        if kind == 0:
            place = text.rfind(b"\n", 0, place) + 1
        elif kind == 1 and (word := re.compile(rb"[\w+/=-]{16,}").search(text, place)):
            place = rng.choice((word.start(), word.end(), rng.randint(*word.span()), word.start() + 4))
        ends.append(place)
    low, high = sorted(ends)
    return low, min(high, low + rng.choice((0, 1, 3, 40, 400, 4000)))


def _insert(rng: random.Random, text: bytes) -> bytes:
    at, _ = _places(rng, text)
    news = (_block(rng), _secret(rng), b"\n", b"x", b" ", b"\r\n", b"=", b"\\n", rng.randbytes(3), _filler(rng))
    return text[:at] + rng.choice(news) + text[at:]


def _delete(rng: random.Random, text: bytes) -> bytes:
    low, high = _places(rng, text)
    return text[:low] + text[high:]


def _replace(rng: random.Random, text: bytes) -> bytes:
    low, high = _places(rng, text)
    return text[:low] + rng.choice((_filler(rng), _secret(rng), b"A", b"")) + text[high:]


def _move(rng: random.Random, text: bytes) -> bytes:
    low, high = _places(rng, text)
    rest = text[:low] + text[high:]
    at, _ = _places(rng, rest)
    return rest[:at] + text[low:high] + rest[at:]


def _double(rng: random.Random, text: bytes) -> bytes:
    low, high = _places(rng, text)
    at, _ = _places(rng, text)
    return text[:at] + text[low:high] + text[at:]


def _join_lines(rng: random.Random, text: bytes) -> bytes:
    at = text.find(b"\n", rng.randint(0, len(text)))
    return text[:at] + text[at + 1 :]


def _recode(rng: random.Random, text: bytes) -> bytes:
    """Other line ends, no last newline, or UTF-16 and back."""
    if text.startswith(_WIDE_MARK):
        return text.decode("utf-16", "replace").encode()
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: text.replace(b"\n", b"\r\n"),
        lambda: text.replace(b"\r\n", b"\n"),
        lambda: text.rstrip(b"\r\n"),
        lambda: _WIDE_MARK + text.decode("latin-1").encode("utf-16-le"),
    )
    return rng.choice(ways)()


_CHANGES = (_insert, _insert, _insert, _delete, _delete, _replace, _replace, _move, _double, _join_lines, _recode)


def edited(rng: random.Random, text: bytes) -> bytes:
    for _ in range(rng.randint(1, 3)):
        text = rng.choice(_CHANGES)(rng, text)
    return text


def make_history(seed: int, commits: int) -> Iterator[bytes]:
    """One `git fast-import` stream a commit, each on top of the one before on branch main."""
    rng = random.Random(f"history {seed}")
    files: dict[bytes, bytes] = {}
    for number in range(commits):
        rows = b"".join(_change(rng, files) for _ in range(rng.randint(1, 4)))
        message = rng.choice((b"change", _filler(rng), b"use " + _secret(rng)))
        person = b"%s <%s> %d +0100" % (AUTHOR.encode(), EMAIL.encode(), START + number)
        yield b"commit refs/heads/main\nauthor %s\ncommitter %s\n%s%s\n" % (person, person, _data(message), rows)


def _change(rng: random.Random, files: dict[bytes, bytes]) -> bytes:
    """One row of a commit; `files` are what the tree holds, and change with it."""
    kind = rng.random()
    if len(files) < 3 or (kind < 0.1 and len(files) < _FILES):
        return _write(files, _new_name(rng), new_text(rng))
    name = rng.choice(sorted(files))
    if kind < 0.14:
        del files[name]
        return b"D %s\n" % name
    if kind < 0.24:
        new = _new_name(rng)
        files[new] = files[name] if kind < 0.18 else files.pop(name)
        return b"%s %s %s\n" % (b"C" if kind < 0.18 else b"R", name, new)
    return _write(files, name, edited(rng, files[name]))


def _new_name(rng: random.Random) -> bytes:
    named = rng.random() < 0.2
    last = expand("{any:ghp_[A-Za-z0-9]{36}}", rng.randrange(9)).text if named else b"f%d" % rng.randrange(99)
    return rng.choice((b"", b"", b"a/", b"a/b/", b"c/")) + last + rng.choice((b".txt", b".env", b".js"))


def _write(files: dict[bytes, bytes], name: bytes, content: bytes) -> bytes:
    files[name] = content
    return b"M 100644 inline %s\n%s" % (name, _data(content))


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)
