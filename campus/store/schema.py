"""Which tables does each store file hold, and how does an older file become a newer one?

A file's ``user_version`` says how many of its schema's steps it has taken. A released step is never changed:
what a newer release needs is one more step.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from campus.errors import ServiceError

BUSY_S = 10.0

_REFUSALS = {
    sqlite3.SQLITE_FULL: "the disk is full; what was being written is not kept, all before is safe",
    sqlite3.SQLITE_READONLY: "it may not be written; check the owner and the mount of this folder",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that the folder exists and its rights",
    sqlite3.SQLITE_PERM: "its rights forbid this",
    sqlite3.SQLITE_IOERR: "the disk reports an error",
    sqlite3.SQLITE_CORRUPT: "it is damaged; put it aside and restore a backup",
    sqlite3.SQLITE_NOTADB: "it is no store file, or damaged; put it aside and restore a backup",
    sqlite3.SQLITE_BUSY: "another process holds it too long",
}


@dataclass(frozen=True, slots=True)
class Schema:
    """The steps that lead from an empty file to the current tables; a step is a tuple of SQL statements."""

    steps: tuple[tuple[str, ...], ...]

    @property
    def version(self) -> int:
        """The version that this release writes."""
        return len(self.steps)


# Subjects are entities as told by one source. `latest.readings` and `latest.facts` are JSON objects: [value, instant
# until which it stands] by metric; and [text, instant of the newest reading that told it] by fact. `day.batches` is
# the commit record of a day file: batches with a higher number were never acknowledged. `kept.since` is the horizon
# of `forget`.
ROLLUP = Schema(
    (
        (
            """CREATE TABLE subject (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, entity TEXT NOT NULL,
               source TEXT NOT NULL, first_seen INTEGER NOT NULL, UNIQUE (kind, entity, source))""",
            """CREATE TABLE latest (subject INTEGER PRIMARY KEY, at INTEGER NOT NULL, until INTEGER NOT NULL,
               readings TEXT NOT NULL, facts TEXT NOT NULL)""",
            """CREATE TABLE fact (subject INTEGER NOT NULL, name TEXT NOT NULL, since INTEGER NOT NULL,
               value TEXT NOT NULL, PRIMARY KEY (subject, name, since)) WITHOUT ROWID""",
            """CREATE TABLE series (id INTEGER PRIMARY KEY, metric TEXT NOT NULL, subject INTEGER NOT NULL,
               longest INTEGER NOT NULL, UNIQUE (metric, subject))""",
            """CREATE TABLE interval (series INTEGER NOT NULL, start INTEGER NOT NULL, until INTEGER NOT NULL,
               value REAL NOT NULL, PRIMARY KEY (series, start)) WITHOUT ROWID""",
            "CREATE TABLE day (day INTEGER PRIMARY KEY, batches INTEGER NOT NULL)",
            "CREATE TABLE kept (since INTEGER NOT NULL)",
            "INSERT INTO kept VALUES (0)",
            """CREATE TABLE scope (id INTEGER PRIMARY KEY, type TEXT NOT NULL, name TEXT NOT NULL,
               UNIQUE (type, name))""",
            """CREATE TABLE tally (indicator TEXT NOT NULL, scope INTEGER NOT NULL, hour INTEGER NOT NULL,
               good INTEGER NOT NULL, bad INTEGER NOT NULL, unknown INTEGER NOT NULL, maintenance INTEGER NOT NULL,
               excluded INTEGER NOT NULL, PRIMARY KEY (indicator, scope, hour)) WITHOUT ROWID""",
        ),
        # At first a value in `latest.readings` stood alone, for as long as the whole reading.
        (
            """UPDATE latest SET readings = (SELECT json_group_object(key,
               CASE type WHEN 'array' THEN json(value) ELSE json_array(value, until) END) FROM json_each(readings))""",
        ),
    )
)

# `slot` keeps the rows of ten minutes together (a batch touches few pages), and in it those of one series (a chart
# reads few). `at` counts from the slot's begin.
RAW = Schema(
    (
        (
            """CREATE TABLE batch (n INTEGER PRIMARY KEY, holds INTEGER NOT NULL, first_slot INTEGER NOT NULL,
               last_slot INTEGER NOT NULL)""",
            """CREATE TABLE value (slot INTEGER NOT NULL, series INTEGER NOT NULL, at INTEGER NOT NULL,
               batch INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (slot, series, at)) WITHOUT ROWID""",
        ),
    )
)

RECORDS = Schema(
    (
        (
            """CREATE TABLE record (n INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL,
               principal TEXT NOT NULL, body TEXT NOT NULL, newest INTEGER NOT NULL)""",
            "CREATE UNIQUE INDEX newest_of ON record (kind, id) WHERE newest",
            "CREATE INDEX newest_at ON record (kind, at) WHERE newest",
        ),
    )
)


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the disk or SQLite refuses about ``path`` into a `ServiceError`; a bug stays what it is."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code not in _REFUSALS:
            raise
        raise ServiceError(f"{path}: {_REFUSALS[code]} ({error})") from error
    except OSError as error:
        raise ServiceError(f"{path}: {error.strerror or error}") from error


def open_to_write(path: Path, schema: Schema) -> sqlite3.Connection:
    """Open ``path``, made if absent, and bring it to the current version. Transactions are begun by hand.

    Every commit reaches the disk (``synchronous=FULL``): what is committed survives the end of the process and,
    as far as the disk keeps its word, the loss of power.

    Raises:
        ServiceError: the file is of a newer release, damaged, or may not be written.
    """
    with refusals(path):
        connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA cache_size = -16384")
            _migrate(connection, path, schema)
        except BaseException:
            connection.close()
            raise
    return connection


def open_to_read(path: Path, schema: Schema) -> sqlite3.Connection | None:
    """Open ``path`` for reading; ``None`` where no writer has made it yet.

    Raises:
        ServiceError: the file is of another release, damaged, or may not be read.
    """
    if not path.exists():
        return None
    with refusals(path):
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro", timeout=BUSY_S, isolation_level=None, uri=True
        )
        try:
            version = _version(connection, path, schema)
        except BaseException:
            connection.close()
            raise
    if version == schema.version:
        return connection
    connection.close()
    if version:
        raise ServiceError(f"{path}: its schema {version} is older than this release; start the collector once")
    return None


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Write all that the block does, or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        undo(connection)
        raise


def undo(connection: sqlite3.Connection) -> None:
    """Roll back; SQLite has often done so by itself."""
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def _migrate(connection: sqlite3.Connection, path: Path, schema: Schema) -> None:
    if _version(connection, path, schema) == schema.version:
        return
    with transaction(connection):
        for step in schema.steps[_version(connection, path, schema) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {schema.version}")


def _version(connection: sqlite3.Connection, path: Path, schema: Schema) -> int:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > schema.version:
        raise ServiceError(
            f"{path}: a newer release wrote it (schema {version}, this release knows {schema.version}); upgrade first"
        )
    return version
