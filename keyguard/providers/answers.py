"""What an answer says: pointers into it, and conditions on it, as provider files write them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

from keyguard.http.message import Answer
from keyguard.providers.schema import Field

_MOST_DEEP = 12
_HEADER = "header:"
_POINTER = re.compile(r"(?:/[^\n]*)|header:[a-z0-9-]+")
_CONDITION_KEYS = frozenset({"status", "json", "contains"})


class Condition(NamedTuple):
    """Holds for an answer of one of `statuses` whose fields have one of the values, and whose body has the text."""

    statuses: tuple[int, ...]
    fields: Mapping[str, tuple[Any, ...]]
    contains: str

    @property
    def is_plain(self) -> bool:
        """Whether only the status counts; such conditions are tried last."""
        return not self.fields and not self.contains


class Reading(NamedTuple):
    """An answer with its body as a tree, where it has one."""

    answer: Answer
    tree: Any


def is_pointer(value: Any) -> bool:
    return isinstance(value, str) and bool(_POINTER.fullmatch(value))


def _is_condition(value: Any) -> bool:
    if isinstance(value, dict):
        fields = value.get("json", {})
        return (
            bool(value)
            and value.keys() <= _CONDITION_KEYS
            and _are_statuses(value.get("status", []))
            and isinstance(fields, dict)
            and all(name.startswith("/") for name in fields)
            and isinstance(value.get("contains", ""), str)
        )
    return _are_statuses([value])


def _are_statuses(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    return all(isinstance(each, int) and not isinstance(each, bool) and 100 <= each <= 599 for each in values)


CONDITIONS = Field(
    'a list of statuses and tables such as { status = 403, json = { "/error/code" = "blocked" }, contains = "text" }',
    lambda value: isinstance(value, list) and all(map(_is_condition, value)),
    [],
)
POINTER = Field('a place in the answer: "/data/name" or "header:x-name"', is_pointer, "")
POINTERS = Field(
    'places in the answer, the first that is there counts: "/data/name", "header:x-name" or a list of them',
    lambda value: is_pointer(value) or (isinstance(value, list) and bool(value) and all(map(is_pointer, value))),
    "",
)


def read_conditions(value: Sequence[Any]) -> tuple[Condition, ...]:
    """Checked conditions of a provider file, in its order."""
    return tuple(map(_condition, value))


def read_pointers(value: str | list[str]) -> tuple[str, ...]:
    """Checked pointers; none for an empty text."""
    return (value,) if isinstance(value, str) and value else tuple(value)


def read_answer(answer: Answer) -> Reading:
    """The body as a tree: JSON, or XML by tag names without namespaces; None for anything else."""
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        if body[:1] == b"<":
            return Reading(answer, _from_xml(body))
        return Reading(answer, json.loads(body) if body else None)
    except (ValueError, RecursionError, ET.ParseError):
        return Reading(answer, None)


def holds(condition: Condition, reading: Reading) -> bool:
    if condition.statuses and reading.answer.status not in condition.statuses:
        return False
    if condition.contains and condition.contains.encode() not in reading.answer.body:
        return False
    return all(
        any(_equal(found, each) for found in find_all(reading.tree, pointer) for each in wanted)
        for pointer, wanted in condition.fields.items()
    )


def find_all(tree: Any, pointer: str) -> Iterator[Any]:
    """What stands at a JSON pointer (RFC 6901); `*` stands for any element of a list or any member."""
    yield from _walk(tree, pointer.split("/")[1:])


def first(reading: Reading, pointers: Sequence[str]) -> Any:
    """What the first of `pointers` finds that is neither null nor empty; None where none does."""
    for pointer in pointers:
        if pointer.startswith(_HEADER):
            value = reading.answer.headers.get(pointer.removeprefix(_HEADER))
            if value:
                return value
        for found in find_all(reading.tree, pointer) if pointer.startswith("/") else ():
            if found not in (None, "", [], {}):
                return found
    return None


def _condition(value: Any) -> Condition:
    if isinstance(value, int):
        return Condition((value,), {}, "")
    statuses = value.get("status", [])
    fields = {name: tuple(each) if isinstance(each, list) else (each,) for name, each in value.get("json", {}).items()}
    return Condition(
        tuple(statuses) if isinstance(statuses, list) else (statuses,), fields, str(value.get("contains", ""))
    )


def _equal(found: Any, wanted: Any) -> bool:
    """`"*"` is anything that is there; true and 1 are not the same."""
    return wanted == "*" or (found == wanted and isinstance(found, bool) == isinstance(wanted, bool))


def _walk(tree: Any, names: list[str]) -> Iterator[Any]:
    if not names:
        yield tree
        return
    name, rest = names[0].replace("~1", "/").replace("~0", "~"), names[1:]
    if name == "*":
        for each in tree.values() if isinstance(tree, dict) else tree if isinstance(tree, list) else ():
            yield from _walk(each, rest)
    elif isinstance(tree, dict) and name in tree:
        yield from _walk(tree[name], rest)
    elif isinstance(tree, list) and name.isascii() and name.isdigit() and int(name) < len(tree):
        yield from _walk(tree[int(name)], rest)


def _from_xml(body: bytes) -> Any:
    """Elements as tables by their names; a name that comes again makes a list. No document types: they can explode."""
    if b"<!" in body:
        raise ValueError("a document type or comment")
    root = ET.fromstring(body)  # noqa: S314 - without a document type there are no entities
    return {_name(root): _element(root, 0)}


def _element(element: ET.Element, depth: int) -> Any:
    if depth > _MOST_DEEP:
        raise ValueError("nested too deep")
    if not len(element):
        return element.text or ""
    made: dict[str, Any] = {}
    for child in element:
        name, value = _name(child), _element(child, depth + 1)
        if name not in made:
            made[name] = value
        elif isinstance(made[name], list):
            made[name].append(value)
        else:
            made[name] = [made[name], value]
    return made


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]
