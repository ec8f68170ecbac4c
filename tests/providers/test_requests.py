from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from keyguard.errors import RuleError
from keyguard.model import Secret
from keyguard.providers.actions import open_file, tables_of
from keyguard.providers.requests import REQUEST, MissingPartError, RequestSpec, fill, read_request, show
from keyguard.providers.schema import check_table
from keyguard.providers.verifying import read_checks
from tests.providers.files import provider_file

VALUE = "s3cret/ä+&=#?x"
SECRET = Secret(VALUE.encode())


def spec(**given: Any) -> RequestSpec:
    plain = {key: field.default for key, field in REQUEST.items()}
    return RequestSpec(**{**plain, "url": "https://api.acme.example/me", **given})


def verify_file(folder: Path, text: str) -> Path:
    path = provider_file(folder)
    path.write_text(path.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("[verify]", 1, "expected either `url`, or `none`"),
        ('[verify]\nnone = "x"\nurl = "https://api.acme.example/"', 3, "expected either `url`, or `none`"),
        ('[verify]\nurl = "https://api.acme.example/"', 1, "no 'live' in [verify]"),
        ('[verify]\nurl = "https://api.acme.example/"\nlive = [200]', 1, "no 'source' in [verify]"),
        ('[verify]\nnone = "x"\nevil = 1', 3, "'evil' is not known in [verify]"),
        ('[verify]\nmethod = "TRACE"', 2, "expected one of GET, POST"),
        ("[verify]\nheaders = { a = 1 }", 2, "expected a table of texts"),
        ('[verify]\nauth = { digest = "x" }', 2, "bearer"),
        ('[verify]\nadapter = "ssh"', 2, "expected one of"),
        ("[verify]\nlive = [99]", 2, "a list of statuses"),
        ("[verify]\nlive = [{ state = 200 }]", 2, "a list of statuses"),
        ('[verify]\nlive = [{ json = { "ok" = true } }]', 2, "a list of statuses"),
        ('[verify]\nowner = "login"', 2, "places in the answer"),
        ('[verify]\nrules = ["acme-none"]\nnone = "x"', 2, "there is no rule 'acme-none'"),
        ('[[verify]]\nnone = "x"\n[[verify]]\nnone = "y"', 1, "two [[verify]] without `rules`"),
        (
            '[[verify]]\nrules = ["acme-key"]\nnone = "x"\n[[verify]]\nrules = ["acme-key"]\nnone = "y"',
            5,
            "named twice",
        ),
    ],
)
def test_names_file_and_line_of_what_is_wrong(tmp_path: Path, text: str, line: int, said: str) -> None:
    path = verify_file(tmp_path, text)
    before = path.read_text(encoding="utf-8").count("\n") - text.count("\n")
    with pytest.raises(RuleError) as caught:
        read_checks(open_file(path))
    assert str(caught.value).startswith(f"{path}:{before + line}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "http://api.acme.example/",
        "https://api.acme.example.evil.example/",
        "https://api.acme.example@evil.example/",
        "https://{secret}.acme.example/",
        "https://api.acme.example:8080/",
        "ftp://api.acme.example/",
        "https:///api.acme.example/",
        "https://api.acme.example/{secret",
        "https://api.acme.example/}x",
        "https://api.acme.example/{Secret}",
    ],
)
def test_a_request_stays_with_the_hosts_of_its_file(tmp_path: Path, url: str) -> None:
    path = verify_file(tmp_path, f'[verify]\nurl = "{url}"\nlive = [200]\nsource = "x"\n')
    with pytest.raises(RuleError, match=r"acme\.toml:[0-9]+: "):
        read_checks(open_file(path))


def test_only_one_body(tmp_path: Path) -> None:
    file = open_file(
        verify_file(tmp_path, '[verify]\nurl = "https://api.acme.example/"\nbody = "x"\nform = { a = "b" }\n')
    )
    row = check_table(file.source, "verify", 0, tables_of(file, "verify")[0], REQUEST)
    with pytest.raises(RuleError, match="more than one of form, json and body"):
        read_request(file, "verify", 0, row)


def test_says_which_part_is_not_known() -> None:
    with pytest.raises(MissingPartError, match="the account is not known"):
        fill(spec(url="https://api.acme.example/{account}"), {"secret": SECRET})
    with pytest.raises(MissingPartError, match="the secret is no text"):
        fill(spec(headers={"x-key": "{secret}"}), {"secret": Secret(b"\xff\xfe")})


@pytest.mark.parametrize("value", ["a.b", "a/b", "a@b", "", "-a", "a:1", "a#"])
def test_a_part_of_a_host_is_one_label(value: str) -> None:
    with pytest.raises(MissingPartError, match="no part of a host name"):
        fill(spec(url="https://{dc}.acme.example/"), {"dc": value})


def test_values_are_encoded_where_they_stand() -> None:
    request = fill(spec(url="https://api.acme.example/{secret}/x?a=1", query={"key": "{secret}"}), {"secret": SECRET})
    encoded = "s3cret%2F%C3%A4%2B%26%3D%23%3Fx"
    assert request.url == f"https://api.acme.example/{encoded}/x?a=1&key={encoded}"
    assert fill(spec(url="https://{dc}.acme.example/"), {"dc": "US9"}).url == "https://us9.acme.example/"


def test_bodies() -> None:
    values: dict[str, Secret | str] = {"secret": SECRET, "id": "7"}
    made = fill(spec(method="POST", json={"key": "{secret}", "deep": [{"id": "{id}"}], "n": 3, "q": "{{x}}"}), values)
    assert json.loads(made.body) == {"key": VALUE, "deep": [{"id": "7"}], "n": 3, "q": "{x}"}
    assert made.headers["Content-Type"] == "application/json"
    form = fill(spec(method="POST", form={"token": "{secret}"}), values)
    assert form.body == b"token=s3cret%2F%C3%A4%2B%26%3D%23%3Fx"
    assert fill(spec(body="null", headers={"content-type": "application/json"}), {}).body == b"null"


def test_signing_in() -> None:
    assert fill(spec(auth={"bearer": "{id}"}), {"id": "x"}).headers == {"Authorization": "Bearer x"}
    assert fill(spec(auth={"basic": "{id}:"}), {"id": "x"}).headers == {"Authorization": "Basic eDo="}


def test_shows_a_request_without_its_secret() -> None:
    shown = show(
        spec(
            method="POST",
            url="https://api.acme.example/{secret}/{id}",
            query={"key": "{secret}"},
            auth={"bearer": "{credential}"},
            headers={"x-key": "{secret}"},
            json={"key": "{secret}", "{x}": "{missing}"},
        ),
        {"secret": SECRET, "id": "7", "credential": Secret(b"own-credential-of-mine-1")},
    )
    assert VALUE not in shown
    assert "own-credential-of-mine-1" not in shown
    assert "POST https://api.acme.example/<secret s3…>/7" in shown
    assert "Authorization: Bearer <credential own-…ne-1>" in shown
    assert "<missing>" in shown
