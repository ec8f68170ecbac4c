"""Puts together what `keyguard audit report` shows."""
