from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.errors import RuleError
from keyguard.providers.actions import open_file
from keyguard.providers.loader import builtin_files
from keyguard.providers.usage import OWN_PARTS, read_usage, span_seconds

HEAD = """schema = 1
[provider]
id = "acme"
name = "Acme"
hosts = ["api.acme.com"]
[usage]
credential = "any key"
parts = { team = "the id of the team" }
source = "made up"
verified = 2026-11-22
[[usage.read]]
"""
GOOD = {
    "id": '"costs"',
    "basis": '"billed"',
    "url": '"https://api.acme.com/{team}/costs"',
    "query": '{ from = "{start}", to = "{end}" }',
    "widths": '{ 1d = "day" }',
    "rows": '["data"]',
    "fields": '{ start = "day", money = "amount" }',
    "currency": '"USD"',
}
PROVIDERS = [path.stem for path in builtin_files() if "\n[usage]\n" in path.read_text(encoding="utf-8")]


def written(folder: Path, **changes: str) -> Path:
    values = {key: value for key, value in {**GOOD, **changes}.items() if value}
    path = folder / "acme.toml"
    path.write_text(HEAD + "".join(f"{key} = {value}\n" for key, value in values.items()), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": '"red"'}, "'colour' is not known in [usage.read]"),
        ({"basis": ""}, "no 'basis' in [usage.read]"),
        ({"basis": '"guessed"'}, "expected one of billed, priced"),
        ({"id": '"Costs!"'}, "expected a name of small letters"),
        ({"url": '"https://elsewhere.com/"'}, "expected https:// and one of hosts"),
        ({"url": '"http://api.acme.com/"'}, "expected https://"),
        ({"url": '"https://api.acme.com/{who}"'}, "{who} is not known"),
        ({"url": '"https://api.acme.com/{secret}"'}, "is not known"),
        ({"query": '{ from = "{start" }'}, "a single '{'"),
        ({"lag": '"soon"'}, "lag = 'soon', expected how late"),
        ({"restate": '"2w"'}, "restate = '2w'"),
        ({"window": '"year"'}, "window = 'year'"),
        ({"widths": '{ 1w = "week" }'}, "widths"),
        ({"widths": "{}"}, "widths"),
        ({"fields": '{ start = "a", size = "b" }'}, "fields"),
        ({"fields": '{ money = "amount" }'}, "no `start` among fields"),
        ({"kind": '"balance"', "fields": '{ key = "a" }'}, "no `money` among fields"),
        ({"currency": ""}, "no currency"),
        ({"currency": '"dollar"'}, "expected an ISO 4217 code"),
        ({"basis": '"priced"'}, "no meters"),
        ({"meters": '{ smiles = "a" }'}, "meters"),
        ({"scale": '"-1"'}, "scale = '-1'"),
        ({"scale": "0.01"}, "scale = 0.01, expected"),
        ({"paging": '"cursor"'}, "expected both paging and page_from"),
        ({"page_from": '"next"'}, "expected both paging and page_from"),
        ({"times": '"ago"'}, "expected one of unix"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    path = written(tmp_path, **changes)
    with pytest.raises(RuleError) as caught:
        read_usage(open_file(path))
    assert str(caught.value).startswith(f"{path}:")
    assert int(str(caught.value).removeprefix(f"{path}:").partition(":")[0]) >= 11
    assert said in str(caught.value)


def test_two_reads_of_one_name_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(
        path.read_text(encoding="utf-8")
        + path.read_text(encoding="utf-8").partition("[[usage")[2].join(["[[usage", ""])
    )
    with pytest.raises(RuleError, match="used twice"):
        read_usage(open_file(path))


@pytest.mark.parametrize("text", ["", "5", "m", "0d", "1.5h", "5 m", "-1d"])
def test_refuses_what_is_no_span(text: str) -> None:
    with pytest.raises(ValueError, match="expected a span"):
        span_seconds(text)


def test_a_file_may_say_nothing_of_use() -> None:
    assert read_usage(open_file(next(path for path in builtin_files() if path.stem == "jwt"))) is None


def test_reads_what_is_right(tmp_path: Path) -> None:
    usage = read_usage(open_file(written(tmp_path, lag='"90m"')))
    assert usage is not None
    (read,) = usage.reads
    assert (usage.provider, usage.hosts, dict(usage.parts)) == (
        "acme",
        ("api.acme.com",),
        {"team": "the id of the team"},
    )
    assert (read.lag, read.widths, read.fields["money"]) == (5400, {86400: "day"}, ("amount",))
    assert read.granularity(3600) == 86400


@pytest.mark.parametrize("provider", PROVIDERS)
def test_built_in_files_are_right(provider: str) -> None:
    """Each names where it was read, asks over what the provider's hosts allow, and never with a found secret."""
    usage = read_usage(open_file(next(path for path in builtin_files() if path.stem == provider)))
    assert usage is not None
    assert usage.source
    for read in usage.reads:
        assert any(name.startswith("credential") for name in read.request.names) or read.request.adapter == "aws"
        assert read.request.names - OWN_PARTS - usage.parts.keys() <= {
            name for name in read.request.names if name.startswith("credential.")
        }


def test_all_that_the_audit_promises_are_there() -> None:
    promised = "anthropic aws azure datadog deepseek digitalocean elevenlabs github google mistral openai openrouter"
    assert {*promised.split(), "runpod", "sendgrid", "twilio", "xai"} <= set(PROVIDERS)
