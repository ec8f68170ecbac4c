"""Where a new key is written to: one module for each kind of place."""

from keyguard.respond.sinks.sink import Sink, SinkError, Values

__all__ = ["Sink", "SinkError", "Values"]
