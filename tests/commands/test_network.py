from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from keyguard.commands.config import Config
from keyguard.commands.credentials import credential_values
from keyguard.commands.network import settings_of
from keyguard.errors import ConfigError, KeyguardError


def config(folder: Path, *, named: bool = True, **tables: Any) -> Config:
    return Config(path=str(folder / "settings.toml"), tables=tables, named=named)


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name in ("KEYGUARD_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ({"endpoints": {"a.example": "http://b.example"}}, "expected https://"),
        ({"endpoints": {"a.example": "https://u:p@b.example"}}, "without user name"),
        ({"endpoints": {"a.example": "https://b.example/?x"}}, "without user name, query"),
        ({"endpoints": {"a.example": "https://[b"}}, "expected an address"),
        ({"endpoints": {"a.example": 3}}, "expected an address"),
        ({"endpoints": [{}]}, "expected one table"),
        ({"network": {"tries": 0}}, "network: tries: expected a number from 1 to 10"),
        ({"network": {"tries": 1.5}}, "network: tries"),
        ({"network": {"read-timeout": True}}, "network: read-timeout"),
        ({"network": {"verify": False}}, "unknown key 'verify'"),
        ({"network": {"ca-bundle": "none.pem"}}, "there are no certificates"),
        ({"network": {"proxy": 1}}, "expected an address"),
    ],
)
def test_says_what_is_wrong(tmp_path: Path, tables: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        settings_of(config(tmp_path, **tables))
    assert said in str(caught.value)
    assert ":p@" not in str(caught.value)


@pytest.mark.parametrize("table", ["endpoints", "network"])
def test_a_file_that_was_only_found_leads_nothing_away(tmp_path: Path, table: str) -> None:
    with pytest.raises(ConfigError, match="counts only in a file that you name"):
        settings_of(config(tmp_path, named=False, **{table: {}}))


def test_a_file_that_was_only_found_runs_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="counts only in a file that you name"):
        credential_values(config(tmp_path, named=False, credentials={"openai": "cmd:touch x"}), "openai")


def test_takes_what_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.pem").write_text("x", encoding="utf-8")
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "a.example,b.example")
    tables: dict[str, Any] = {
        "endpoints": {"GitLab.com": "https://gitlab.example.org"},
        "network": {"ca-bundle": "own.pem", "tries": 5, "read-timeout": 2},
    }
    settings = settings_of(config(tmp_path, **tables))
    assert settings.endpoints == {"gitlab.com": "https://gitlab.example.org"}
    assert settings.proxies == {"https": "http://proxy.example:3128"}
    assert settings.no_proxy == ("a.example", "b.example")
    assert (settings.tries, settings.read_timeout) == (5, 2)
    assert settings.ca_bundle == str(tmp_path / "own.pem")


def test_offline_by_each_way(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not settings_of(Config()).offline
    assert settings_of(Config(), offline=True).offline
    assert settings_of(Config(offline=True)).offline
    monkeypatch.setenv("KEYGUARD_OFFLINE", "1")
    assert settings_of(Config()).offline


def test_credentials_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONE", "first")
    monkeypatch.setenv("TWO", "second")
    known = config(tmp_path, credentials={"openai": "env:ONE", "twilio": {"sid": "env:ONE", "token": "env:TWO"}})
    assert credential_values(known, "slack") == {}
    assert credential_values(known, "openai")["credential"].reveal() == b"first"
    assert credential_values(known, "openai", "env:TWO")["credential"].reveal() == b"second"
    assert credential_values(known, "twilio")["credential.token"].reveal() == b"second"
    wrongs: list[Any] = [{"openai": 3}, {"openai": {"sid": 3}}, [{}]]
    for wrong in wrongs:
        with pytest.raises(KeyguardError, match="credentials"):
            credential_values(config(tmp_path, credentials=wrong), "openai")
