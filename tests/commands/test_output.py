from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TextIO

import pytest

from keyguard.commands.output import FORMATS, Destination, check, colored, pair, write_file
from keyguard.errors import KeyguardError
from keyguard.report import FORMATS as WRITERS


@pytest.mark.parametrize(
    ("formats", "outputs", "said"),
    [
        (["text", "json"], [], "two formats for standard output"),
        (["json", "sarif", "text"], ["r.json"], "two formats for standard output: sarif, text"),
        (["json", "text"], ["-"], "two formats for standard output"),
        ([], ["report"], "cannot tell the format of report"),
        ([], ["r.json", "r.json"], "named twice"),
    ],
)
def test_refuses(formats: list[str], outputs: list[str], said: str) -> None:
    with pytest.raises(KeyguardError, match=said):
        pair(formats, outputs)


@pytest.mark.parametrize(
    ("formats", "outputs", "paired"),
    [
        ([], [], [("text", "-")]),
        (["json"], [], [("json", "-")]),
        (["json"], ["-"], [("json", "-")]),
        ([], ["r.SARIF"], [("sarif", "r.SARIF")]),
        (["json", "sarif"], ["a", "b"], [("json", "a"), ("sarif", "b")]),
        (["json", "sarif"], ["r.sarif", "r.json"], [("sarif", "r.sarif"), ("json", "r.json")]),
        (["text", "json"], ["r.json"], [("json", "r.json"), ("text", "-")]),
        (["sarif"], ["r.json"], [("sarif", "r.json")]),
        (["text"], ["r.json", "r.sarif"], [("json", "r.json"), ("sarif", "r.sarif"), ("text", "-")]),
        (["sarif"], ["r", "r.json"], [("sarif", "r"), ("json", "r.json")]),
        (["json"], ["r.json", "r.sarif"], [("json", "r.json"), ("sarif", "r.sarif")]),
        ([], ["r.txt", "r.jsonl"], [("text", "r.txt"), ("jsonl", "r.jsonl")]),
    ],
)
def test_pairs_formats_with_files(formats: list[str], outputs: list[str], paired: list[tuple[str, str]]) -> None:
    assert pair(formats, outputs) == [Destination(*one) for one in paired]


def test_misses_a_folder_before_the_scan(tmp_path: Path) -> None:
    with pytest.raises(KeyguardError, match="there is no folder"):
        check([Destination("json", str(tmp_path / "none" / "r.json"))])


def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text("old", encoding="utf-8")

    def fill(stream: TextIO) -> None:
        stream.write("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(KeyguardError, match=r"cannot write .*r\.json: No space left"):
        write_file(str(path), fill, private=False)
    assert [entry.name for entry in tmp_path.iterdir()] == ["r.json"]
    assert path.read_text(encoding="utf-8") == "old"


def test_a_fault_leaves_nothing(tmp_path: Path) -> None:
    def fail(_stream: TextIO) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_file(str(tmp_path / "r.json"), fail, private=False)
    assert list(tmp_path.iterdir()) == []


def test_writes_utf8_and_survives_names_that_are_not(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    write_file(str(path), lambda stream: print("ä\udcff", file=stream), private=False)
    assert path.read_bytes() == "ä\\udcff\n".encode()


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_whole_secrets_are_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.touch(0o644)
    write_file(str(path), lambda stream: print("x", file=stream), private=True)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_follows_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").touch()
    (tmp_path / "link").symlink_to("real")
    write_file(str(tmp_path / "link"), lambda stream: print("x", file=stream), private=False)
    assert (tmp_path / "real").read_text(encoding="utf-8") == "x\n"
    assert (tmp_path / "link").is_symlink()


def test_writes_to_a_device() -> None:
    write_file(os.devnull, lambda stream: print("x", file=stream), private=False)
    assert not os.path.isfile(os.devnull)


def test_offers_every_format_there_is() -> None:
    assert set(FORMATS) == set(WRITERS)


@pytest.mark.parametrize(
    ("variables", "terminal", "expected"),
    [
        ({}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ({"NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({}, True, True),
    ],
)
def test_colours(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], terminal: bool, expected: bool) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert colored(terminal) is expected
