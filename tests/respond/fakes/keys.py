"""Keys that a fake provider keeps: each has a value, and a state that a test may change while the fake runs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Key:
    """`state` is live, dead or restricted. `more` is whatever a provider tells beside it."""

    value: str
    id: str = "key_1"
    name: str = "ci"
    state: str = "live"
    more: dict[str, str] = field(default_factory=dict)


@dataclass
class Ring:
    """The keys of one account, and the administrator's credential."""

    keys: list[Key]
    admin: str = "admin-credential-for-tests"

    def find(self, value: str) -> Key | None:
        """The key with this value unless it is dead, as a provider that knows no dead keys."""
        return next((key for key in self.keys if key.value == value and key.state != "dead"), None)
