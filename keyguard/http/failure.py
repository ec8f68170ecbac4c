"""What can go wrong on the way to a provider. A message names the host at most: never a path, a header or a body."""

from __future__ import annotations

from typing import Final

from keyguard.errors import KeyguardError

KINDS: Final = (
    "exhausted",  # 429 or 5xx to the last try
    "forbidden",  # a host or scheme that was not allowed
    "malformed",  # the answer is not what HTTP or JSON allow
    "offline",
    "redirect",
    "refused",  # no connection, or it broke
    "timeout",
    "tls",
    "too-large",
    "unsendable",  # a value that cannot stand where it was put
)


class HttpError(KeyguardError):
    """No usable answer. `kind` is one of KINDS; `status` is the last answer's, 0 where there was none."""

    def __init__(self, kind: str, message: str, hint: str = "", status: int = 0) -> None:
        super().__init__(message, hint)
        self.kind = kind
        self.status = status
