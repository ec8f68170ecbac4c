"""Keeps a SARIF run within what GitHub takes: at most 25,000 results, and 10 MB when compressed.

https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support#file-upload-limits
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Final

from keyguard.report.rows import urgency

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keyguard.model import Finding, Occurrence
    from keyguard.report.layout import Json

MOST_RESULTS: Final = 25_000
# Of more results than these GitHub keeps so many: from here on the most urgent come first.
SHOWN_RESULTS: Final = 5_000
MOST_NOTIFICATIONS: Final = 1_000
MOST_BYTES: Final = 8_000_000  # of the results, so that rules and notifications fit in too


def places_of(findings: Sequence[Finding]) -> list[tuple[Finding, Occurrence]]:
    """The places in the order of the report; where there are too many, the most urgent, one of each secret first."""
    places = [(finding, place) for finding in findings for place in finding.occurrences]
    if len(places) <= SHOWN_RESULTS:
        return places
    ranked = [(*urgency(each), number) for each in findings for number in range(len(each.occurrences))]
    order = sorted(range(len(places)), key=ranked.__getitem__)
    return [places[index] for index in order[:MOST_RESULTS]]


class Budget:
    """Lets results through until their compressed size is used up; `written` counts them."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.written = 0
        self._most = most
        self._size = 0
        self._compressor = zlib.compressobj(1)

    def within(self, results: Iterator[dict[str, Json]]) -> Iterator[dict[str, Json]]:
        for result in results:
            self._size += len(self._compressor.compress(json.dumps(result).encode()))
            if self._size > self._most:
                return
            self.written += 1
            yield result
