from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from keyguard.errors import StateError
from keyguard.state.database import FILE_NAME, Area, dump_state, open_state, purge_state, state_folder

FIRST = Area("pets", ("CREATE TABLE pets_dogs (name TEXT)",))
SECOND = Area("pets", (*FIRST.scripts, "ALTER TABLE pets_dogs ADD COLUMN age INTEGER; CREATE TABLE pets_cats (name)"))


def test_refuses_a_file_of_a_newer_keyguard_and_leaves_it_alone(tmp_path: Path) -> None:
    path = tmp_path / "state"
    open_state(path, [SECOND]).close()
    before = path.read_bytes()
    with pytest.raises(StateError, match=r"newer keyguard \(pets version 2, known here up to 1\)") as caught:
        open_state(path, [FIRST])
    assert caught.value.exit_code == 3
    assert "upgrade" in caught.value.hint
    assert path.read_bytes() == before


def test_refuses_what_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "state"
    path.write_bytes(b"no database at all, but long enough to be told apart" * 40)
    with pytest.raises(StateError, match="not a database") as caught:
        open_state(path, [FIRST])
    assert "keyguard state purge" in caught.value.hint


def test_refuses_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StateError):
        open_state(tmp_path / "file" / "state", [FIRST])


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    with open_state(tmp_path / "state", [FIRST]) as state:
        with state.writing() as connection:
            connection.execute("INSERT INTO pets_dogs VALUES ('Rex')")
        size = state.rows("PRAGMA page_count")[0][0]
        state.rows(f"PRAGMA max_page_count = {size}")
        with pytest.raises(StateError, match="full") as caught, state.writing() as connection:
            connection.executemany("INSERT INTO pets_dogs VALUES (?)", [("x" * 3000,)] * 20)
        assert "make room" in caught.value.hint
        assert state.rows("SELECT * FROM pets_dogs") == [("Rex",)]


def test_a_failed_block_is_undone_as_a_whole(tmp_path: Path) -> None:
    with open_state(tmp_path / "state", [FIRST]) as state:
        with pytest.raises(KeyError), state.writing() as connection:  # noqa: PT012 - what comes before is undone
            connection.execute("INSERT INTO pets_dogs VALUES ('Rex')")
            raise KeyError
        assert state.rows("SELECT * FROM pets_dogs") == []


def test_a_failed_upgrade_is_undone_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "state"
    open_state(path, [FIRST]).close()
    with pytest.raises(StateError):
        open_state(path, [Area("pets", (*FIRST.scripts, "CREATE TABLE pets_cats (name); NONSENSE"))])
    with open_state(path, [SECOND]) as state:
        assert state.rows("SELECT * FROM pets_cats") == []


def test_a_writer_that_waited_in_vain_says_so(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with open_state(path, [FIRST]) as one, open_state(path, [FIRST], patience=0.05) as two, one.writing():
        with pytest.raises(StateError, match="locked") as caught, two.writing():
            pass
        assert "another keyguard" in caught.value.hint


def test_two_writers_take_turns(tmp_path: Path) -> None:
    path = tmp_path / "state"

    def write() -> None:
        with open_state(path, [FIRST]) as state:
            for _ in range(10):
                with state.writing() as connection:
                    connection.execute("INSERT INTO pets_dogs VALUES ('Rex')")

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    with open_state(path, [FIRST]) as state:
        assert state.rows("SELECT count(*) FROM pets_dogs") == [(20,)]


def test_upgrades_an_older_file_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with open_state(path, [FIRST]) as state, state.writing() as connection:
        connection.execute("INSERT INTO pets_dogs VALUES ('Rex')")
    with open_state(path, [SECOND]) as state:
        assert state.rows("SELECT * FROM pets_dogs") == [("Rex", None)]


def test_areas_come_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "state"
    open_state(path, [FIRST]).close()
    with open_state(path, [Area("plants", ("CREATE TABLE plants_trees (name)",))]) as state:
        assert state.rows("SELECT name, version FROM area ORDER BY name") == [("pets", 1), ("plants", 1)]


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX thing")
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "state"
    open_state(path, [FIRST]).close()
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)
    open_state(path, [FIRST]).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_purges_the_file_and_what_lies_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "state"
    open_state(path, [FIRST]).close()
    (tmp_path / "state-journal").write_bytes(b"")
    assert purge_state(path)
    assert list(tmp_path.iterdir()) == []
    assert not purge_state(path)


def test_dumps_every_table(tmp_path: Path) -> None:
    path = tmp_path / "state"
    with open_state(path, [FIRST]) as state, state.writing() as connection:
        connection.execute("INSERT INTO pets_dogs VALUES ('Rex')")
    tables = {name: (columns, list(rows)) for name, columns, rows in dump_state(path)}
    assert tables == {"area": (["name", "version"], [("pets", 1)]), "pets_dogs": (["name"], [("Rex",)])}


def test_dumping_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StateError, match="unable to open"):
        list(dump_state(tmp_path / "none"))


def test_lies_in_the_folder_of_this_user(cage: Path) -> None:
    assert state_folder().is_relative_to(cage)
    assert FILE_NAME.endswith(".sqlite3")
    assert sqlite3.sqlite_version_info >= (3, 8, 2)  # WITHOUT ROWID
