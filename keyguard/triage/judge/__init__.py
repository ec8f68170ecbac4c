"""The classifier of generic candidates."""
