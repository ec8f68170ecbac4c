from __future__ import annotations

from keyguard.model import Confidence
from keyguard.providers.loader import builtin_files, parse_provider
from keyguard.triage.judge.inquest import Answer, inquire
from tests.secrets import made_up

RULES = next(parse_provider(path).rules for path in builtin_files() if path.stem == "generic")
VALUE = made_up("generic", "generic-quoted").secrets[0]


def _inquire(text: bytes, line: int = 0) -> list[Answer]:
    start = 0
    for _ in range(line):
        start = text.index(b"\n", start) + 1
    end = text.find(b"\n", start)
    return inquire(RULES, b"src/settings.py", text, start, end if end >= 0 else len(text))


def test_a_line_that_no_rule_sees() -> None:
    assert _inquire(b"x = 1\napi_key = '%b'\n" % VALUE) == []


def test_what_is_dropped_by_its_value_alone() -> None:
    answer, *_ = _inquire(b'password = "${PASSWORD}"')
    assert (answer.confidence, answer.value) == (None, b"${PASSWORD}")
    assert answer.reasons == ("the value is a reference, a template, a pattern or a word of the language",)


def test_what_is_public_and_what_is_a_placeholder() -> None:
    public, *_ = _inquire(b'PublicKeyToken = "b03f5f7f11d50a3a"')
    assert public.confidence is None
    assert "public by its kind" in public.reasons[0]
    placeholders = [answer for answer in _inquire(b'api_key = "your-api-key"') if answer.confidence]
    assert all(answer.confidence is Confidence.LOW for answer in placeholders)


def test_a_secret_and_why_it_is_one() -> None:
    text = b"import x\napi_key = '%b'\n" % VALUE
    answer = next(answer for answer in _inquire(text, 1) if answer.rule == "generic-quoted")
    assert (answer.value, answer.start) == (VALUE, 11)
    assert answer.confidence
    assert answer.reasons
