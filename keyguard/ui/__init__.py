"""What a person sees while a scan runs."""

from keyguard.ui.progress import progress

__all__ = ["progress"]
