"""Writes a report in one of the formats people and programs read."""

from keyguard.report.formats import FORMATS, write_report

__all__ = ["FORMATS", "write_report"]
