"""Named pieces: unknown names are errors with a line, known ones stand between a name and its value."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.providers.pieces import PIECES, expand_pieces
from keyguard.providers.providerfile import read_provider
from keyguard.providers.syntax import parse
from tests.providers.files import provider_file

_DOCS = Path(__file__).parents[2] / "docs" / "rules.md"


@pytest.mark.parametrize("name", ["asigned", "Keyword", "no_hash", "x"])
def test_an_unknown_piece_is_an_error_with_its_line(tmp_path: Path, name: str) -> None:
    path = provider_file(tmp_path, pattern=f"'acme{{{{{name}}}}}[a-z]{{20}}'")
    with pytest.raises(RuleError, match=rf"acme\.toml:17: rule 'acme-key': pattern: \{{\{{{name}\}}\}} is not known"):
        read_provider(path)


@pytest.mark.parametrize("pattern", [r"a\{{0,2}b", "a{2}{{", "{{ assigned }}", "[{]{2}x", r"acme\{\{x\}\}"])
def test_what_only_looks_like_a_piece_stays(pattern: str) -> None:
    assert expand_pieces(pattern) == pattern


@pytest.mark.parametrize("name", sorted(PIECES))
def test_each_piece_is_bounded_and_described(name: str) -> None:
    parse(expand_pieces(f"acme{{{{{name}}}}}x"))
    assert f"| `{{{{{name}}}}}` |" in _DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["acme_key x9", "acme_key\nx9", "acme_key_id=x9", "acme_key_name: x9", "acme_keyx9"])
def test_what_assigns_nothing(text: str) -> None:
    pattern = expand_pieces("(?i:acme_key){{assigned}}(?P<secret>y[0-9])")
    assert not re.search(pattern, text)


@pytest.mark.parametrize(
    "between",
    [
        "=", ": ", ' = "', '": "', "' => '", '"] = "', ":=", " := `", "=%22", '\\":\\"', '\\\\\\":\\\\\\"', " ", ">",
        ': str = "', "=\x1b[93m", "\\u0022\\u003a\\u0022", "&quot;:&quot;", "%22%3A%22", ": Bearer ", ": **", "_2=",
        "=>", " || '", ",", "|", " is ",
    ],
)  # fmt: skip
def test_what_assigns(between: str) -> None:
    pattern = expand_pieces("(?i:acme_key){{assigned}}(?P<secret>y[0-9])")
    found = re.search(pattern, f"ACME_KEY{between}y9")
    assert found is not None
    assert found["secret"] == "y9"


def test_a_piece_is_one_unit(tmp_path: Path) -> None:
    path = provider_file(
        tmp_path,
        pattern="'(?i:acme){{keyword}}(?P<secret>(?:{{uuid}}){1,2})'",
        examples="['ACME_KEY={secret:[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}}']",
        trigger="'(?i:acme)[^\\n]{0,160}[a-f0-9]{8}-'",
    )
    assert "{{" not in read_provider(path).rules[0].pattern
