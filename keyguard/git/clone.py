"""Clones a repository from elsewhere, bare and with all its refs. Credentials in the URL are never shown or kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from keyguard.errors import GitError
from keyguard.git.process import failure

if TYPE_CHECKING:
    from pathlib import Path

_SCHEMES = ("http", "https", "ssh", "git", "file")
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:([^/?#\s]*)@)?([^\s]*)")
_SCP = re.compile(r"[A-Za-z0-9_.-]+@[A-Za-z0-9.-]+:(?!//)\S+")
_QUERY = re.compile(r"\?\S*")
# git asks a credential helper for what the URL does not say, gitcredentials(7). This one answers from the environment,
# because a command line can be read by everyone on the machine. The empty helper before it keeps others from storing.
_HELPER = (
    """!f() { test "$1" = get && printf 'username=%s\\npassword=%s\\n' "$KEYGUARD_USER" "$KEYGUARD_PASSWORD"; }; f"""
)


class Remote(NamedTuple):
    """A URL taken apart: `url` is safe to show and to store; `user` and `password` are "" where it had none."""

    url: str
    user: str
    password: str


def is_url(text: str) -> bool:
    """Whether this names a repository elsewhere: a URL of any scheme, or the short form user@host:path."""
    return _URL.fullmatch(text) is not None or _SCP.fullmatch(text) is not None


def clone(url: str, into: Path) -> None:
    """Mirror a repository into the folder `into`, which must be empty or not exist. Raises GitError."""
    remote = split_credentials(url)
    try:
        # GitPython looks for git when it is imported.
        from git import GitCommandError, Repo
        from git.exc import GitError as GitPythonError
    except ImportError as error:
        raise GitError("git was not found on the PATH", "Install git.") from error
    try:
        with (
            Repo.clone_from(remote.url, into, env=_environment(remote), mirror=True) as mirror,
            mirror.config_writer() as settings,
        ):
            settings.remove_section('remote "origin"')  # a query may hold a token, and nothing is fetched again
    except GitCommandError as error:
        # `from None`: GitPython's error holds the whole conversation.
        raise _failed(remote, str(error.stderr)) from None
    except (GitPythonError, OSError) as error:
        raise _failed(remote, str(error)) from None


def split_credentials(url: str) -> Remote:
    """Take the credentials out of a URL. Raises GitError for a scheme that is not http(s), ssh, git or file."""
    from urllib.parse import unquote

    if _SCP.fullmatch(url):
        return Remote(url, "", "")
    parts = _URL.fullmatch(url)
    if parts is None or parts[1].lower() not in _SCHEMES:
        scheme = parts[1] if parts else ""
        raise GitError(f"cannot clone from {scheme}:// URLs" if scheme else "not a URL", "Use https, ssh, git or file.")
    scheme, person, rest = parts[1].lower(), parts[2] or "", parts[3]
    user, _, password = person.partition(":")
    if scheme == "ssh" and user:
        return Remote(f"ssh://{user}@{rest}", "", "")  # ssh takes no password from a URL
    return Remote(f"{scheme}://{rest}", unquote(user), unquote(password))


def _environment(remote: Remote) -> dict[str, str]:
    # An empty template folder: no hooks are copied into the clone.
    settings = {"GIT_TERMINAL_PROMPT": "0", "GIT_TEMPLATE_DIR": "", "LC_ALL": "C"}
    if not remote.user and not remote.password:
        return settings
    # Bound to the host: a redirect to another one must not bring the credentials there.
    host = "/".join(remote.url.split("/")[:3])
    helper = {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": f"credential.{host}.helper",
        "GIT_CONFIG_VALUE_0": "",
        "GIT_CONFIG_KEY_1": f"credential.{host}.helper",
        "GIT_CONFIG_VALUE_1": _HELPER,
        "KEYGUARD_USER": remote.user,
        "KEYGUARD_PASSWORD": remote.password,
    }
    return {**settings, **helper}


def _failed(remote: Remote, said: str) -> GitError:
    shown = _QUERY.sub("?…", remote.url)
    words = failure(_scrubbed(remote, said).encode("utf-8", "replace"), 128)
    return GitError(f"cannot clone {shown}: {words}", words.hint or "Check the address and that you may read it.")


def _scrubbed(remote: Remote, said: str) -> str:
    """What git said, without anything that was secret in the URL."""
    for value in (remote.url, remote.password or remote.user):
        if value:
            said = said.replace(value, _QUERY.sub("?…", remote.url) if value == remote.url else "…")
    return re.sub(r"://[^/@\s]*@", "://", said)
