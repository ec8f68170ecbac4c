from __future__ import annotations

import pickle

from keyguard.model import Confidence
from keyguard.triage.context import SIGHT, Case, Context, Passage, Verdict
from keyguard.triage.match import Match
from tests.rules import make_rule
from tests.secrets import made_up

VALUE = made_up("generic", "generic-quoted").secrets[0]
RULES = (make_rule("abc", id="acme-key"), make_rule("abc", id="generic-quoted", generic=True))


def _match(text: bytes, rule: int = 1, shift: int = 0) -> Match:
    start = text.index(VALUE) + shift
    return Match(rule, start, start + len(VALUE), start, start + len(VALUE), VALUE, Confidence.LOW)


def test_only_generic_matches_may_rise() -> None:
    context = Context(RULES)
    text = b'api_key = "%b"' % VALUE
    assert not context.may_reach(_match(text, 0), Confidence.MEDIUM)
    assert context.may_reach(_match(text), Confidence.HIGH)
    passage = Passage("file", b"a.py", text)
    low, raised = context.weigh([Case(passage, _match(text, 0)), Case(passage, _match(text))])
    assert low == Verdict(Confidence.LOW)
    assert raised.reaches(Confidence.MEDIUM)


def test_the_surroundings_decide() -> None:
    context = Context(RULES)
    texts = (b'api_key = "%b"' % VALUE, b'PublicKeyToken = "%b"' % VALUE)
    cases = [Case(Passage("file", b"a.py", text), _match(text)) for text in texts]
    secret, public = context.weigh(cases)
    assert secret.confidence
    assert public.confidence is None
    assert [context.weigh([case])[0] for case in cases] == [secret, public]


def test_more_than_are_taken_apart_at_once() -> None:
    texts = [b'api_key = "%b"' % VALUE, b'PublicKeyToken = "%b"' % VALUE]
    cases = [Case(Passage("file", b"a.py", text), _match(text)) for text in texts]
    context = Context(RULES)
    assert context.weigh(cases * 2500) == context.weigh(cases) * 2500


def test_what_is_far_away_and_a_window_give_the_same() -> None:
    line = b'api_key = "%b"\n' % VALUE
    whole = b"import x\n" * SIGHT + line + b"y = 2\n" * SIGHT
    start = whole.index(VALUE)
    low = start - SIGHT
    window = Passage("file", b"a.py", whole[low : start + len(VALUE) + SIGHT], low)
    context = Context(RULES, explain=True)
    one, other = context.weigh([Case(Passage("file", b"a.py", whole), _match(whole)), Case(window, _match(whole))])
    assert one == other
    assert one.reasons


def test_reasons_only_where_they_are_asked_for() -> None:
    text = b'api_key = "%b"' % VALUE
    cases = [Case(Passage("file", b"a.py", text), _match(text, rule)) for rule in (0, 1)]
    assert [verdict.reasons for verdict in Context(RULES).weigh(cases)] == [(), ()]
    assert all(verdict.reasons for verdict in Context(RULES, explain=True).weigh(cases))


def test_it_survives_pickling() -> None:
    text = b'api_key = "%b"' % VALUE
    case = Case(Passage("file", b"a.py", text), _match(text))
    context = Context(RULES, explain=True)
    assert pickle.loads(pickle.dumps(context)).weigh([case]) == context.weigh([case])  # noqa: S301
