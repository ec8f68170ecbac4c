"""Lines of tables and keys in the text of a TOML file."""

from __future__ import annotations

import pytest

from keyguard.providers.position import find_line

_TEXT = '''schema = 1
[provider]
id = "x"  # [[rule]]

[[rule]]
id = "x-one"
pattern = \'\'\'a
id = "inside"
[[rule]]
b\'\'\'
examples = [
  "title = 1",
  """
[provider]
""",
]
[[ rule ]]
"id" = "x-two"
'''


@pytest.mark.parametrize(
    ("table", "number", "key", "line"),
    [
        ("", 0, "schema", 1),
        ("", 0, "absent", 1),
        ("provider", 0, "", 2),
        ("provider", 0, "id", 3),
        ("provider", 0, "absent", 2),
        ("rule", 0, "", 5),
        ("rule", 0, "id", 6),
        ("rule", 0, "title", 5),
        ("rule", 0, "examples", 11),
        ("rule", 1, "", 17),
        ("rule", 1, "id", 18),
        ("absent", 0, "", 1),
    ],
)
def test_find_line(table: str, number: int, key: str, line: int) -> None:
    assert find_line(_TEXT, table, number, key) == line
