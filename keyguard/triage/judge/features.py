"""What the judge looks at: whole numbers about the value, its name and its surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from keyguard.triage.entropy import shannon
from keyguard.triage.judge.tables import (
    EXTENSIONS,
    KEYS_OF_MAPS,
    LINE_WORDS,
    NAME_ENDS,
    NAME_WORDS,
    NEAR_WORDS,
    PATH_WORDS,
    RULES,
    SEPARATORS,
    VALUE_SHAPES,
    VALUE_WORDS,
)
from keyguard.triage.judge.topics import WORD, Topics, texts_of

if TYPE_CHECKING:
    from keyguard.triage.judge.scene import Scene
    from keyguard.triage.judge.words import Words

_LETTERS, _DIGITS, _TOKEN = re.compile(rb"[A-Za-z]+"), re.compile(rb"[0-9]+"), re.compile(rb"[a-z0-9+/=_-]{16,}")
_PHRASE_KEY = re.compile(rb"[\"'][^\"'\n]*[A-Za-z] [^\"'\n]*[\"'][ \t]*(?:=>|[:=,])[^\"'\n]*[\"']?$")
_PHRASES = re.compile(rb"[\"'][A-Z][a-z]+(?: [A-Za-z]+)+[.:?!]?[\"']\s*(?:=>|:|=)")
_NOT_HEX, _NOT_PLAIN = re.compile(rb"[^0-9A-Fa-f]+"), re.compile(rb"[^a-z0-9]+")
_REMEMBERED = 1 << 15
_NO_RULE = [False] * len(RULES)
_CLASSES = bytes(
    0
    if 0x30 <= byte <= 0x39
    else 1
    if 0x61 <= byte <= 0x7A
    else 2
    if 0x41 <= byte <= 0x5A
    else 4
    if byte >= 0x80
    else 3
    for byte in range(256)
)


_COUNTS_OF_VALUE = [
    "length",
    "digits",
    "small",
    "capitals",
    "signs",
    "entropy",
    "distinct",
    "changes",
    "longest-letters",
    "longest-digits",
    "hex-share",
    "sign-kinds",
    "vowels",
    "strangeness",
    "strangest",
    "known-words",
    "first-class",
    "last-class",
    "distinct-share",
]
_RELATIONS = ["in-name", "name-in-value", "same-as-name", "again-on-line", "again-near", "in-path"]
_COUNTS_OF_NAME = [
    "length",
    "words",
    "capitals",
    "dots",
    "strangeness",
    "first-known",
    "last-known",
    "map-key",
    "bare",
    "plural",
]
_COUNTS_OF_LINE = [
    "quote",
    "closed",
    "then-comma",
    "then-semicolon",
    "then-bracket",
    "then-operator",
    "comment",
    "indent",
    "length-before",
    "length-after",
    "ends-line",
    "starts-line",
    "words",
    "quotes",
    "phrase-key",
    "variable",
]
_COUNTS_OF_NEAR = ["lines", "name-again", "quotes", "few-lines", "same-shape", "phrases"]


def _names() -> list[tuple[str, str]]:
    """Part and name of every feature, in the order of `measure`."""
    groups: list[tuple[str, Iterable[str]]] = [
        ("rule", RULES),
        ("value", _COUNTS_OF_VALUE),
        ("value", (name for name, _ in (*VALUE_WORDS, *VALUE_SHAPES))),
        ("value", ("hash-length",)),
        ("name", (name for name, _ in (*NAME_WORDS, *NAME_ENDS))),
        ("name", _COUNTS_OF_NAME),
        ("path", (name for name, _ in (*PATH_WORDS, *EXTENSIONS))),
        ("path", ("message",)),
        ("value", _RELATIONS),
        ("name", ("distance",)),
        ("line", (name for name, _ in (*SEPARATORS, *LINE_WORDS))),
        ("line", _COUNTS_OF_LINE),
        ("around", (name for name, _ in NEAR_WORDS)),
        ("around", _COUNTS_OF_NEAR),
    ]
    return [(part, name) for part, names in groups for name in names]


NAMES: Sequence[tuple[str, str]] = tuple(_names())
GLANCE = NAMES.index(("path", "message")) + 1


def _compiled(rows: tuple[tuple[str, bytes], ...]) -> list[re.Pattern[bytes]]:
    return [re.compile(pattern, re.DOTALL) for _, pattern in rows]


def _has(text: bytes, rows: list[tuple[bytes, ...]]) -> list[int]:
    return [any([each in text for each in texts]) for texts in rows]  # noqa: C419 - a list is faster than a generator


class Gauge:
    """Measures scenes; `words` knows which letters and words are usual."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._value_words = texts_of(VALUE_WORDS)
        self._value_shapes = _compiled(VALUE_SHAPES)
        self._name_words = texts_of(NAME_WORDS)
        self._name_ends = [frozenset(texts) for texts in texts_of(NAME_ENDS)]
        # Made when a candidate needs more than a glance: most files have none.
        self._line_topics: Topics | None = None
        self._near_topics: Topics | None = None
        self._path_words = texts_of(PATH_WORDS)
        self._separators = _compiled(SEPARATORS)
        self._extensions = {
            extension: place for place, (_, names) in enumerate(EXTENSIONS) for extension in names.split()
        }
        self._rules = {rule: [rule == each for each in RULES] for rule in RULES}
        self._values: dict[bytes, list[int]] = {}
        self._names: dict[bytes, list[int]] = {}
        self._paths: dict[bytes, list[int]] = {}

    def glance(self, scene: Scene) -> list[int]:
        """The first `GLANCE` features, which are cheap: rule, value, name and path."""
        if len(self._values) > _REMEMBERED or len(self._names) > _REMEMBERED or len(self._paths) > _REMEMBERED:
            self._values, self._names, self._paths = {}, {}, {}
        value = self._values.get(scene.value)
        if value is None:
            value = self._values[scene.value] = self._value(scene.value)
        name = self._names.get(scene.name)
        if name is None:
            name = self._names[scene.name] = self._name(scene.name, scene.words)
        path = self._paths.get(scene.path)
        if path is None:
            path = self._paths[scene.path] = self._path(scene.path)
        return [*self._rules.get(scene.rule, _NO_RULE), *value, *name, *path, scene.kind not in ("file", "stdin")]

    def measure(self, scene: Scene) -> list[int]:
        """One number for each of NAMES."""
        return [*self.glance(scene), *_relations(scene), _distance(scene), *self._line(scene), *self._near(scene)]

    def _value(self, value: bytes) -> list[int]:
        size = len(value)
        classes = value.translate(_CLASSES)
        kinds = [classes.count(kind) for kind in range(5)]
        lowered = value.lower()
        distinct = len(set(value))
        return [
            min(size, 400),
            100 * kinds[0] // size,
            100 * kinds[1] // size,
            100 * kinds[2] // size,
            100 * (kinds[3] + kinds[4]) // size,
            round(100 * shannon(value)),
            distinct,
            100 * sum([one != two for one, two in pairwise(classes)]) // size,
            max(map(len, _LETTERS.findall(value)), default=0),
            max(map(len, _DIGITS.findall(value)), default=0),
            100 * len(_NOT_HEX.sub(b"", value)) // size,
            len({byte for byte, kind in zip(value, classes) if kind == 3}),
            100 * sum([lowered.count(byte) for byte in b"aeiou"]) // size,
            *self._words.strangeness(value),
            self._words.share(lowered),
            classes[0],
            classes[-1],
            100 * distinct // size,
            *_has(lowered, self._value_words),
            *[pattern.search(value) is not None for pattern in self._value_shapes],
            size in (32, 40, 56, 64, 96, 128),
        ]

    def _name(self, name: bytes, words: tuple[bytes, ...]) -> list[int]:
        lowered = name.lower()
        last = words[-1] if words else b""
        of_map = last in (b"key", b"keys") and len(words) > 1 and words[-2] in KEYS_OF_MAPS
        return [
            *_has(lowered, self._name_words),
            *[last in ends for ends in self._name_ends],
            len(name),
            len(words),
            name.isupper(),
            name.count(b"."),
            self._words.strangeness(lowered)[0] if name else 0,
            self._words.rank(words[0]) if words else -1,
            self._words.rank(last) if words else -1,
            of_map,
            len(words) == 1,
            lowered.endswith(b"s"),
        ]

    def _line(self, scene: Scene) -> list[int]:
        self._line_topics = self._line_topics or Topics(LINE_WORDS)
        before, after = scene.before, scene.after
        line = before + b"\x01" + after
        words = WORD.findall(line)
        line = line.lower()
        stripped = before.lstrip()
        quote = before[-1:] if before[-1:] in b"\"'`" else b""
        rest = after[1:].lstrip() if quote and after[:1] == quote else after.lstrip()
        comment = stripped[:1] in (b"#", b"*", b";") or stripped[:2] in (b"//", b"--", b"/*")
        tail = before[-12:]
        return [
            *[pattern.search(tail) is not None for pattern in self._separators],
            *[min(count, 3) for count in self._line_topics.counts(line, words)],
            b"\"'`".find(quote) + 1 if quote else 0,
            bool(quote) and after[:1] == quote,
            rest[:1] == b",",
            rest[:1] == b";",
            rest[:1] in (b")", b"]", b"}"),
            rest[:1] in (b"+", b".", b"%"),
            comment or b" //" in before or b" # " in before,
            min(len(before) - len(stripped), 40),
            min(len(before), 200),
            min(len(after), 200),
            not rest.strip(),
            len(stripped) - len(scene.name) < 8,
            len(words),
            min(line.count(b'"') + line.count(b"'"), 20),
            _PHRASE_KEY.search(before) is not None,
            b"$" + scene.name in before or b"${" + scene.name in before,
        ]

    def _near(self, scene: Scene) -> list[int]:
        self._near_topics = self._near_topics or Topics(NEAR_WORDS)
        near = b"%b\n%b" % (scene.above, scene.below)
        words = WORD.findall(near)
        phrases = len(_PHRASES.findall(near))
        near = near.lower()
        lines = near.count(b"\n")
        return [
            *self._near_topics.counts(near, words),
            lines,
            min(near.count(scene.name.lower()), 9) if scene.name else -1,
            min(near.count(b'"'), 40),
            lines < 4,
            min(len(_TOKEN.findall(near)), 20) if len(scene.value) >= 16 else -1,
            min(phrases, 9),
        ]

    def _path(self, path: bytes) -> list[int]:
        _, dot, extension = path.rpartition(b"/")[2].rpartition(b".")
        place = self._extensions.get(extension, -1) if dot else len(EXTENSIONS) - 1
        return [*_has(path, self._path_words), *[place == number for number in range(len(EXTENSIONS))]]


def _distance(scene: Scene) -> int:
    """How many bytes lie between name and value."""
    return min(len(scene.before) - scene.before.rfind(scene.name) - len(scene.name), 60) if scene.name else -1


def _relations(scene: Scene) -> list[int]:
    value, name = scene.value.lower(), scene.name.lower()
    plain, bare = _NOT_PLAIN.sub(b"", value), _NOT_PLAIN.sub(b"", name)
    return [
        bool(plain) and plain in bare,
        any([word in plain for word in scene.words if len(word) > 2]),  # noqa: C419
        plain == bare or plain in scene.words,
        value in scene.before.lower() or value in scene.after.lower(),
        value in scene.above.lower() or value in scene.below.lower(),
        value in scene.path,
    ]
