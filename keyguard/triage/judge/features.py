"""What the judge looks at: whole numbers about the value, its name and its surroundings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import ne
from typing import TYPE_CHECKING

from keyguard.triage.entropy import shannon
from keyguard.triage.judge import vicinity, wording
from keyguard.triage.judge.characters import (
    CLASSES,
    FIGURES_APART,
    LETTERS_APART,
    NOT_HEX,
    SIGNS,
    longest,
)
from keyguard.triage.judge.scene import words_of
from keyguard.triage.judge.shapes import Shapes
from keyguard.triage.judge.tables import (
    EXTENSIONS,
    KEYS_OF_MAPS,
    LINE_WORDS,
    NAME_ENDS,
    NAME_WORDS,
    PATH_WORDS,
    RULES,
    SEPARATORS,
    VALUE_SHAPES,
    VALUE_WORDS,
)
from keyguard.triage.judge.topics import WORD, Marks, Topics, texts_of

if TYPE_CHECKING:
    from keyguard.triage.judge.scene import Scene
    from keyguard.triage.judge.words import Words

_PHRASE_KEY = re.compile(rb"[\"'][^\"'\n]*[A-Za-z] [^\"'\n]*[\"'][ \t]*(?:=>|[:=,])[^\"'\n]*[\"']?$")
_OWN_MACHINE = re.compile(rb"localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1")
_NOT_PLAIN = re.compile(rb"[^a-z0-9]+")
_REMEMBERED = 1 << 15
_SURROUNDINGS = 1 << 12
_NO_RULE = [False] * len(RULES)

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
    "then-at",
    "own-machine",
]


def _names() -> list[tuple[str, str]]:
    """Part and name of every feature, in the order of `measure`."""
    groups: list[tuple[str, Iterable[str]]] = [
        ("rule", RULES),
        ("value", _COUNTS_OF_VALUE),
        ("value", wording.NAMES),
        ("value", (name for name, _ in VALUE_WORDS)),
        ("value", (name for name, _, _ in VALUE_SHAPES)),
        ("value", ("hash-length",)),
        ("name", (name for name, _ in (*NAME_WORDS, *NAME_ENDS))),
        ("name", _COUNTS_OF_NAME),
        ("path", (name for name, _ in (*PATH_WORDS, *EXTENSIONS))),
        ("path", ("message",)),
        ("value", _RELATIONS),
        ("name", ("distance",)),
        ("line", (name for name, _ in (*SEPARATORS, *LINE_WORDS))),
        ("line", _COUNTS_OF_LINE),
        ("around", vicinity.NAMES),
    ]
    return [(part, name) for part, names in groups for name in names]


NAMES: Sequence[tuple[str, str]] = tuple(_names())
BARE = [part for part, _ in NAMES].index("path")
GLANCE = NAMES.index(("path", "message")) + 1


def _compiled(rows: tuple[tuple[str, bytes], ...]) -> list[re.Pattern[bytes]]:
    return [re.compile(pattern, re.DOTALL) for _, pattern in rows]


class Gauge:
    """Measures scenes; `words` knows which letters and words are usual."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._value_words = Marks(VALUE_WORDS)
        self._value_shapes = Shapes(VALUE_SHAPES)
        self._name_words = Marks(NAME_WORDS)
        self._name_ends = [frozenset(texts) for texts in texts_of(NAME_ENDS)]
        # Made when a candidate needs more than a glance: most files have none.
        self._line_topics: Topics | None = None
        self._vicinity: vicinity.Vicinity | None = None
        self._path_words = Marks(PATH_WORDS)
        self._separators = _compiled(SEPARATORS)
        self._extensions = {
            extension: place for place, (_, names) in enumerate(EXTENSIONS) for extension in names.split()
        }
        self._rules = {rule: [rule == each for each in RULES] for rule in RULES}
        self._values: dict[bytes, list[int]] = {}
        self._names: dict[bytes, list[int]] = {}
        self._paths: dict[bytes, list[int]] = {}
        self._surroundings: dict[tuple[object, ...], list[int]] = {}

    def glance(self, scene: Scene) -> list[int]:
        """The first `GLANCE` features, which are cheap: rule, value, name and path."""
        if len(self._values) > _REMEMBERED or len(self._names) > _REMEMBERED or len(self._paths) > _REMEMBERED:
            self._values, self._names, self._paths = {}, {}, {}
        value = self._values.get(scene.value)
        if value is None:
            value = self._values[scene.value] = self._value(scene.value)
        name = self._names.get(scene.name)
        if name is None:
            name = self._names[scene.name] = self._name(scene.name)
        path = self._paths.get(scene.path)
        if path is None:
            path = self._paths[scene.path] = self._path(scene.path)
        return [*self._rules.get(scene.rule, _NO_RULE), *value, *name, *path, scene.kind not in ("file", "stdin")]

    def measure(self, scene: Scene) -> list[int]:
        """One number for each of NAMES."""
        return [*self.glance(scene), *_relations(scene), *self._surrounding(scene)]

    def _value(self, value: bytes) -> list[int]:
        size = len(value)
        lowered = value.lower()
        used = frozenset(value)
        classes = value.translate(CLASSES)
        figures, small, capitals, signs, others = map(classes.count, range(5))
        return [
            min(size, 400),
            100 * figures // size,
            100 * small // size,
            100 * capitals // size,
            100 * (signs + others) // size,
            round(100 * shannon(value)),
            len(used),
            100 * sum(map(ne, classes, classes[1:])) // size,
            longest(value.translate(LETTERS_APART)),
            longest(value.translate(FIGURES_APART)),
            100 * len(value.translate(None, NOT_HEX)) // size,
            len(used & SIGNS),
            100 * (size - len(lowered.translate(None, b"aeiou"))) // size,
            *self._words.strangeness(value),
            self._words.share(lowered),
            classes[0],
            classes[-1],
            100 * len(used) // size,
            *wording.wording(self._words, value),
            *self._value_words.of(lowered),
            *self._value_shapes.of(value),
            size in (32, 40, 56, 64, 96, 128),
        ]

    def _name(self, name: bytes) -> list[int]:
        lowered = name.lower()
        words = words_of(name)
        last = words[-1] if words else b""
        of_map = last in (b"key", b"keys") and len(words) > 1 and words[-2] in KEYS_OF_MAPS
        return [
            *self._name_words.of(lowered),
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

    def _surrounding(self, scene: Scene) -> list[int]:
        """What is the same in all versions and copies of a file that have these lines."""
        key = scene[3:]  # all but rule, kind and path
        found = self._surroundings.get(key)
        if found is None:
            if len(self._surroundings) >= _SURROUNDINGS:
                self._surroundings.clear()
            found = self._surroundings[key] = [_distance(scene), *self._line(scene), *self._near(scene)]
        return found

    def _line(self, scene: Scene) -> list[int]:
        self._line_topics = self._line_topics or Topics(LINE_WORDS)
        before, after = scene.before, scene.after
        line = before + b"\x01" + after
        stripped = before.lstrip()
        quote = before[-1:] if before[-1:] in b"\"'`" else b""
        rest = after[1:].lstrip() if quote and after[:1] == quote else after.lstrip()
        comment = stripped[:1] in (b"#", b"*", b";") or stripped[:2] in (b"//", b"--", b"/*")
        tail = before[-12:]
        return [
            *[pattern.search(tail) is not None for pattern in self._separators],
            *[min(count, 3) for count in self._line_topics.counts(line)],
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
            len(WORD.findall(line)),
            min(line.count(b'"') + line.count(b"'"), 20),
            _PHRASE_KEY.search(before) is not None,
            b"$" + scene.name in before or b"${" + scene.name in before,
            after[:1] == b"@",
            _OWN_MACHINE.search(line) is not None,
        ]

    def _near(self, scene: Scene) -> list[int]:
        self._vicinity = self._vicinity or vicinity.Vicinity()
        return self._vicinity.measure(scene)

    def _path(self, path: bytes) -> list[int]:
        _, dot, extension = path.rpartition(b"/")[2].rpartition(b".")
        place = self._extensions.get(extension, -1) if dot else len(EXTENSIONS) - 1
        return [*self._path_words.of(path), *[place == number for number in range(len(EXTENSIONS))]]


def _distance(scene: Scene) -> int:
    """How many bytes lie between name and value."""
    return min(len(scene.before) - scene.before.rfind(scene.name) - len(scene.name), 60) if scene.name else -1


def _relations(scene: Scene) -> list[int]:
    value, name = scene.value.lower(), scene.name.lower()
    plain, bare = _NOT_PLAIN.sub(b"", value), _NOT_PLAIN.sub(b"", name)
    words = words_of(scene.name)
    return [
        bool(plain) and plain in bare,
        any([word in plain for word in words if len(word) > 2]),  # noqa: C419 - a list is faster
        plain == bare or plain in words,
        value in scene.before.lower() or value in scene.after.lower(),
        value in scene.above.lower() or value in scene.below.lower(),
        value in scene.path,
    ]
