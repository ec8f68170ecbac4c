"""Engine and triage as one: slabs in, confirmed matches out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from keyguard.engine import Engine, open_engine
from keyguard.errors import ConfigError
from keyguard.model import Hits, Rule, Slab
from keyguard.model.silence import Override
from keyguard.providers.loader import load_rules
from keyguard.scan.decoded import Confirming, DecodingConfirmer, seeking_rules
from keyguard.scan.options import ScanOptions
from keyguard.triage.allowlist import Allowlist
from keyguard.triage.confirm import Confirmer
from keyguard.triage.context import Context
from keyguard.triage.match import Confirmed
from keyguard.triage.patterns import Patterns
from keyguard.triage.rooted import Root


class Matcher:
    """The rules of a scan, ready to run. `notes`: what of a person's rule files could not be carried over.

    `screened` leaves out early what no place would make a secret: worth it where candidates are many and wait long to
    be judged.
    """

    def __init__(
        self,
        rules: tuple[Rule, ...],
        engine: Engine,
        *,
        explain: bool = False,
        screened: bool = False,
        allowlist: Allowlist | None = None,
        decode_depth: int = 0,
        patterns: Patterns | None = None,
    ) -> None:
        self.rules = rules
        self.notes: tuple[str, ...] = ()
        self.allowlist = allowlist or Allowlist(rules)
        self.context = Context(rules, explain=explain)
        self._plain = Confirmer(rules, self.context.is_hopeless if screened else None, patterns)
        self.confirmer: Confirming = self._plain
        if decode_depth:
            self.confirmer = DecodingConfirmer(self._plain, engine, len(rules), decode_depth)
        self._engine = engine

    def hits(self, text: bytes) -> Hits:
        """The hits of rules alone."""
        hits = self._engine.scan(text)
        if all(rule < len(self.rules) for rule in hits.rules):
            return hits
        mine = [(rule, at) for rule, at in zip(hits.rules, hits.ends) if rule < len(self.rules)]
        return Hits([rule for rule, _ in mine], [at for _, at in mine])

    def match_plain(self, slab: Slab) -> Confirmed:
        """The same as `match` without decoding anything: for names."""
        return self._plain.confirm(slab, self.hits(slab.text))

    def match(self, slab: Slab, counts: Callable[[int], bool] | None = None) -> Confirmed:
        """`counts` says whether what is on the line before an offset matters; what reaches further is always seen."""
        hits = self._engine.scan(slab.text)
        return self.confirmer.confirm(slab, self._counting(hits, counts) if counts else hits)

    def _counting(self, hits: Hits, counts: Callable[[int], bool]) -> Hits:
        lines = [number < len(self.rules) and not self.rules[number].reach for number in hits.rules]
        kept = [(rule, at) for rule, at, on_line in zip(*hits, lines) if not on_line or counts(at)]
        return Hits([rule for rule, _ in kept], [at for _, at in kept])


def open_matcher(options: ScanOptions, root: bytes = b"", *, screened: bool = False) -> Matcher:
    """Loads rules and engine. Raises RuleError for a broken rule file, ConfigError for an unknown rule id.

    Paths in patterns of a person count from `root`; where it is empty, they are taken as they are.
    """
    known = load_rules(options.rules, cache=options.cache)
    rules = _chosen(known.rules, options)
    seekers = seeking_rules() if options.decode_depth else ()
    engine = open_engine(rules, cache=options.cache, choice=options.engine, seekers=seekers)
    allowlist = Allowlist(rules, (*known.exemptions, *options.silencing.exemptions), Root(root))
    matcher = Matcher(
        rules,
        engine,
        explain=options.explain,
        screened=screened,
        allowlist=allowlist,
        decode_depth=options.decode_depth,
        patterns=Patterns(options.cache),
    )
    matcher.notes = tuple(_summaries(known.notes))
    return matcher


def _summaries(notes: Sequence[str]) -> Iterator[str]:
    """One line a file: the command that imports it tells the whole."""
    for path, count in Counter(note.partition(": ")[0] for note in notes).items():
        told = f"keyguard import gitleaks --dry-run {path}"
        yield f"{path}: {count} things in it run otherwise than in gitleaks, or not at all ({told})"


def _chosen(rules: tuple[Rule, ...], options: ScanOptions) -> tuple[Rule, ...]:
    """The rules that run, as a person's settings want them."""
    overrides = {override.rule: override for override in options.overrides}
    unknown = {*options.disabled, *overrides} - {rule.id for rule in rules}
    if unknown:
        raise ConfigError(f"no rule is called {min(unknown)}", "see: keyguard rules list")
    disabled = {*options.disabled, *(override.rule for override in options.overrides if not override.enabled)}
    return tuple(_overridden(rule, overrides.get(rule.id)) for rule in rules if rule.id not in disabled)


def _overridden(rule: Rule, override: Override | None) -> Rule:
    if override is None:
        return rule
    return rule._replace(severity=override.severity or rule.severity, confidence=override.confidence or rule.confidence)
