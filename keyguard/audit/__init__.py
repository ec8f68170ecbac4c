"""Reads what providers bill, keeps it, and notices what is not normal."""
