from __future__ import annotations

import pytest

from keyguard.triage.generic import is_ordinary


@pytest.mark.parametrize(
    "value",
    [
        b"${PASSWORD}", b"$PASSWORD", b"{{ secret }}", b"<password>", b"%PASSWORD%", b"[redacted]", b"@vault",
        b"&anchor", b"os.environ['X']", b"config.password", b"process.env.TOKEN", b"getPassword()", b"self.token",
        b"std::string", b"/etc/ssl/private/key.pem", b"./secrets", b"~/.ssh/id_rsa", b"C:\\keys\\a", b"server.key",
        b"https://a.example/x", b"s3://bucket/key", b"123e4567-e89b-12d3-a456-426614174000", b"password", b"my-secret",
        b"test_password1", b"correct horse battery", b"accessToken", b"ACCESS_TOKEN_NAME", b"access_token_name",
        b"com.example.Token",
    ],
)  # fmt: skip
def test_names_paths_and_references(value: bytes) -> None:
    assert is_ordinary(value)


@pytest.mark.parametrize(
    "value", [b"hunter2", b"Tr0ub4dor&3", b"q7Zr4kP0mWx2", b"pa$$w0rd!x", b"0f1e2d3c4b5a69788796", b"c29tZSBzZWNyZXQ="]
)
def test_values(value: bytes) -> None:
    assert not is_ordinary(value)
