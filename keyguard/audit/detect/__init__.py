"""Decides what is not normal in usage series."""
