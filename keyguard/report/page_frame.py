"""What every HTML page begins and ends with: its style, its script, and the policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from keyguard.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator


def asset(name: str) -> str:
    """A file of this package, as text."""
    return files("keyguard.report").joinpath(name).read_text(encoding="utf-8")


def head(title: str, style: str, script: str) -> Iterator[str]:
    """Up to the beginning of the body. The page asks for nothing from elsewhere."""
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'"
    yield '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title><style>{style}</style></head>'
    yield '<body><a class="skip" href="#main">Skip to the content</a>'


def foot(note: str, script: str) -> Iterator[str]:
    """From the end of the content on; `note` is HTML."""
    yield f"</main><footer><p>Written by keyguard {escape(VERSION)}. {note}</p></footer>"
    yield f"<script>{script}</script></body></html>"


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
