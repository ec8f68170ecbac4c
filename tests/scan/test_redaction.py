from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyguard.errors import ObjectError
from keyguard.scan.matcher import Matcher, open_matcher
from keyguard.scan.options import ScanOptions
from keyguard.scan.redaction import Redactor
from keyguard.scan.redaction_names import Register
from keyguard.scan.redaction_restore import Restorer
from keyguard.scan.redaction_stream import filtered
from keyguard.scan.redaction_window import Finder
from keyguard.scan.tree import scan_stdin
from tests.program import COMPILED
from tests.secrets import made_up

OPTIONS = ScanOptions(cache=Path(COMPILED.name), use_git=False)
OPENAI = made_up("openai")
GITHUB = made_up("github", "github-fine-grained-token")
SENDGRID = made_up("sendgrid")
AWS = made_up("aws")
WORDS = (
    OPENAI.text,
    GITHUB.text,
    AWS.text,
    b"password = 'Vq3-tRwm9zLx'",
    b"joe.bloggs@example.org",
    b"4111 1111 1111 1111",
    b"+49 30 123456",
    b"[OPENAI_KEY_1]",
    b"[EMAIL_1",
    b"nothing of interest here",
    b"x" * 300,
    b"\xff\xfe\x00",
    b"-----BEGIN RSA PRIVATE KEY-----",
    b"# keyguard:allow",
    b"\n",
    b"\n",
)


@cache
def opened() -> Matcher:
    return open_matcher(OPTIONS)


@pytest.fixture
def matcher() -> Matcher:
    return opened()


def redactor(
    matcher: Matcher, register: Register | None = None, *, personal: bool = False, step: int = 1 << 20
) -> Redactor:
    finder = Finder(matcher, OPTIONS, ("stdin", b""), lambda: b"key")
    return Redactor(finder, register or Register(), personal=personal, step=step)


def through(filter_: Redactor | Restorer, text: bytes, part: int = 1 << 16) -> bytes:
    """What filters like this one make of a text that comes in parts."""
    stream = io.BytesIO(text)
    filters: list[Redactor | Restorer] = []

    def begin() -> Redactor | Restorer:
        if not filters:
            filters.append(filter_)
        elif isinstance(filter_, Restorer):
            filters.append(Restorer(filter_._entries))
        else:
            filters.append(Redactor(filter_._finder, filter_._register, step=filter_._step))
        return filters[-1]

    inward = isinstance(filter_, Redactor)
    return b"".join(filtered(lambda size: stream.read(min(size, part)), begin, inward=inward))


def test_a_text_without_secrets_stays_as_it_is(matcher: Matcher) -> None:
    text = b"a line\r\n\x00\xff and bytes\nOPENAI_API_KEY=$OPENAI_API_KEY\nno end of line"
    one = redactor(matcher, personal=True)
    assert through(one, text) == text
    assert not one.replaced
    assert through(redactor(matcher), b"") == b""


def test_each_value_has_a_placeholder_of_its_own(matcher: Matcher) -> None:
    other = made_up("openai", seed=2)
    text = b"\n".join((OPENAI.text, other.text, OPENAI.text, GITHUB.text))
    one = redactor(matcher)
    done = through(one, text)
    assert done.count(b"[OPENAI_KEY_1]") == 2
    assert done.count(b"[OPENAI_KEY_2]") == 1
    assert b"[GITHUB_TOKEN_1]" in done
    for expanded in (OPENAI, other, GITHUB):
        assert expanded.secrets[0] not in done
    assert one.replaced == {"OPENAI_KEY": 3, "GITHUB_TOKEN": 1}


@pytest.mark.parametrize("part", [1, 7, 64, 1000])
def test_a_secret_across_parts_is_found(matcher: Matcher, part: int) -> None:
    done = through(redactor(matcher), b"x " + OPENAI.text + b"\n", part)
    assert OPENAI.secrets[0] not in done
    assert b"[OPENAI_KEY_1]" in done


@pytest.mark.parametrize("shift", [-40, -1, 0, 3, 100])
def test_a_secret_across_windows_is_found(matcher: Matcher, shift: int) -> None:
    """Windows of 32 KiB: secrets stand where one ends and the next begins."""
    step = 1 << 15
    reach = Finder(matcher, OPTIONS, ("stdin", b""), bytes).reach
    places = [step + shift, reach + step + shift, 2 * step + shift, reach + 3 * step + shift]
    text = bytearray((b"some words of a log that says nothing at all\n" * 20_000)[: reach * 2 + 8 * step])
    for place in places:
        text[place : place + len(GITHUB.text) + 2] = b"\n" + GITHUB.text + b"\n"
    done = through(redactor(matcher, step=step), bytes(text))
    assert GITHUB.secrets[0] not in done
    assert done.count(b"[GITHUB_TOKEN_1]") == 4
    assert done.replace(b"[GITHUB_TOKEN_1]", GITHUB.secrets[0]) == text


def test_memory_is_bounded(matcher: Matcher) -> None:
    one = redactor(matcher, step=1 << 16)
    line = b"user=42 took 12 ms and all went well, as it should\n" * 2000
    for _ in range(40):
        one.feed(line)
        assert len(one._text) < 2 * one._reach + (1 << 16) + 2 * len(line)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=14), st.integers(1, 400), st.sampled_from([b" ", b"\n", b""]))
def test_it_is_what_a_scan_reports_and_comes_back_whole(words: list[bytes], part: int, glue: bytes) -> None:
    matcher = opened()
    text = glue.join(words)
    register = Register(keeps=True)
    done = through(redactor(matcher, register, step=64), text, part)
    assert done == through(redactor(matcher, Register(keeps=True)), text)
    report = scan_stdin(io.BytesIO(text), OPTIONS._replace(containers=False))
    reported = {finding.secret.reveal() for finding in report.findings}
    assert {
        entry.value for entry in register.entries.values() if not entry.placeholder.startswith(b"[TEXT")
    } == reported
    assert through(Restorer(register.entries), done, part) == text


def test_a_placeholder_that_the_text_has_already_is_not_given_out(matcher: Matcher) -> None:
    register = Register(keeps=True)
    text = b"[OPENAI_KEY_1] " + OPENAI.text + b" and [OPENAI_KEY_2] after\n"
    done = through(redactor(matcher, register), text)
    assert done.startswith(b"[OPENAI_KEY_1] ")
    assert b"=[OPENAI_KEY_2] and [TEXT_1] after" in done
    assert through(Restorer(register.entries), done) == text


def test_a_map_goes_on_where_it_ended(matcher: Matcher) -> None:
    first = Register(keeps=True)
    through(redactor(matcher, first), OPENAI.text)
    second = Register(first.entries.values(), keeps=True)
    done = through(
        redactor(matcher, second), made_up("openai", seed=2).text + b"\n" + OPENAI.text + b"\n[OPENAI_KEY_1]"
    )
    assert done.count(b"[OPENAI_KEY_1]") == 2
    assert done.count(b"[OPENAI_KEY_2]") == 1


def test_an_encoded_secret_comes_back_encoded(matcher: Matcher) -> None:
    from base64 import b64encode

    encoded = b64encode(b"the key is " + OPENAI.text + b" and that is all")
    text = OPENAI.text + b'\ndata: "' + encoded + b'"\n'
    register = Register(keeps=True)
    done = through(redactor(matcher, register), text)
    assert b"[OPENAI_KEY_1]" in done
    assert b"[OPENAI_KEY_1_BASE64]" in done
    assert encoded not in done
    assert through(Restorer(register.entries), done) == text


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_wide_characters(matcher: Matcher, coding: str) -> None:
    text = "\ufeff" + "ein längerer Satz\r\n" * 40 + GITHUB.text.decode() + "\r\n"
    register = Register(keeps=True)
    done = through(redactor(matcher, register), text.encode(coding), 777)
    assert "=[GITHUB_TOKEN_1]\r\n" in done.decode(coding)
    assert through(Restorer(register.entries), done, 777) == text.encode(coding)


def test_by_line_each_line_is_out_at_once(matcher: Matcher) -> None:
    one = redactor(matcher)
    lines = [b"begin\n", OPENAI.text + b"\n", b"half a li", b"ne\n"]
    out = [one.feed(line) + one.flush() for line in lines]
    out.append(one.close())
    assert out[0] == b"begin\n"
    assert out[1].endswith(b"[OPENAI_KEY_1]\n")
    assert out[2:] == [b"", b"half a line\n", b""]


def test_by_line_the_rest_of_a_key_of_several_lines_is_still_held_back(matcher: Matcher) -> None:
    pem = next(
        each for each in (made_up("privatekey", seed=seed) for seed in range(3)) if each.secrets[0].count(b"\n") > 2
    )
    register = Register(keeps=True)
    one = redactor(matcher, register)
    lines = pem.text.splitlines(keepends=True)
    done = b"".join(one.feed(line) + one.flush() for line in lines) + one.close()
    assert done != pem.text
    assert through(Restorer(register.entries), done) == pem.text


def test_archives_are_refused(matcher: Matcher) -> None:
    with pytest.raises(ObjectError, match="gzip"):
        through(redactor(matcher), b"\x1f\x8b\x08\x00" + bytes(100))


def test_what_a_comment_allows_stays_unless_everything_is_asked_for(matcher: Matcher) -> None:
    text = GITHUB.text + b"  # keyguard:allow an example\n"
    assert through(redactor(matcher), text) == text
    finder = Finder(matcher, OPTIONS, ("stdin", b""), lambda: b"key", everything=True)
    assert b"[GITHUB_TOKEN_1]" in through(Redactor(finder, Register()), text)


@pytest.mark.parametrize("seed", [1, 2])
def test_windows_make_no_difference(matcher: Matcher, seed: int) -> None:
    """A text of many windows, with something to replace at every other place."""
    from random import Random

    rng = Random(seed)
    filler = [b"some words of a log ", b"user=17 took 12 ms\n", b"\n", b'{"a": [1, 2]} ', b"0123-4567 " * 9, b"=" * 90]
    words = [*WORDS[:9], made_up("privatekey").text, made_up("openai", seed=3).text]
    parts = [rng.choice(words) if rng.random() < 0.02 else rng.choice(filler) for _ in range(20_000)]
    text = b"".join(parts)
    whole, cut = Register(keeps=True), Register(keeps=True)
    expected = through(redactor(matcher, whole, personal=True, step=1 << 30), text)
    done = through(redactor(matcher, cut, personal=True, step=20_000), text, 5000)
    assert done == expected
    assert through(Restorer(cut.entries), done, 5000) == text
    assert len(cut.entries) > 5
