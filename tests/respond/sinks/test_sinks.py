"""Every place a new key is written to: refusals first, then what stands there afterwards."""

from __future__ import annotations

import json
import os
import stat
import sys
from base64 import b64decode, b64encode
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from keyguard.http import Client
from keyguard.http.signing import AwsKey
from keyguard.model import Secret
from keyguard.respond.sinks.command import Command
from keyguard.respond.sinks.envfile import EnvFile
from keyguard.respond.sinks.github import GitHubSecrets
from keyguard.respond.sinks.onepassword import OnePassword
from keyguard.respond.sinks.secretsmanager import SecretsManager
from keyguard.respond.sinks.sink import SinkError
from keyguard.respond.sinks.vault import Vault
from tests.http.server import Asked, Reply, Server
from tests.respond.findings import led

VALUE = "new-value-of-the-key"
NEW = {"API_KEY": Secret(VALUE.encode())}
posix = pytest.mark.skipif(os.name != "posix", reason="programs of the test are shell scripts")


def test_an_env_file_in_no_folder_or_of_several_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="its folder"):
        EnvFile(str(tmp_path / "none" / ".env")).check()
    with pytest.raises(SinkError, match="is a folder"):
        EnvFile(str(tmp_path)).check()
    with pytest.raises(SinkError, match="several lines"):
        EnvFile(str(tmp_path / ".env")).write({"A": Secret(b"a\nb")})


def test_an_env_file_keeps_all_else(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_bytes(b"# head\r\nexport API_KEY = 'old one' # why\r\nOTHER=1\n\nAPI_KEY=older")
    sink = EnvFile(str(path))
    sink.write(NEW)
    assert path.read_bytes() == b"# head\r\nexport API_KEY = %b # why\r\nOTHER=1\n\nAPI_KEY=%b" % (
        (VALUE.encode(),) * 2
    )
    assert sink.read(("API_KEY",)) == NEW
    assert sink.read(("API_KEY", "NONE")) is None
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("value", ["plain", "with space", "it's", 'a"b', "a$b#c", "back\\slash"])
def test_an_env_file_gives_back_what_was_written(tmp_path: Path, value: str) -> None:
    sink = EnvFile(str(tmp_path / ".env"))
    sink.write({"A": Secret(value.encode()), "B": Secret(b"2")})
    if "'" not in value:
        assert sink.read(("A", "B")) == {"A": Secret(value.encode()), "B": Secret(b"2")}


@posix
def test_a_link_stays_a_link_and_leftovers_go(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target = tmp_path / "real" / "env"
    target.write_text("A=1\n", encoding="utf-8")
    (tmp_path / "real" / ".env.keyguard-left").write_text("left", encoding="utf-8")
    (tmp_path / ".env").symlink_to(target)
    EnvFile(str(tmp_path / ".env")).write(NEW)
    assert (tmp_path / ".env").is_symlink()
    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == ["env"]


@posix
def test_a_command_gets_values_on_standard_input_alone(tmp_path: Path) -> None:
    program = tmp_path / "store"
    program.write_text(f'#!/bin/sh\ncat > {tmp_path}/got; echo "$@" > {tmp_path}/words\n', encoding="utf-8")
    program.chmod(0o700)
    with pytest.raises(SinkError, match="no such program"):
        Command("/nowhere/store", os.environ).check()
    with pytest.raises(SinkError, match="quote"):
        Command("store 'x", os.environ)
    with pytest.raises(SinkError, match="exit code 1") as caught:
        Command("false", os.environ).write(NEW)
    assert VALUE not in str(caught.value)
    Command(f"{program} --name x", os.environ).write(NEW)
    assert (tmp_path / "got").read_text(encoding="utf-8") == VALUE
    assert (tmp_path / "words").read_text(encoding="utf-8") == "--name x\n"
    Command(str(program), os.environ).write({**NEW, "ID": Secret(b"1")})
    assert json.loads((tmp_path / "got").read_text(encoding="utf-8")) == {"API_KEY": VALUE, "ID": "1"}


@posix
def test_onepassword_gets_the_item_on_standard_input(tmp_path: Path) -> None:
    item = {"id": "x", "title": "ci", "fields": [{"id": "u", "label": "user", "value": "ada"}]}
    (tmp_path / "item").write_text(json.dumps(item), encoding="utf-8")
    program = tmp_path / "op"
    script = (
        f"#!{sys.executable}\nimport sys\nopen({str(tmp_path / 'words')!r}, 'a').write(' '.join(sys.argv) + '\\n')\n"
        f"path = {str(tmp_path / 'item')!r}\n"
        "if sys.argv[2] == 'get': print(open(path).read())\nelse: open(path, 'w').write(sys.stdin.read())\n"
    )
    program.write_text(script, encoding="utf-8")
    program.chmod(0o700)
    with pytest.raises(SinkError, match="VAULT/ITEM"):
        OnePassword("ci", {})
    sink = OnePassword("Team/ci", {"PATH": str(tmp_path)})
    sink.check()
    sink.write(NEW)
    assert sink.read(("API_KEY",)) == NEW
    assert json.loads((tmp_path / "item").read_text(encoding="utf-8"))["fields"][0]["value"] == "ada"
    assert VALUE not in (tmp_path / "words").read_text(encoding="utf-8")


class FakeVault:
    """A key/value store, version 2, with check-and-set."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {"KEPT": "1"}
        self.version = 3
        self.racing = False

    def __call__(self, asked: Asked) -> Reply:
        if asked.headers.get("x-vault-token") != "token":
            return Reply(403, {"errors": ["permission denied"]})
        if asked.path != "/v1/secret/data/team/ci":
            return Reply(404, {"errors": []})
        if asked.method == "GET":
            told = {"data": {"data": self.data, "metadata": {"version": self.version}}}
            self.version += self.racing
            return Reply(200, told)
        body = json.loads(asked.body)
        if body["options"]["cas"] != self.version:
            return Reply(400, {"errors": ["check-and-set parameter did not match the current version"]})
        self.data, self.version = body["data"], self.version + 1
        return Reply(200, {"data": {"version": self.version}})


def test_vault_keeps_other_members_and_notices_other_writers() -> None:
    vault = FakeVault()
    with Server(vault) as server:
        client = Client(led(server, "vault.example.com"), ("vault.example.com",))
        address = "https://vault.example.com"
        with pytest.raises(SinkError, match="answered 403"):
            Vault("secret/team/ci", address, Secret(b"wrong"), client).check()
        with pytest.raises(SinkError, match="MOUNT/PATH"):
            Vault("secret", address, Secret(b"token"), client)
        sink = Vault("secret/team/ci", address, Secret(b"token"), client)
        sink.write(NEW)
        assert (vault.data, sink.read(("API_KEY",))) == ({"KEPT": "1", "API_KEY": VALUE}, NEW)
        vault.racing = True
        with pytest.raises(SinkError, match="somebody else"):
            sink.write(NEW)
        client.close()


def test_vault_makes_what_is_not_there() -> None:
    with Server(lambda asked: Reply(404, {"errors": []}) if asked.method == "GET" else Reply(200, {})) as server:
        client = Client(led(server, "vault.example.com"), ("vault.example.com",))
        Vault("secret/new", "https://vault.example.com", Secret(b"t"), client).write(NEW)
        client.close()
        assert json.loads(server.asked[-1].body) == {"options": {"cas": 0}, "data": {"API_KEY": VALUE}}


@pytest.mark.skipif(not find_spec("nacl"), reason="PyNaCl seals (pip install 'keyguard[sinks]')")
def test_github_gets_what_only_it_can_open() -> None:
    from nacl.public import PrivateKey, SealedBox

    private = PrivateKey.generate()
    public = b64encode(bytes(private.public_key)).decode()

    def handle(asked: Asked) -> Reply:
        if asked.bearer != "token":
            return Reply(403, {"message": "Resource not accessible"})
        if asked.path == "/repos/acme/site/actions/secrets/public-key":
            return Reply(200, {"key_id": "7", "key": public})
        return Reply(201 if asked.path == "/repos/acme/site/actions/secrets/API_KEY" else 404, {})

    with Server(handle) as server:
        client = Client(led(server, "api.github.com"), ("api.github.com",))
        with pytest.raises(SinkError, match="OWNER/REPO"):
            GitHubSecrets("acme", Secret(b"token"), client)
        with pytest.raises(SinkError, match="answered 403"):
            GitHubSecrets("acme/site", Secret(b"wrong"), client).check()
        sink = GitHubSecrets("acme/site", Secret(b"token"), client)
        sink.check()
        sink.write(NEW)
        client.close()
        body = json.loads(server.asked[-1].body)
    assert body["key_id"] == "7"
    assert SealedBox(private).decrypt(b64decode(body["encrypted_value"])).decode() == VALUE
    assert sink.read(("API_KEY",)) is None


@pytest.mark.skipif(not find_spec("botocore"), reason="botocore signs (pip install 'keyguard[aws]')")
def test_secrets_manager_leaves_what_is_no_object_alone() -> None:
    answers = {
        "secretsmanager.GetSecretValue": Reply(200, {"SecretString": '"plain"'}),
    }
    with Server(lambda asked: answers.get(asked.headers["x-amz-target"], Reply(500, {}))) as server:
        host = "secretsmanager.eu-central-1.amazonaws.com"
        client = Client(led(server, host), (host,))
        sink = SecretsManager("prod", "eu-central-1", AwsKey("AKIA", "s"), client)
        with pytest.raises(SinkError, match="no JSON object"):
            sink.write(NEW)
        answers["secretsmanager.GetSecretValue"] = Reply(400, {"__type": "ResourceNotFoundException"})
        answers["secretsmanager.CreateSecret"] = Reply(200, {})
        sink.write(NEW)
        client.close()
        body = json.loads(server.asked[-1].body)
        assert (body["Name"], json.loads(body["SecretString"])) == ("prod", {"API_KEY": VALUE})
