"""The matches that stand: overlapping ones settled, those left out that no context makes sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyguard.model import Confidence
from keyguard.scan.matcher import Matcher
from keyguard.scan.objects import Found
from keyguard.sources.slabs import SlabBuilder
from keyguard.triage.match import Match
from keyguard.triage.resolve import resolve


def standing(matcher: Matcher, found: Mapping[str, list[Found]], least: Confidence) -> dict[str, list[Found]]:
    """What stands in each object and may weigh at least `least` in its place; objects without are left out."""
    out: dict[str, list[Found]] = {}
    for name, all_found in sorted(found.items()):
        for view in sorted({each.view for each in all_found}):
            mine = {each.match: each for each in all_found if each.view is view}
            stands = resolve(matcher.rules, mine) if len(mine) > 1 else mine
            kept = [mine[match] for match in stands if matcher.context.may_reach(match, least)]
            if kept:
                out.setdefault(name, []).extend(kept)
    return out


def matches_in(matcher: Matcher, names: Iterable[bytes], least: Confidence) -> dict[bytes, list[Match]]:
    """What stands in short texts such as file names, by text; texts without are left out."""
    texts = sorted(set(names))
    builder = SlabBuilder()
    for owner, text in enumerate(texts):
        builder.add_whole(owner, text)
    by_text: dict[bytes, list[Match]] = {}
    for owner, match in matcher.match_plain(builder.take()).matches:
        by_text.setdefault(texts[owner], []).append(match)
    kept = {
        text: [match for match in resolve(matcher.rules, matches) if matcher.context.may_reach(match, least)]
        for text, matches in by_text.items()
    }
    return {text: matches for text, matches in kept.items() if matches}
