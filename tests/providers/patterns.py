"""Random patterns for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

_ATOMS = st.one_of(
    st.sampled_from(
        [
            "sk",
            "key-",
            "AKIA",
            "abc",
            "tok_",
            ".",
            r"\.",
            "-",
            "_",
            "[0-9a-f]",
            "[A-Za-z0-9]",
            "[^a-z]",
            r"\s",
            r"\w",
            r"\n",
        ]
    ),
    st.sampled_from(
        [
            "(?i:token)",
            "(?i:Key)",
            "[sk]",
            r"[^\n]",
            "(?s:.)",
            "(?<![a-z])",
            r"\b",
            "(?=[a-z])",
            "(?i:[a-f])",
            r"\x00",
            r"\xff",
        ]
    ),
)


def _grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda branches: "(?:" + "|".join(branches) + ")"),
        st.tuples(inner, st.sampled_from(["?", "{2}", "{1,3}", "{0,5}", "{3,20}", "{0,2}?"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        inner.map(lambda pattern: f"({pattern})"),
    )


PATTERNS = st.recursive(_ATOMS, _grow, max_leaves=12)
# Mostly with a literal that a trigger can be built on.
ANCHORED = st.tuples(PATTERNS, st.sampled_from(["sk-live", "(?:ghp|gho)_", "(?i:token)", ""]), PATTERNS).map(
    lambda parts: f"(?:{parts[0]}){parts[1]}(?:{parts[2]})"
)
