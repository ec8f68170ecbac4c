"""Imports the patterns that git-secrets keeps in git's configuration, and `.gitallowed`.

What they mean: https://github.com/awslabs/git-secrets#readme (grep -E, whole words, a line at a time; allowed patterns
are held against `file:line:text`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from keyguard.errors import KeyguardError, RuleError
from keyguard.git.process import run
from keyguard.model.silence import Exemption
from keyguard.providers.re2 import translate
from keyguard.scan.moving.plan import CONFIG, Carried, Plan, config_text, toml_text

RULES: Final = "keyguard-git-secrets.toml"
ALLOWED: Final = ".gitallowed"
_WORD = re.compile(r"[0-9A-Za-z_]")
# An allowed pattern that begins with a path: up to the colon that ends it.
_PATH = re.compile(r"\^?(?:[^:()\[\]]|\\:)*[/\\.](?:[^:()\[\]]|\\:)*:")


def import_settings(root: Path, config: Path | None = None) -> Plan:
    """The plan for a repository's settings, or for those in a git configuration file."""
    patterns, allowed = _values("secrets.patterns", root, config), _values("secrets.allowed", root, config)
    providers = _values("secrets.providers", root, config)
    file = root / ALLOWED
    if config is None and file.is_file():
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        allowed += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    left = [f"the provider `{each}` is a command that prints patterns: not run" for each in providers]
    rules = [rule for number, each in enumerate(patterns, 1) if (rule := _rule(number, each, left))]
    exemptions = tuple(found for each in allowed if (found := _allowed(each, left)))
    files = {}
    if rules:
        files[RULES] = "# Imported from git-secrets.\n" + "".join(rules)
    if rules or exemptions:
        carried = Carried(rules=(RULES,) if rules else (), exemptions=exemptions)
        files[CONFIG] = config_text("git-secrets", carried)
    done = [
        f"{len(rules)} of {len(patterns)} patterns are rules in {RULES}",
        f"{len(exemptions)} of {len(allowed)} allowed patterns are in {CONFIG}",
    ]
    return Plan(files, tuple(done), tuple(left))


def _values(key: str, root: Path, config: Path | None) -> list[str]:
    where = ["--file", str(config)] if config else []
    answer = run(["config", *where, "--null", "--get-all", key], cwd=root, codes=(0, 1))
    return [value.decode("utf-8", "replace") for value in answer.stdout.split(b"\0") if value]


def _rule(number: int, pattern: str, left: list[str]) -> str:
    """One rule as gitleaks writes it, which keyguard runs; "" where it cannot be."""
    words = f"{_edge(pattern, first=True)}({pattern}){_edge(pattern, first=False)}"
    try:
        translate(words, 1, bound=1)
    except RuleError as error:
        left.append(f"the pattern {pattern!r}: {error}")
        return ""
    text = toml_text(words) if "'" not in words else f"'''{words}'''" if "'''" not in words else toml_text(words)
    head = f'id = "pattern-{number}"\ndescription = "git-secrets pattern {number}"\nsecretGroup = 1'
    return f"\n[[rules]]\n{head}\nregex = {text}\n"


def _edge(pattern: str, *, first: bool) -> str:
    """A word border where the pattern is sure to have a letter or digit there, as grep -w asks for."""
    char = pattern[:1] if first else pattern[-1:]
    return r"\b" if _WORD.match(char) or char in "([{}])" else ""


def _allowed(pattern: str, left: list[str]) -> Exemption | None:
    try:
        text = translate(pattern).pattern
    except KeyguardError as error:
        left.append(f"the allowed pattern {pattern!r}: {error}")
        return None
    text = re.sub(r"\(\?P<secret\d?>", "(?:", text)
    made = Exemption("config", "", f"git-secrets allows {pattern}", every=False, lines=(text,))
    if path := _PATH.match(pattern):
        return made._replace(paths=(re.sub(r"\(\?P<secret\d?>", "(?:", translate(path[0][:-1]).pattern),))
    return made
