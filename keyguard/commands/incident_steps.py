"""Who acts, and which incident is meant."""

from __future__ import annotations

import getpass
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyguard.state.database import Database


def person() -> str:
    """The user of this machine, for the record; KEYGUARD_PERSON says it better where several share one."""
    named = os.environ.get("KEYGUARD_PERSON")
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


def resolve(state: Database, named: str) -> str:
    """The whole id of an incident from its beginning or end; "" is the only open one."""
    from keyguard.respond.incident import IncidentError, case_of
    from keyguard.state.incidents import incidents

    known = incidents(state)
    if named:
        found = [each for each in known if each.startswith(named) or each.endswith(named)]
    else:
        found = [each for each in known if not case_of(state, each).closed]
    if len(found) != 1:
        what = f"{'no' if not found else 'more than one'} incident" + (f" {named}" if named else " is open")
        raise IncidentError(what, "keyguard incident list")
    return found[0]
