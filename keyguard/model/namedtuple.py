"""`NamedTuple` as in `typing`, for what every scan imports: there each class takes three times as long to make."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - looked for here
else:
    from collections import namedtuple

    class _Maker(type):
        """Makes of a class with annotated fields a named tuple with the same methods; types are left unread."""

        def __new__(cls, name, bases, body):
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body["__annotations__"]
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body.pop("__module__"))  # noqa: PYI024 - typed
            for key, value in body.items():
                setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """What such classes are derived from. Their modules import `annotations` from `__future__`."""
