"""Provider files for tests."""

from __future__ import annotations

from pathlib import Path

_HEAD = """schema = 1
[provider]
id = "{id}"
name = "Acme"
category = "saas"
hosts = ["api.acme.example"]
console = ""
docs = ""
source = "made up"
verified = 2026-11-21
"""
_RULE = {
    "id": '"acme-key"',
    "title": '"Acme key"',
    "severity": '"high"',
    "confidence": '"high"',
    "pattern": "'acme_[a-z0-9]{20,30}'",
    "advice": '"Revoke it."',
    "examples": "['ACME={secret:acme_[a-z0-9]{24}}']",
    "rejects": "['acme_short']",
}


def provider_file(folder: Path, name: str = "acme", /, **changes: str | None) -> Path:
    """A provider file with one rule; `changes` are TOML values of its keys, None leaves a key out."""
    keys = {**_RULE, "id": f'"{name}-key"', **changes}
    rule = "\n".join(f"{key} = {value}" for key, value in keys.items() if value is not None)
    path = folder / f"{name}.toml"
    path.write_text(_HEAD.replace("{id}", name) + "\n[[rule]]\n" + rule + "\n", encoding="utf-8")
    return path
