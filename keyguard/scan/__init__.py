"""Scans working trees and histories."""

from keyguard.scan.options import HistoryRange, ScanOptions

__all__ = ["HistoryRange", "ScanOptions"]
