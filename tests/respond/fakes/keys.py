"""Keys that a fake provider keeps: each has a value, and a state that a test may change while the fake runs."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Key:
    """`state` is live, dead, restricted, or gone where a provider forgets it. `more` is what belongs to it."""

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

    def find(self, value: str, *, dead: bool = False) -> Key | None:
        """The key with this value; a dead one only where the provider still knows it."""
        return next((key for key in self.keys if key.value == value and (dead or key.state != "dead")), None)

    def named(self, identity: str) -> Key | None:
        """The key with this id, dead or not."""
        return next((key for key in self.keys if key.id == identity), None)
