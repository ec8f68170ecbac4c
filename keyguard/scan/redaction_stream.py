"""Takes a stream through a redactor or a restorer: wide characters are seen as UTF-8 on the way, and come out wide."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final, Protocol

from keyguard.errors import ObjectError
from keyguard.sources.container_kinds import HEAD as CONTAINER_HEAD
from keyguard.sources.container_kinds import kind_of
from keyguard.sources.text import HEAD, coding_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from keyguard.sources.text import Coding

_READ: Final = 1 << 16


class Filter(Protocol):
    """What changes a text that comes in parts."""

    def feed(self, data: bytes) -> bytes: ...

    def flush(self) -> bytes: ...

    def close(self) -> bytes: ...


def filtered(
    read: Callable[[int], bytes], begin: Callable[[], Filter], *, by_line: bool = False, inward: bool = True
) -> Iterator[bytes]:
    """What the filters that `begin` gives make of a stream. `read(n)` gives at most n bytes, none at the end.

    `by_line`: what has come is passed on at each line end. `inward` is the way there, else it is the way back.
    Raises ObjectError for what holds other files: nothing in it could be replaced.
    """
    head = _head(read, by_line=by_line)
    kind = kind_of(head[:CONTAINER_HEAD])
    if kind:
        raise ObjectError(f"is a {kind} file: what is in it cannot be replaced", "unpack it first")
    coding = coding_of(head)
    text = begin()
    if coding:  # its bytes are looked at as well, as in a scan: what seems wide may not be
        steps: list[Filter] = [_Wide(text, coding), begin()]
        text = _Chain(*(steps if inward else reversed(steps)))
    part = head
    while part:
        yield text.feed(part)
        if by_line:
            yield text.flush()
        part = read(_READ)
    yield text.close()


def _head(read: Callable[[int], bytes], *, by_line: bool) -> bytes:
    """Enough to tell the coding by; of a stream that is passed on by line what comes first."""
    head = b""
    while len(head) <= HEAD and (part := read(_READ)):
        head += part
        if by_line:
            break
    return head


class _Wide:
    """A filter for a text of wide characters around one for its UTF-8 bytes."""

    def __init__(self, inner: Filter, coding: Coding) -> None:
        self._inner, self._name, self._mark = inner, coding.name, coding.mark
        errors = "surrogatepass"  # halves of pairs are kept as they are
        self._decoder = codecs.getincrementaldecoder(coding.name)(errors)

    def feed(self, data: bytes) -> bytes:
        mark, self._mark = data[: self._mark], 0
        return mark + self._wide(self._inner.feed(self._plain(data[len(mark) :])))

    def flush(self) -> bytes:
        return self._wide(self._inner.flush())

    def close(self) -> bytes:
        pending, _ = self._decoder.getstate()
        return self._wide(self._inner.close()) + pending

    def _plain(self, data: bytes) -> bytes:
        try:
            return self._decoder.decode(data).encode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            raise ObjectError(f"is not valid {self._name}; nothing from there on was written") from None

    def _wide(self, text: bytes) -> bytes:
        return text.decode("utf-8", "surrogatepass").encode(self._name, "surrogatepass")


class _Chain:
    """One filter behind another."""

    def __init__(self, first: Filter, second: Filter) -> None:
        self._first, self._second = first, second

    def feed(self, data: bytes) -> bytes:
        return self._second.feed(self._first.feed(data))

    def flush(self) -> bytes:
        return self._second.feed(self._first.flush()) + self._second.flush()

    def close(self) -> bytes:
        return self._second.feed(self._first.close()) + self._second.close()
