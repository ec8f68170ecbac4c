"""Tells through Apprise: Slack, Teams, Discord, e-mail, PagerDuty and whatever else it knows. It is an extra."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from keyguard.audit.notices import headline, paragraphs
from keyguard.audit.sinks.sink import SinkError, Taken

if TYPE_CHECKING:
    from keyguard.model import Secret
    from keyguard.state.alarms import Notice

_PAUSES: Final = (1.0, 4.0)  # seconds before the second and third try


class Chat:
    """One address as Apprise writes it; `reference` is what the configuration calls it, for the address is a secret."""

    def __init__(
        self, reference: str, address: Secret, sleep: Callable[[float], None], *, offline: bool = False
    ) -> None:
        self._address = address
        self._sleep = sleep
        self._offline = offline
        self.name = f"apprise {reference}"

    def send(self, notices: Sequence[Notice]) -> Iterator[Taken]:
        """All that is new as one message."""
        if self._offline:
            raise SinkError(f"{self.name}: not told, for keyguard is set to stay offline")
        try:
            import apprise
        except ImportError:
            raise SinkError(f"{self.name}: telling it needs Apprise", "pip install 'keyguard[alerts]'") from None
        logging.getLogger("apprise").disabled = True  # it writes addresses to its log
        door = apprise.Apprise()
        if not door.add(self._address.reveal().decode("utf-8", "replace").strip()):
            raise SinkError(f"{self.name}: no address that Apprise knows", "github.com/caronc/apprise lists them")
        title = headline(notices[0]) if len(notices) == 1 else f"keyguard: {len(notices)} alarms"
        body = "\n\n".join(
            "\n".join([*([headline(each)] if len(notices) > 1 else []), *paragraphs(each)]) for each in notices
        )
        self._notify(door, title, body, _kind(notices))
        yield from map(Taken, notices)

    def _notify(self, door: Any, title: str, body: str, kind: str) -> None:
        for pause in (*_PAUSES, None):
            if door.notify(title=title, body=body, notify_type=kind):
                return
            if pause is not None:
                self._sleep(pause)
        raise SinkError(f"{self.name}: not taken in {len(_PAUSES) + 1} tries")


def _kind(notices: Sequence[Notice]) -> str:
    """Apprise's word for how bad it is."""
    said = {notice.what for notice in notices}
    return "success" if said <= {"over", "resumed"} else "failure" if "raised" in said or "worse" in said else "warning"
