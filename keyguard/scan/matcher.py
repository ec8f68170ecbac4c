"""Engine and triage as one: slabs in, confirmed matches out."""

from __future__ import annotations

from keyguard.engine import Engine, open_engine
from keyguard.errors import ConfigError
from keyguard.model import Hits, Rule, Slab
from keyguard.providers.loader import load_rules
from keyguard.scan.options import ScanOptions
from keyguard.triage.confirm import Confirmed, Confirmer


class Matcher:
    """The rules of a scan, ready to run."""

    def __init__(self, rules: tuple[Rule, ...], engine: Engine) -> None:
        self.rules = rules
        self.confirmer = Confirmer(rules)
        self._engine = engine

    def hits(self, text: bytes) -> Hits:
        return self._engine.scan(text)

    def match(self, slab: Slab) -> Confirmed:
        return self.confirmer.confirm(slab, self._engine.scan(slab.text))


def open_matcher(options: ScanOptions) -> Matcher:
    """Loads rules and engine. Raises RuleError for a broken rule file, ConfigError for an unknown rule id."""
    rules = load_rules(options.rules, cache=options.cache).rules
    unknown = set(options.disabled) - {rule.id for rule in rules}
    if unknown:
        raise ConfigError(f"no rule is called {min(unknown)}", "see: keyguard rules list")
    rules = tuple(rule for rule in rules if rule.id not in options.disabled)
    return Matcher(rules, open_engine(rules, cache=options.cache, choice=options.engine))
