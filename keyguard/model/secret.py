"""A secret value that cannot be printed by accident."""

from __future__ import annotations

_SHOW_BOTH_ENDS = 20
_SHOW_START = 12


class Secret:
    """Holds the bytes of one secret; `reveal()` is the only way out."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        return self._value

    @property
    def masked(self) -> str:
        """A form that is safe to print: both ends of a long value, the start of a middling one, else nothing."""
        text = self._value.decode("utf-8", "replace")
        lines = text.splitlines()
        if len(lines) > 1:
            return f"{lines[0][:_SHOW_START]}… ({len(lines)} lines)"
        if len(text) >= _SHOW_BOTH_ENDS:
            return f"{text[:4]}…{text[-4:]}"
        if len(text) >= _SHOW_START:
            return f"{text[:2]}…"
        return "…"

    def fingerprint(self, rule_id: str, key: bytes) -> str:
        """32 hex digits of HMAC-SHA256 over rule and value (never place or commit), keyed by the repository's salt."""
        import hashlib
        import hmac

        message = rule_id.encode() + b"\0" + self._value
        return hmac.new(key, message, hashlib.sha256).hexdigest()[:32]

    def __repr__(self) -> str:
        return f"Secret({self.masked})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)
