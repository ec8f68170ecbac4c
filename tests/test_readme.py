"""What the README says is true: its marked blocks run in a small repository, and their output is compared."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from keyguard.commands.config import Config
from keyguard.commands.revoke import command as revoke
from keyguard.commands.root import root
from keyguard.commands.scan import command as scan
from keyguard.providers.boundary import SIDES
from keyguard.providers.schema import CATEGORIES, CHECKSUMS, PROVIDER, RULE
from tests.program import ROOT, environment
from tests.repositories import Repo
from tests.secrets import made_up

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = ("README.md", "CHANGELOG.md", *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))))
BLOCK = re.compile(r"^<!-- (run|file: (\S+)) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# What differs from run to run: fingerprints, masks, commit ids, times and sizes.
VARYING = (
    (re.compile(r"\b[0-9a-f]{32}\b"), "FINGERPRINT"),
    (re.compile(r"(?<=\s)\S{2,4}…\S{0,4}"), "MASK"),
    (re.compile(r"\b[0-9a-f]{7,40}\b"), "COMMIT"),
    (re.compile(r"\d+\.\d+ s\b"), "TIME"),
    (re.compile(r"[\d.]+ (B|KiB)\b(?: \(.* of it scanned\))?"), "SIZE"),
)


class Block(NamedTuple):
    """A marked block: `file` is empty where it is to be run."""

    file: str
    text: str


BLOCKS = [Block(match[2] or "", match[3]) for match in BLOCK.finditer(README)]


def settle(text: str) -> str:
    for pattern, word in VARYING:
        text = pattern.sub(word, text)
    return text


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Command lines and the output each is said to have."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        yield line, output


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of two files whose history holds one secret more."""
    repo = Repo(tmp_path / "project")
    repo.commit({"notes.txt": "Buy milk.\n", "mail.sh": made_up("sendgrid").text + b"\n"}, "Begin")
    repo.commit({"mail.sh": None, "deploy.sh": made_up("github", "github-fine-grained-token").text + b"\n"}, "Deploy")
    return repo.path


@pytest.fixture
def shell(tmp_path: Path) -> dict[str, str]:
    """The environment in which `keyguard` is this keyguard."""
    programs = tmp_path / "programs"
    programs.mkdir()
    program = programs / "keyguard"
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m keyguard "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    variables = environment()
    return {**variables, "PATH": f"{programs}:{variables['PATH']}"}


@pytest.mark.skipif(sys.platform == "win32" or not shutil.which("bash"), reason="the blocks are written for bash")
def test_blocks_do_what_they_say(project: Path, shell: dict[str, str]) -> None:
    assert BLOCKS
    for block in BLOCKS:
        if block.file:
            (project / block.file).write_text(block.text, encoding="utf-8")
            continue
        for line, said in commands(block.text):
            done = subprocess.run(
                ["bash", "-c", f"{line} 2>&1"], cwd=project, env=shell, capture_output=True, timeout=120, check=False
            )
            assert settle(done.stdout.decode()) == settle(said), line


def test_a_first_scan_stands_in_the_first_lines() -> None:
    first = README.splitlines()[:25]
    assert "$ keyguard scan" in first
    assert any(line.startswith("1 secret") for line in first)


@pytest.mark.parametrize("page", PAGES)
def test_links_between_pages_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [link for link in links if not (folder / link).exists()] == []


def test_options_named_in_pages_exist() -> None:
    params = [*scan.params, *revoke.params, *root.params]
    known = {name for param in params for name in (*param.opts, *param.secondary_opts)}
    for page in ("README.md", "docs/configuration.md"):
        named = set(re.findall(r"`(--[a-z-]+)", (ROOT / page).read_text(encoding="utf-8")))
        assert named - known == set()


def test_every_setting_is_described() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `([a-z-]+)` \|", page, flags=re.MULTILINE))
    assert described == {field.replace("_", "-") for field in Config._fields} - {"path", "named", "tables"}


def test_the_format_of_provider_files_is_described_in_full() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    words = {*PROVIDER, *RULE, *CATEGORIES, *CHECKSUMS, *SIDES, "schema"}
    assert [word for word in sorted(words) if f"`{word}`" not in page and f"{word} = " not in page] == []
    rows = set(re.findall(r"^\| `([a-z]+)` \|", page, flags=re.MULTILINE))
    assert rows == {*PROVIDER, *RULE}
