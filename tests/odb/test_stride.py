"""Strides: many objects of families in one go, the C one and its twin alike."""

from __future__ import annotations

import random
from array import array

import pytest

from keyguard.odb.delta import WHOLE_RESULT, python_step
from keyguard.odb.stride import COLUMNS, LAST, NEEDED, STEP, WRONG, Stretch, python_stride, stride
from keyguard.sources.text import text_view
from tests.odb.crafting import copy, delta, insert, planned

STRIDES = [python_stride, *([stride] if stride is not python_stride else [])]
WIDE = 6
BOUNDS = (100, 1 << 20, 0, 1 << 30, 1 << 20)
both = pytest.mark.parametrize("run", STRIDES, ids=["python", "C"][: len(STRIDES)])


def table_of(raw: bytes) -> list[tuple[int, int, int]]:
    flat = array("i", raw)
    return [(flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat), COLUMNS)]


BASE = b"one\ntwo\nthree\n"
CHANGE = delta(14, 18, copy(0, 8), insert(b"2.5\n"), copy(8, 6))


@both
def test_a_base_and_its_delta(run) -> None:  # type: ignore[no-untyped-def]
    held: list[bytes | None] = [None, None]
    payloads, plan = planned([BASE, CHANGE], (0, NEEDED), (1, LAST))
    stop, problem, text, rows, lows, table, wide, *_ = run(held, payloads, 0, plan, BOUNDS)
    assert (stop, problem, wide) == (2, None, None)
    assert text == BASE + b"\n" + b"2.5\nthree\n\n"[: len(text) - 15]
    assert table_of(table) == [(14, 0, -1), (18, 15, len(rows) // 12)]
    assert array("i", lows).tolist() == [15] * (len(rows) // 12)
    assert b"2.5" in text[15:]
    assert b"one" not in text[15:]
    assert held == [None, None]


@both
@pytest.mark.parametrize(
    ("payloads", "steps", "stop", "problem"),
    [
        ([b""], [(0, WRONG)], 0, ""),
        ([CHANGE], [(1, 0)], 0, ""),
        ([BASE, b""], [(0, NEEDED), (1, 0)], 1, "its header is cut short"),
        ([BASE, delta(99, 9, insert(b"x" * 9))], [(0, NEEDED), (1, 0)], 1, "its base has another size"),
        ([BASE, CHANGE, CHANGE], [(0, NEEDED), (1, LAST), (1, 0)], 2, ""),
    ],
)
def test_where_it_stops(run, payloads, steps, stop, problem) -> None:  # type: ignore[no-untyped-def]
    data, plan = planned(payloads, *steps)
    found = run([None, None], data, 0, plan, BOUNDS)
    assert found[:2] == (stop, problem)


@both
def test_it_goes_on_where_it_stopped(run) -> None:  # type: ignore[no-untyped-def]
    held: list[bytes | None] = [None, None]
    payloads, steps = planned([BASE, CHANGE], (0, NEEDED), (1, LAST))
    bounds = (*BOUNDS[:4], 1)
    first = run(held, payloads, 0, steps, bounds)
    assert first[:3] == (1, None, BASE + b"\n")
    assert held[0] == BASE
    assert run(held, payloads, 1, steps, bounds)[:2] == (2, None)


@both
@pytest.mark.parametrize("content", [b"\0", b"\xff\xfea\0", b"x" * 1023 + b"\0"])
def test_what_may_be_wide_ends_a_stride(run, content: bytes) -> None:  # type: ignore[no-untyped-def]
    payloads, plan = planned([content, BASE], (0, 0), (0, 0))
    assert run([None], payloads, 0, plan, BOUNDS)[0] == 1
    assert run([None], payloads, 0, plan, BOUNDS)[WIDE] == content
    change = delta(len(BASE), len(content), insert(content[:100]), *([insert(content[100:])] if content[100:] else []))
    if len(content) < 200:
        payloads, plan = planned([change], (1, 0))
        assert run([BASE, None], payloads, 0, plan, BOUNDS)[WIDE] == content


@both
@pytest.mark.parametrize("coding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("text", ["key = value of a setting\n" * 4, "\u4e16\u754c key of a setting\n" * 60])
def test_what_has_a_text_view_is_handed_over(run, coding: str, mark: str, text: str) -> None:  # type: ignore[no-untyped-def]
    content = (mark + text).encode(coding)
    assert text_view(content) is not None
    payloads, plan = planned([content], (0, 0))
    assert run([None], payloads, 0, plan, BOUNDS)[WIDE] == content


@both
def test_plain_text_is_not_wide(run) -> None:  # type: ignore[no-untyped-def]
    late = b"x" * 1024 + b"\0"
    payloads, plan = planned([late, b"", BASE], (0, 0), (0, 0), (0, 0))
    assert run([None], payloads, 0, plan, BOUNDS)[0] == 3


@both
def test_over_the_budget_only_the_last_is_held(run) -> None:  # type: ignore[no-untyped-def]
    held: list[bytes | None] = [None, None, None]
    bounds = (100, 1 << 20, 0, 20, 1 << 20)
    payloads, plan = planned([BASE, CHANGE], (0, NEEDED), (1, NEEDED))
    assert run(held, payloads, 0, plan, bounds)[0] == 2
    assert held[0] is None
    assert held[1] == python_step(BASE, CHANGE, 0, 1 << 20, 0, WHOLE_RESULT)[0]


@both
@pytest.mark.parametrize("payloads", [b"", BASE[1:], BASE + b"x"], ids=len)
def test_a_plan_of_other_payloads_is_refused(run, payloads: bytes) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match="of these payloads"):
        run([None], payloads, 0, planned([BASE], (0, 0))[1], BOUNDS)


def family(rng: random.Random, hash_size: int) -> tuple[bytes, bytes, int]:
    """A random family depth first, some of it broken: payloads, plan and what is deeper than all of it."""
    alphabet = b"ab\n" if not hash_size else b"1 \0\n"
    payloads: list[bytes] = []
    steps: list[tuple[int, int]] = []
    contents: list[bytes] = []
    for number in range(rng.randrange(1, 12)):
        depth = rng.randrange(0, min(number, 4) + 1) if number else 0
        base = contents[depth - 1] if depth and depth <= len(contents) else None
        contents = contents[:depth]
        if depth and base:
            parts, size = [], 0
            for _ in range(rng.randrange(5)):
                if rng.random() < 0.6 and base:
                    start = rng.randrange(len(base))
                    length = rng.randrange(1, len(base) - start + 1)
                    parts.append(copy(start, length))
                else:
                    length = rng.randrange(1, 9)
                    parts.append(insert(bytes(rng.choices(alphabet, k=length))))
                size += length
            payload = delta(len(base), size + (rng.random() < 0.05), *parts)
            try:
                content = python_step(base, payload, 0, 1 << 20, 0, WHOLE_RESULT)[0]
            except ValueError:
                content = b""
        else:
            content = payload = bytes(rng.choices(alphabet, k=rng.randrange(40)))
            depth, contents = 0, []
        payloads.append(payload)
        steps.append((depth, rng.randrange(4) | NEEDED * (rng.random() < 0.8) | WRONG * (rng.random() < 0.05)))
        contents.append(content)
    return (*planned(payloads, *steps), 6)


@pytest.mark.skipif(stride is python_stride, reason="there is no C step here")
@pytest.mark.parametrize("seed", range(300))
def test_the_twins_agree(seed: int) -> None:
    rng = random.Random(seed)
    hash_size = rng.choice((0, 0, 3))
    payloads, steps, deepest = family(rng, hash_size)
    bounds = (
        rng.choice((-1, 0, 3, 100)),
        rng.choice((20, 1 << 20)),
        hash_size,
        rng.choice((30, 1 << 30)),
        rng.choice((1, 40, 1 << 20)),
    )
    ours: list[bytes | None] = [None] * deepest
    theirs: list[bytes | None] = [None] * deepest
    at = 0
    while at < len(steps) // (4 * STEP):
        found = Stretch(*stride(ours, payloads, at, steps, bounds))
        assert found == python_stride(theirs, payloads, at, steps, bounds)
        assert ours == theirs
        at = found[0] + (found[1] is not None)
