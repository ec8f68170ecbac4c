"""The same as `typing.NamedTuple` where it matters."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import NamedTuple as Typed

import keyguard
from keyguard.model.namedtuple import NamedTuple


class Point(NamedTuple):
    """A place."""

    x: int
    y: int = 2
    names: tuple[str, ...] = ()

    @property
    def sum(self) -> int:
        return self.x + self.y


class TypedPoint(Typed):
    """A place."""

    x: int
    y: int = 2
    names: tuple[str, ...] = ()


def test_values() -> None:
    assert Point(1) == (1, 2, ()) == Point(x=1, y=2)
    assert Point(1, 5).sum == 6
    assert repr(Point(1)._replace(y=3)) == "Point(x=1, y=3, names=())"
    assert pickle.loads(pickle.dumps(Point(4))) == Point(4)  # noqa: S301 - it is our own


def test_classes() -> None:
    for name in ("_fields", "_field_defaults", "__doc__", "__module__"):
        assert getattr(Point, name) == getattr(TypedPoint, name)
    assert Point.__mro__[1:] == TypedPoint.__mro__[1:]
    assert Point.__qualname__ == "Point"
    assert list(Point.__annotations__) == ["x", "y", "names"]


def test_all_modules_keep_annotations_as_texts() -> None:
    """Without that, Python 3.14 would not tell the fields while a class is made."""
    folder = Path(keyguard.__file__).parent
    modules = [path.read_text("utf-8") for path in folder.rglob("*.py")]
    users = [text for text in modules if "from keyguard.model.namedtuple import NamedTuple" in text]
    assert len(users) > 20
    assert all("from __future__ import annotations" in text for text in users)
