"""What is sent and what comes back. Neither shows its content when printed: both can hold a secret."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from keyguard.http.failure import HttpError

if TYPE_CHECKING:
    from collections.abc import Mapping

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, repr=False)
class Request:
    """One request. `repeatable` says that sending it twice does no more than sending it once.

    It is meant for requests that only read, whatever their method; GET and HEAD always are repeatable.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    repeatable: bool = False

    @property
    def may_repeat(self) -> bool:
        return self.repeatable or self.method in SAFE_METHODS

    def __repr__(self) -> str:
        return f"Request({self.method})"


@dataclass(frozen=True, repr=False)
class Answer:
    """One answer, whole. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; HttpError of kind "malformed" where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise HttpError("malformed", "the answer is not JSON", status=self.status) from None

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"
