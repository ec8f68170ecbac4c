from __future__ import annotations

from pathlib import Path

import pytest

from keyguard.commands.config import Config, find_config, parse_size, read_config
from keyguard.errors import ConfigError


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("line", "said", "hint"),
    [
        ("min_confidenc = 'low'", "unknown key 'min_confidenc'", "did you mean 'min-confidence'?"),
        ("show-secrets = true", "unknown key 'show-secrets'", "known keys: "),
        ("min-confidence = 'some'", "min-confidence: expected one of low, medium, high, not 'some'", ""),
        ("engine = 1", "engine: expected one of auto, hyperscan, portable, not 1", ""),
        ("jobs = true", "jobs: expected a whole number", ""),
        ("jobs = -1", "jobs: expected a whole number", ""),
        ("exclude = 'a'", "exclude: expected a list of strings, not 'a'", ""),
        ("disable = [1]", "disable: expected a list of strings", ""),
        ("git = 'no'", "git: expected true or false, not 'no'", ""),
        ("memory = '1X'", "memory: expected a size such as", ""),
        ("memory = 0", "memory: expected a size such as", ""),
        ("jobs = nine\n", "line 1", "the file must be TOML"),
        ("path = 'x'", "unknown key 'path'", "known keys"),
    ],
)
def test_names_file_and_key_of_what_is_wrong(tmp_path: Path, line: str, said: str, hint: str) -> None:
    path = write(tmp_path / ".keyguard.toml", line)
    with pytest.raises(ConfigError) as caught:
        read_config(path)
    assert str(caught.value).startswith(path)
    assert said in str(caught.value)
    assert caught.value.hint.startswith(hint)


def test_refuses_what_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / ".keyguard.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="utf-8"):
        read_config(str(path))


def test_refuses_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No such file"):
        read_config(str(tmp_path / "none.toml"))


def test_reads_every_key(tmp_path: Path) -> None:
    text = """
        min-confidence = "low"
        engine = "portable"
        jobs = 2
        memory = "1G"
        max-object-size = 4096
        include-ignored = true
        git = false
        rules = ["own/acme.toml"]
        disable = ["generic-secret"]
        exclude = ["vendor/**"]
    """
    path = write(tmp_path / ".keyguard.toml", text)
    assert read_config(path) == Config(
        path=path,
        min_confidence="low",
        engine="portable",
        jobs=2,
        memory=1 << 30,
        max_object_size=4096,
        include_ignored=True,
        git=False,
        rules=(str(tmp_path / "own/acme.toml"),),
        disable=("generic-secret",),
        exclude=("vendor/**",),
    )


def test_reads_its_table_of_pyproject(tmp_path: Path) -> None:
    path = write(tmp_path / "pyproject.toml", "[project]\nname = 'x'\n[tool.keyguard]\njobs = 3\n")
    assert read_config(path).jobs == 3


def test_finds_nothing(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert find_config(str(tmp_path)) == ""


def test_does_not_look_beyond_the_repository(tmp_path: Path) -> None:
    write(tmp_path / ".keyguard.toml", "")
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    assert find_config(str(tmp_path / "repo")) == ""


def test_passes_by_the_pyproject_of_others(tmp_path: Path) -> None:
    path = write(tmp_path / ".keyguard.toml", "")
    write(tmp_path / "a" / "pyproject.toml", "[tool.other]\nname = 'keyguard'\n")
    write(tmp_path / "a" / "b" / "pyproject.toml", "keyguard = [broken")
    assert find_config(str(tmp_path / "a" / "b")) == path


def test_finds_the_nearest_from_a_file_upwards(tmp_path: Path) -> None:
    write(tmp_path / ".keyguard.toml", "")
    path = write(tmp_path / "a" / "pyproject.toml", "[tool.keyguard]\n")
    source = write(tmp_path / "a" / "b" / "x.py", "")
    assert find_config(source) == path


@pytest.mark.parametrize("text", ["", "K", "-1", "1.5M", "0", "1 T", "१", "MM"])
def test_refuses_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="expected a size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [("4096", 4096), ("1b", 1), ("2k", 2048), ("64M", 64 << 20), ("64 MiB", 64 << 20), ("1GB", 1 << 30)],
)
def test_reads_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size
