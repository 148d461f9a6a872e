"""Is a file of another release brought up to date, or refused, and never half changed?"""

import json
import sqlite3

import pytest

from campus.errors import ServiceError
from campus.store.schema import RAW, RECORDS, ROLLUP, Schema, open_to_read, open_to_write

FIRST = Schema((("CREATE TABLE thing (name TEXT NOT NULL)",),))
SECOND = Schema((*FIRST.steps, ("ALTER TABLE thing ADD COLUMN size INTEGER NOT NULL DEFAULT 7",)))
BROKEN = Schema((*FIRST.steps, ("DELETE FROM thing", "ALTER TABLE nothing ADD COLUMN size INTEGER")))


@pytest.fixture
def first(tmp_path):
    """A file that the first release wrote."""
    path = tmp_path / "thing.db"
    connection = open_to_write(path, FIRST)
    connection.execute("INSERT INTO thing VALUES ('kept')")
    connection.close()
    return path


def version(path) -> int:
    with sqlite3.connect(path) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


def test_an_older_file_takes_the_missing_steps_and_keeps_its_rows(first):
    connection = open_to_write(first, SECOND)
    assert connection.execute("SELECT * FROM thing").fetchall() == [("kept", 7)]
    connection.close()
    assert version(first) == 2


def test_a_step_that_fails_changes_nothing(first):
    with pytest.raises(sqlite3.OperationalError):
        open_to_write(first, BROKEN)
    assert version(first) == 1
    connection = open_to_write(first, FIRST)
    assert connection.execute("SELECT * FROM thing").fetchall() == [("kept",)]
    connection.close()


def test_a_file_of_the_same_release_is_opened_as_it_is(first):
    connection = open_to_read(first, FIRST)
    assert connection is not None
    assert connection.execute("SELECT * FROM thing").fetchall() == [("kept",)]
    connection.close()


@pytest.mark.parametrize("opening", [open_to_write, open_to_read])
def test_a_file_of_a_newer_release_is_refused(first, opening):
    open_to_write(first, SECOND).close()
    with pytest.raises(ServiceError, match=r"thing\.db: a newer release wrote it \(schema 2, this release knows 1\)"):
        opening(first, FIRST)


def test_a_reader_leaves_an_older_file_to_the_writer(first):
    with pytest.raises(ServiceError, match="schema 1 is older than this release"):
        open_to_read(first, SECOND)
    assert version(first) == 1


def test_a_file_that_its_writer_has_only_just_made_reads_as_not_there(tmp_path):
    path = tmp_path / "thing.db"
    assert open_to_read(path, FIRST) is None
    path.touch()
    assert open_to_read(path, FIRST) is None


@pytest.mark.parametrize("opening", [open_to_write, open_to_read])
def test_a_file_that_is_no_database_is_refused_with_advice(tmp_path, opening):
    path = tmp_path / "thing.db"
    path.write_bytes(b"not a database at all, and long enough to be taken for one" * 100)
    with pytest.raises(ServiceError, match="it is no store file, or damaged; put it aside and restore a backup"):
        opening(path, FIRST)


def test_a_missing_folder_is_refused_with_advice(tmp_path):
    with pytest.raises(ServiceError, match="check that the folder exists"):
        open_to_write(tmp_path / "nowhere" / "thing.db", FIRST)


def test_a_value_that_once_stood_alone_stands_as_long_as_its_reading(tmp_path):
    path = tmp_path / "rollup.db"
    connection = open_to_write(path, Schema(ROLLUP.steps[:1]))
    connection.execute("""INSERT INTO latest VALUES (1, 5, 65, '{"ap.up":1.0,"ap.stations":[7.0,35]}', '{}')""")
    connection.close()
    connection = open_to_write(path, ROLLUP)
    ((readings,),) = connection.execute("SELECT readings FROM latest").fetchall()
    connection.close()
    assert json.loads(readings) == {"ap.up": [1.0, 65], "ap.stations": [7.0, 35]}


@pytest.mark.parametrize("schema", [ROLLUP, RAW, RECORDS])
def test_a_commit_reaches_the_disk(tmp_path, schema):
    connection = open_to_write(tmp_path / "any.db", schema)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert connection.execute("PRAGMA synchronous").fetchone() == (2,), "2 is FULL"
    connection.close()
