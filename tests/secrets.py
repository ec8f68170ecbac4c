"""Made-up secrets for tests: no key that looks live stands in the tree."""

from __future__ import annotations

from functools import lru_cache

from keyguard.providers.loader import builtin_files, parse_provider
from keyguard.providers.templates import Expanded, expand


@lru_cache
def made_up(provider: str, rule: str = "", seed: int = 1) -> Expanded:
    """The first example of a rule (of the provider's first one unless named), and the secret in it."""
    path = next(path for path in builtin_files() if path.stem == provider)
    examples = parse_provider(path).examples
    return expand(examples[rule or next(iter(examples))][0], seed)
