from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.providers.actions import open_file
from keyguard.providers.identifying import read_searches
from tests.providers.test_requests import verify_file

GOOD = 'url = "https://api.acme.example/keys"\nfound = [200]\nid = "/id"\nsource = "x"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected either `url`, or `none`"),
        ('url = "https://api.acme.example/"\n', "no 'found' in [identify]"),
        (GOOD.replace('id = "/id"\n', ""), "no 'id' in [identify]"),
        (GOOD + 'rows = "/data"\n', "expected match and matches together"),
        (GOOD + 'rows = "/data"\nmatch = "/x"\nmatches = "regex"\n', "expected one of equal"),
        (GOOD + 'over_url = "https://api.acme.example/x"\n', "expected over_url and over_id together"),
        (GOOD + 'over_url = "https://evil.example/x"\nover_rows = "/a"\nover_id = "/b"\n', "one of hosts"),
        (GOOD + 'auth = { bearer = "{credential}" }\n', "expected `credential` just where"),
        (GOOD + 'credential = "an admin key"\n', "expected `credential` just where"),
        (GOOD + 'page = { query = "after" }\n', "page = "),
        (GOOD + 'link = "http://x.example/"\n', "expected an https:// link"),
        (GOOD + 'link = "https://x.example/{secret}"\n', "expected an https:// link"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = verify_file(tmp_path, f"[identify]\n{text}")
    with pytest.raises(RuleError) as caught:
        read_searches(open_file(path))
    assert str(caught.value).startswith(f"{path}:")
    assert said in str(caught.value)


def test_reads_a_search(tmp_path: Path) -> None:
    text = GOOD + 'credential = "an admin key"\nauth = { bearer = "{credential}" }\nlink = "https://x.example/{id}"\n'
    (search,) = read_searches(open_file(verify_file(tmp_path, f"[identify]\n{text}")))
    assert search.rules == ("acme-key",)
    assert search.facts["id"] == ("/id",)
