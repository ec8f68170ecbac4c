"""A command of the person's own: the value on standard input."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping

from keyguard.respond.sinks.process import find_program, run_program
from keyguard.respond.sinks.sink import SinkError, Values


class Command:
    """One value is given as it is; several as one JSON object by name. It must be safe to run twice."""

    readable = False

    def __init__(self, line: str, environment: Mapping[str, str]) -> None:
        try:
            self._words = shlex.split(line)
        except ValueError:
            raise SinkError("cmd: a quote is not closed") from None
        self.name = f"cmd:{line}"
        self._environment = environment

    def check(self) -> None:
        find_program(self._words, self._environment, self.name)

    def write(self, values: Values) -> None:
        if len(values) == 1:
            stdin = next(iter(values.values())).reveal()
        else:
            stdin = json.dumps({name: secret.reveal().decode() for name, secret in values.items()}).encode()
        run_program(self._words, stdin, self._environment, self.name)

    def read(self, names: tuple[str, ...]) -> Values | None:
        return None
