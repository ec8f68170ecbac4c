"""Provider files: what they may say, and how they become rules."""
