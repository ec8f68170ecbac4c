"""Reads single objects of a pack, in any order, with a bounded memory of the bases it met."""

from __future__ import annotations

from collections import OrderedDict

from keyguard.odb.delta import WHOLE_RESULT, step
from keyguard.odb.pack import WHOLE, Pack

_DEEPEST = 1 << 14


class Reader:
    """`budget` bounds the bytes that are remembered, `limit` the size of an object."""

    def __init__(self, pack: Pack, limit: int, budget: int = 32 << 20) -> None:
        self._pack = pack
        self._limit = limit
        self._budget = budget
        self._known: OrderedDict[int, bytes] = OrderedDict()
        self._held = 0

    def read(self, number: int) -> bytes:
        """The whole content of an object. Raises ValueError where it or a base of it is broken or over the limit."""
        chain: list[int] = []
        content = self._known.get(number)
        while content is None:
            if self._pack.sizes[number] > self._limit:
                raise ValueError("it or its base is over the size limit")
            chain.append(number)
            if self._pack.bases[number] == WHOLE:
                content = b""
                break
            number = int(self._pack.bases[number])
            if number < 0 or len(chain) > _DEEPEST:
                raise ValueError("its delta base is missing, or the chain never ends")
            content = self._known.get(number)
        for number in reversed(chain):
            payload = self._pack.payload(number)
            whole = self._pack.bases[number] == WHOLE
            content = payload if whole else step(content, payload, 0, self._limit, 0, WHOLE_RESULT)[0]
            self._remember(number, content)
        return content

    def _remember(self, number: int, content: bytes) -> None:
        self._known[number] = content
        self._held += len(content)
        while self._held > self._budget and self._known:
            self._held -= len(self._known.popitem(last=False)[1])
