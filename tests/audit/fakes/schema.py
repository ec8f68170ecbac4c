"""Validates what the fakes say."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).parent / "schemas"


def checked(name: str, body: Any) -> Any:
    """`body`, if it is what the provider's schema `name` allows."""
    _validator(name).validate(body)
    return body


@cache
def _validator(name: str) -> Draft202012Validator:
    documented = json.loads((FOLDER / "documented.json").read_text(encoding="utf-8"))
    schema = documented.get(name) or json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Draft202012Validator(schema)
