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
from keyguard.providers.gitleaks import check_pattern
from keyguard.providers.re2 import translate
from keyguard.scan.moving.plan import CONFIG, Carried, Plan, config_text, toml_text

RULES: Final = "keyguard-git-secrets.toml"
ALLOWED: Final = ".gitallowed"
# What grep -w asks for around a match.
_BEFORE, _AFTER = "(?:^|[^0-9A-Za-z_])", "(?:[^0-9A-Za-z_]|$)"
# The parts of an allowed pattern that names a path: up to the colon that ends it, and what of the rest is for the
# number of the line.
_PATH = re.compile(r"((?:[^:()\[\]|\\]|\\[^:])+):(.*)", re.DOTALL)
_ANY_NUMBER = re.compile(r"(?:\[(?:0-9|\[:digit:\])\]|\\d)[+*]:")


def import_settings(root: Path, config: Path | None = None) -> Plan:
    """The plan for a repository's settings, or for those in a git configuration file."""
    patterns, allowed = _values("secrets.patterns", root, config), _values("secrets.allowed", root, config)
    providers = _values("secrets.providers", root, config)
    file = root / ALLOWED
    if config is None and file.is_file():
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        allowed += [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
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
    words = f"{_BEFORE}({pattern}){_AFTER}"
    try:
        check_pattern(words, 1)
    except RuleError as error:
        left.append(f"the pattern {pattern!r}: {error}")
        return ""
    text = toml_text(words) if "'" not in words else f"'''{words}'''" if "'''" not in words else toml_text(words)
    head = f'id = "pattern-{number}"\ndescription = "git-secrets pattern {number}"\nsecretGroup = 1'
    return f"\n[[rules]]\n{head}\nregex = {text}\n"


def _allowed(pattern: str, left: list[str]) -> Exemption | None:
    """What it says of `file:line:text`: of the path, of the text, or of both."""
    made = Exemption("config", "", f"git-secrets allows {pattern}")
    try:
        named = _PATH.fullmatch(pattern)
        if not named:
            # Anchored at the start it can only mean the path, which is what comes first.
            lines = () if pattern.startswith("^") else (_plain(pattern),)
            return made._replace(every=False, paths=(_plain(pattern),), lines=lines)
        path, rest = named[1], named[2]
        text = _ANY_NUMBER.sub("^", rest, count=1) if _ANY_NUMBER.match(rest) else rest.removeprefix(".*")
        if rest and text == rest:
            left.append(f"the allowed pattern {pattern!r}: it counts lines, which move")
            return None
        return made._replace(paths=(_plain(f"(?:{path})$"),), lines=(_plain(text),) if text.strip("^.*") else ())
    except KeyguardError as error:
        left.append(f"the allowed pattern {pattern!r}: {error}")
        return None


def _plain(pattern: str) -> str:
    """The pattern for Python; no group of it is the secret."""
    return re.sub(r"\(\?P<secret\d?>", "(?:", translate(pattern).pattern)
