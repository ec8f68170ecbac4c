"""Scenes for tests: a text in which the value stands between two marks."""

from __future__ import annotations

from keyguard.triage.judge.scene import Scene, make_scene


def scene_of(text: bytes, path: bytes = b"src/settings.py", rule: str = "generic-quoted") -> Scene:
    """`text` with the value between `‹` and `›` written as << and >>."""
    before, _, rest = text.partition(b"<<")
    value, _, after = rest.partition(b">>")
    return make_scene(rule, "file", path, before + value + after, len(before), len(before) + len(value))
