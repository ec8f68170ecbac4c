"""Scans the message of a commit that is being made."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from keyguard.git.message import cleaning, kept
from keyguard.scan.files import Batch
from keyguard.scan.matcher import open_matcher
from keyguard.scan.options import PLAIN, ScanOptions
from keyguard.scan.outcome import change_report

if TYPE_CHECKING:
    from keyguard.git.place import Place
    from keyguard.model import Report


def scan_message(place: Place, message: bytes, options: ScanOptions = PLAIN, *, edited: bool = True) -> Report:
    """Scans what git will keep of a message. `edited`: a person saw it in an editor, with comments of git's."""
    started = time.monotonic()
    matcher = open_matcher(options)
    batch = Batch(matcher, options.min_confidence)
    batch.add("commit", b"", kept(message, cleaning(place, edited=edited)))
    return change_report("commit-msg", matcher, options, place, started, batch.outcome(0))
