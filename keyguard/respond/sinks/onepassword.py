"""An item of 1Password, by its own command-line program `op`; values go through standard input."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from keyguard.model import Secret
from keyguard.respond.sinks.process import find_program, run_program
from keyguard.respond.sinks.sink import SinkError, Values


class OnePassword:
    """`place` is VAULT/ITEM. Fields are found by their label; a missing one is added.

    The whole item goes through `op item get --format json` and back: https://developer.1password.com/docs/cli/item-edit
    """

    readable = True

    def __init__(self, place: str, environment: Mapping[str, str]) -> None:
        self.name = f"op:{place}"
        self._vault, slash, self._item = place.partition("/")
        if not slash or not self._vault or not self._item:
            raise SinkError(f"{self.name}: expected op:VAULT/ITEM")
        self._environment = environment

    def check(self) -> None:
        find_program(["op"], self._environment, self.name)
        self._get()

    def write(self, values: Values) -> None:
        item = self._get()
        fields = item.setdefault("fields", [])
        for name, secret in values.items():
            field = next((each for each in fields if each.get("label") == name), None)
            if field is None:
                field = {"id": name, "type": "CONCEALED", "label": name}
                fields.append(field)
            field["value"] = secret.reveal().decode()
        words = ["op", "item", "edit", self._item, "--vault", self._vault]
        run_program(words, json.dumps(item).encode(), self._environment, self.name)

    def read(self, names: tuple[str, ...]) -> Values | None:
        fields = {each.get("label"): each.get("value") for each in self._get().get("fields", [])}
        if not all(isinstance(fields.get(name), str) for name in names):
            return None
        return {name: Secret(fields[name].encode()) for name in names}

    def _get(self) -> dict[str, Any]:
        words = ["op", "item", "get", self._item, "--vault", self._vault, "--format", "json", "--reveal"]
        told = run_program(words, b"", self._environment, self.name)
        try:
            item: Any = json.loads(told)
        except ValueError:
            item = None
        if not isinstance(item, dict):
            raise SinkError(f"{self.name}: op did not tell the item")
        return item
