"""Texts in UTF-16 and its like are read in working trees and in histories, packed or not."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

import pytest

from keyguard.scan.history import scan_history
from keyguard.scan.tree import scan_tree
from tests.scan.planting import import_versions, token

if TYPE_CHECKING:
    from collections.abc import Callable

    from keyguard.model import Location, Report
    from keyguard.scan.options import ScanOptions
    from tests.repositories import Repo

    Way = Callable[[Repo, ScanOptions], Report]

SECRET = token("secret").decode()
CODINGS = {
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
TEXTS = {
    "plain": f"first line\nvalue {SECRET}\n",
    "windows": f"first line\r\nvalue {SECRET}\r\n",
    "no newline": f"\n      {SECRET}",
    "accents": f"Schlüssel\nöäüßé {SECRET}\nключ\n",
    "beyond 16 bits": f"\U0001f511\n\U0001f511\U0001f511\U0001f511__ {SECRET} \U0001f511\n",
    "late": f"\nvalue {SECRET}\n" + "much more of it\n" * 200,
}
PLACE = (2, 7, 2, 7 + len(SECRET))


def tree(repo: Repo, options: ScanOptions) -> Report:
    return scan_tree([repo.path], options)


def loose(repo: Repo, options: ScanOptions) -> Report:
    repo.commit()
    return scan_history(str(repo.path), options)


def packed(repo: Repo, options: ScanOptions) -> Report:
    repo.commit()
    repo.repack()
    return scan_history(str(repo.path), options)


@pytest.fixture(params=[tree, loose, packed])
def look(request: pytest.FixtureRequest, git_repo: Repo, options: ScanOptions) -> Callable[..., list[Location]]:
    """Where the secret of a file is found, in three ways of scanning it."""

    def scan(content: bytes, max_object: int = 1 << 20) -> list[Location]:
        git_repo.write("file.txt", content)
        git_repo.git("add", "--all")
        report: Report = request.param(git_repo, options._replace(max_object=max_object))
        assert not report.skipped
        (finding,) = report.findings
        assert finding.secret.reveal() == SECRET.encode()
        return [each.location for each in finding.occurrences]

    return scan


def check(locations: list[Location], content: bytes, coding: str, place: tuple[int, ...] = PLACE) -> None:
    (location,) = locations
    assert (location.line, location.column, location.end_line, location.end_column) == place
    assert content[location.start : location.end].decode(coding) == SECRET


@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("name", TEXTS)
def test_wide_characters(name: str, coding: str, mark: bool, look: Callable[..., list[Location]]) -> None:
    content = CODINGS[coding] * mark + TEXTS[name].encode(coding)
    check(look(content), content, coding)


@pytest.mark.parametrize("coding", ["utf-8", "latin-1", "utf-8-sig"])
def test_bytes(coding: str, look: Callable[..., list[Location]]) -> None:
    """Columns count code points; a byte that is none counts as one."""
    content = TEXTS["accents"].replace("ключ", "").encode(coding)
    check(look(content), content, "ascii")


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_no_ascii_in_the_first_thousand_characters(coding: str, look: Callable[..., list[Location]]) -> None:
    content = CODINGS[coding] + ("鍵" * 1000 + f"\nvalue {SECRET}\n").encode(coding)
    check(look(content), content, coding)


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", [True, False])
def test_odd_byte_and_broken_pair(coding: str, mark: bool, look: Callable[..., list[Location]]) -> None:
    content = CODINGS[coding] * mark + "first\nval\ud800e ".encode(coding, "surrogatepass")
    content += (f"{SECRET}\n" + "more of it\n" * 20).encode(coding) + b"x"
    check(look(content), content, coding)


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-8"])
@pytest.mark.parametrize("mark", [True, False])
def test_larger_than_the_limit(coding: str, mark: bool, look: Callable[..., list[Location]]) -> None:
    """Pieces are cut where a character of four bytes may stand."""
    filler = "\U0001f511 line with some words in it\n" * 1000
    text = f"{filler}value {SECRET}\n{filler}"
    content = CODINGS.get(coding, codecs.BOM_UTF8) * mark + text.encode(coding)
    check(look(content, max_object=2000), content, coding, (1001, 7, 1001, 7 + len(SECRET)))


@pytest.mark.parametrize("mark", ["", "\ufeff", "\ufeff" + "鍵" * 1000])
@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_versions_in_deltas(mark: str, coding: str, git_repo: Repo, options: ScanOptions) -> None:
    lines = [f"line {number} of the text" for number in range(200)]
    versions = []
    for number in range(20):
        lines[number * 3] = f"value {token(str(number)).decode()}"
        lines[number * 3 - 1] = "gone"
        versions.append((mark + "\n".join(["", *lines])).encode(coding))
    commits = [stamp.commit for stamp in import_versions(git_repo, "file.txt", versions)]
    report = scan_history(str(git_repo.path), options)
    found = {finding.secret.reveal(): finding.occurrences for finding in report.findings}
    assert {value: [each.location.line for each in places] for value, places in found.items()} == {
        token(str(number)): [number * 3 + 2] for number in range(20)
    }
    provenances = [found[token(str(number))][0].provenance for number in range(20)]
    assert [each and each.commit for each in provenances] == commits
