"""Holds the answers of fakes to the schemas of official specifications (excerpts; `about` names source and licence)."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_FOLDER = Path(__file__).parent / "schemas"


def checked(provider: str, operation: str, body: Any) -> Any:
    """The body itself, if it is what the provider's specification says `operation` answers."""
    Draft202012Validator(_schemas(provider)[operation]).validate(body)
    return body


@lru_cache
def _schemas(provider: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / f"{provider}.json").read_text(encoding="utf-8"))
    return found
