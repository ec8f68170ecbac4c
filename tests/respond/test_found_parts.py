"""What stands beside a secret in a file is found with it, so that its provider can be asked without further words."""

from __future__ import annotations

import json
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import pytest

from keyguard.model import Finding
from keyguard.respond.material import material
from keyguard.scan import ScanOptions
from keyguard.scan.tree import scan_stdin
from tests.respond.fakes.catalogue import service_key
from tests.secrets import made_up

TENANT, CLIENT = "1e8fa462-d6e8-5bda-6a31-7873a59e01b2", "793cf422-0c91-4b85-8860-886599b2ac75"
OTHER = "ffffffff-d6e8-5bda-6a31-7873a59e01b2"
KID = "0123456789abcdef" * 2 + "01234567"
EMAIL = "bot@demo.iam.gserviceaccount.com"


def found(text: str, rule: str, cache: Path) -> Finding:
    findings = scan_stdin(BytesIO(text.encode()), ScanOptions(cache=cache)).findings
    (one,) = (each for each in findings if each.rule == rule)
    return one


def entra() -> str:
    return made_up("azure", "azure-client-secret").secrets[0].decode()


@pytest.mark.parametrize(
    "text",
    [
        "AZURE_CLIENT_ID={client}\nAZURE_CLIENT_SECRET={secret}\nAZURE_TENANT_ID={tenant}\n",
        "TENANT_ID = '{tenant}'\nCLIENT_ID = '{client}'\nCLIENT_SECRET = '{secret}'\n",
        'subscription_id = "{other}"\nclient_id = "{client}"\nclient_secret = "{secret}"\ntenant_id = "{tenant}"\n',
        '{{"appId": "{client}", "displayName": "x", "password": "{secret}", "tenant": "{tenant}"}}',
        '{{"clientSecret": "{secret}", "subscriptionId": "{other}", "tenantId": "{tenant}", "clientId": "{client}"}}',
    ],
)
def test_a_client_secret_of_azure_with_its_client_and_tenant(tmp_path: Path, text: str) -> None:
    filled = text.format(client=CLIENT, tenant=TENANT, other=OTHER, secret=entra())
    assert dict(found(filled, "azure-client-secret", tmp_path).parts) == {
        "client": CLIENT.encode(),
        "tenant": TENANT.encode(),
    }


def test_a_client_secret_alone_is_found_all_the_same(tmp_path: Path) -> None:
    assert found(f"SECRET={entra()}\n", "azure-client-secret", tmp_path).parts == ()


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("rule", ["azure-openai-key", "azure-openai-key-legacy"])
def test_a_key_of_azure_openai_with_its_resource(tmp_path: Path, rule: str, before: bool) -> None:
    key = made_up("azure", rule).secrets[0].decode()
    lines = ["AZURE_OPENAI_ENDPOINT=https://acme-east.openai.azure.com/", f"AZURE_OPENAI_API_KEY={key}"]
    text = "\n".join(lines if before else lines[::-1])
    assert found(text, rule, tmp_path).parts == (("resource", b"acme-east"),)


def test_a_key_file_of_google_with_its_account_and_its_own_id(tmp_path: Path) -> None:
    pytest.importorskip("cryptography")
    account = {"type": "service_account", "private_key_id": KID, "private_key": service_key().decode()}
    account["client_email"] = EMAIL
    texts = {
        "google-service-account-key": (json.dumps(account, indent=2), json.dumps(json.dumps(account))),
        "google-service-account-key-base64": (b64encode(json.dumps(account).encode()).decode(),),
    }
    for rule, shapes in texts.items():
        for text in shapes:
            one = found(text, rule, tmp_path)
            values = material(one.secret, one.parts)
            assert (values["secret.email"], values["secret.kid"]) == (EMAIL, KID)
