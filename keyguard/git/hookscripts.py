"""The hooks that keyguard writes: small POSIX shell scripts, which git brings a shell for on Windows too.

They name no path of this machine: the keyguard on the PATH runs. One that is missing stops the commit.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

MARK: Final = b"# keyguard-hook 1: "
KEPT: Final = ".kept-by-keyguard"  # added to the name of the hook that was there before
# What each runs, what it stops, and how git goes on without it.
_SCANS: Final[Mapping[str, tuple[str, str, str]]] = MappingProxyType(
    {
        "pre-commit": ("keyguard scan --staged --quiet", "commit", "git commit --no-verify"),
        "commit-msg": ('keyguard scan --quiet --commit-msg "$1"', "commit", "git commit --no-verify"),
        "pre-push": ('keyguard scan --quiet --pre-push -- "$@"', "push", "git push --no-verify"),
    }
)
HOOKS: Final = tuple(_SCANS)
_PLAIN: Final = """\
if [ -x "$kept" ]; then
  "$kept" "$@" || exit $?
fi
"""
# Both need what git writes to standard input.
_PIPED: Final = """\
lines=$(cat)
give() {
  if [ -n "$lines" ]; then
    printf '%s\\n' "$lines"
  fi
}
if [ -x "$kept" ]; then
  give | "$kept" "$@" || exit $?
fi
"""
_TEXT: Final = """\
#!/bin/sh
{mark}written by `keyguard hook install`; `keyguard hook uninstall` takes it away.
kept="$0{kept}"
{first}case ",${{SKIP:-}}," in
  *,keyguard,* | *,{id},*)
    echo "keyguard: not scanned, as SKIP says" >&2
    exit 0
    ;;
esac
if ! command -v keyguard >/dev/null 2>&1; then
  echo "keyguard: error: keyguard is not on the PATH, so this {what} was not scanned, and is stopped" >&2
  echo "  hint: install keyguard, or go on without it: {override}, or SKIP=keyguard" >&2
  exit 2
fi
{scan}
"""


def hook_script(name: str) -> bytes:
    """The text of one of HOOKS."""
    scan, what, override = _SCANS[name]
    piped = name == "pre-push"
    return _TEXT.format(
        mark=MARK.decode(),
        kept=KEPT,
        first=_PIPED if piped else _PLAIN,
        id="keyguard" if name == "pre-commit" else f"keyguard-{name}",
        what=what,
        override=override,
        scan=f"give | {scan}" if piped else f"exec {scan}",
    ).encode()
