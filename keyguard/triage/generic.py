"""What a secret-like name is often given and no context makes a secret: references, templates, marks, patterns."""

from __future__ import annotations

import re

_HOPELESS = re.compile(
    rb"^(?:\$(?![0-9]|apr1\$|argon2|y\$)|<%|\{\{|%\{|\*+$|\.+$|-+$|_+$| ?\+ |"
    rb"(?i:true|false|null|none|nil|undefined|yes|no|string|required|optional)$)|"
    rb"\$\{|\$\(|\{\{|<%=|#\{"
)
# A class of characters with how often it may come, or two in a row: what a validator or another scanner's rule holds.
_EXPRESSION = re.compile(
    rb"\[\^?(?:\\?[^\]\s]){0,24}(?:[Aa]-[FfZz]|0-9|\\[dws])(?:\\?[^\]\s]){0,24}\](?:\{[0-9]|[+*?](?![A-Za-z0-9])|[\[(])"
)
_CUT_SHORT = b"\xe2\x80\xa6"  # an ellipsis: somebody masked it


def is_hopeless(value: bytes) -> bool:
    """True for what no context makes a secret: references, templates, marks, the words of a language, patterns."""
    return bool(_HOPELESS.search(value) or (b"[" in value and _EXPRESSION.search(value))) or _CUT_SHORT in value
