"""The rules as text: a table for people, JSON for programs, Markdown for docs/providers.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING, Final

from keyguard.model import Provider, Rule

if TYPE_CHECKING:
    from keyguard.model.rule import RuleSet

_CATEGORIES: Final = {
    "ai": "AI",
    "cloud": "Cloud",
    "vcs": "Code hosting",
    "payment": "Payment",
    "messaging": "Messaging",
    "email": "Email",
    "registry": "Package registries",
    "infrastructure": "Infrastructure",
    "database": "Databases",
    "monitoring": "Monitoring",
    "identity": "Identity",
    "saas": "Other services",
    "crypto": "Keys and cryptography",
    "generic": "Any provider",
}


def list_text(known: RuleSet, shape: str) -> str:
    """All of `known` in one of `SHAPES`."""
    return SHAPES[shape](known)


def show_text(known: RuleSet, name: str) -> str:
    """The rule or provider `name` in full; "" where there is none."""
    providers = {provider.id: provider for provider in known.providers}
    if name in providers:
        rules = [rule for rule in known.rules if rule.provider == name]
        return "\n".join([_provider_text(providers[name]), *map(_rule_text, rules)])
    return "".join(_rule_text(rule) for rule in known.rules if rule.id == name)


def _table(known: RuleSet) -> str:
    names = {provider.id: provider.name for provider in known.providers}
    rows = [(rule.id, names[rule.provider], rule.severity.label, rule.confidence.label) for rule in known.rules]
    head = ("RULE", "PROVIDER", "SEVERITY", "CONFIDENCE")
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (head, *rows)]
    return "\n".join([*lines, f"{len(rows)} rules, {len(names)} providers", ""])


def _json(known: RuleSet) -> str:
    import json

    providers = [provider._asdict() for provider in known.providers]
    rules = [
        {**rule._asdict(), "severity": rule.severity.label, "confidence": rule.confidence.label} for rule in known.rules
    ]
    return json.dumps({"schema": 1, "providers": providers, "rules": rules}, indent=2, ensure_ascii=False) + "\n"


def _markdown(known: RuleSet) -> str:
    counted = f"{len(known.providers)} providers, {len(known.rules)} rules"
    return "".join(["# What keyguard finds\n\n", f"{counted}. Made by `python docs/generate.py`.\n", *_sections(known)])


def _sections(known: RuleSet) -> Iterator[str]:
    order = list(_CATEGORIES)
    titles = {rule.id: rule.title for rule in known.rules}
    ranked = sorted(known.providers, key=lambda provider: (order.index(provider.category), provider.name.lower()))
    for category, providers in groupby(ranked, key=lambda provider: provider.category):
        yield f"\n## {_CATEGORIES[category]}\n\n| provider | secrets | rules |\n|---|---|---|\n"
        for provider in providers:
            name = f"[{provider.name}]({provider.docs})" if provider.docs else provider.name
            secrets = "; ".join(_cell(titles[rule]) for rule in provider.rules)
            yield f"| {name} | {secrets} | {', '.join(f'`{rule}`' for rule in provider.rules)} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _provider_text(provider: Provider) -> str:
    facts = {
        "category": provider.category,
        "console": provider.console,
        "docs": provider.docs,
        "source": provider.source,
        "verified": provider.verified,
    }
    return _block(f"{provider.name} ({provider.id})", facts)


def _rule_text(rule: Rule) -> str:
    facts = {
        "title": rule.title,
        "severity": rule.severity.label,
        "confidence": rule.confidence.label,
        "pattern": rule.pattern,
        "trigger": rule.trigger,
        "reach": f"{rule.reach} bytes" if rule.reach else "one line",
        "entropy": f"at least {rule.entropy:g} bits a character" if rule.entropy else "",
        "checksum": rule.checksum,
        "next": rule.advice,
    }
    return _block(rule.id, facts)


def _block(head: str, facts: Mapping[str, str]) -> str:
    return "".join([f"{head}\n", *(f"  {name:<11} {value}\n" for name, value in facts.items() if value)])


SHAPES: Final[Mapping[str, Callable[[RuleSet], str]]] = {"table": _table, "json": _json, "markdown": _markdown}
