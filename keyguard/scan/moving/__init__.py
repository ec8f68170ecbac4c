"""Moves a team in from another scanner: its settings and decisions become files of keyguard."""
