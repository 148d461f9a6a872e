"""How are single readings kept? One file for each UTC day of their instants; to forget a day is to delete its file.

A reading counts only once ``rollup.db`` has committed its batch (table ``day``): the day files commit first, so
a process that dies between the two leaves rows that no reader shows and the next writer sweeps away.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from campus.store.instants import DAY, moment
from campus.store.intervals import Stretch
from campus.store.schema import RAW, open_to_read, open_to_write, refusals, undo

SLOT = DAY // 144
KEPT_OPEN = 2

Row = tuple[int, Stretch]


def day_file(folder: Path, day: int) -> Path:
    """Give the file of the day that is ``day`` days after 1970-01-01."""
    return folder / f"raw-{moment(day * DAY):%Y%m%d}.db"


class RawDays:
    """The writer's hand on the day files; ``rollup`` holds what of them is committed."""

    def __init__(self, folder: Path, rollup: sqlite3.Connection) -> None:
        self._folder = folder
        self._rollup = rollup
        self._days: dict[int, sqlite3.Connection] = {}

    def keep(self, rows: Iterable[Row], holds: int) -> None:
        """Put ``rows``, ordered by start, into their days; a series' reading that is there already stays."""
        for day, group in groupby(rows, key=lambda row: row[1].start // DAY):
            self._keep(day, list(group), holds)

    def _keep(self, day: int, rows: Sequence[Row], holds: int) -> None:
        connection = self._open(day)
        connection.execute("BEGIN IMMEDIATE")
        number = self._committed(day) + 1
        first, last = rows[0][1].start // SLOT, rows[-1][1].start // SLOT
        connection.execute("INSERT INTO batch VALUES (?, ?, ?, ?)", (number, holds, first, last))
        connection.executemany(
            "INSERT INTO value VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            ((one.start // SLOT, series, one.start % SLOT, number, one.value) for series, one in rows),
        )
        self._rollup.execute("INSERT OR REPLACE INTO day VALUES (?, ?)", (day, number))

    def readings(self, series: int, start: int, until: int) -> list[Stretch]:
        """Give the readings of ``series`` that began in ``[start, until)``, the uncommitted ones too."""
        found: list[Stretch] = []
        for (day,) in self._rollup.execute(
            "SELECT day FROM day WHERE day BETWEEN ? AND ? ORDER BY day", (start // DAY, until // DAY)
        ).fetchall():
            for slot in slots(day, start, until):
                found += [one for _, one in _select(self._open(day), [series], slot, self._committed(day))]
        return [one for one in found if start <= one.start < until]

    def commit(self) -> None:
        """Commit every day that was written to; `rollup.db` must follow."""
        for connection in self._days.values():
            if connection.in_transaction:
                connection.execute("COMMIT")
        for day in sorted(self._days)[:-KEPT_OPEN]:
            self._days.pop(day).close()

    def close(self) -> None:
        """Drop what is not committed and let go of the files."""
        for connection in self._days.values():
            undo(connection)
            connection.close()
        self._days.clear()

    def forget(self, before: int) -> int:
        """Delete the files of the days before the day ``before``; give how many there were."""
        self.close()
        gone = [path for path in self._folder.glob("raw-????????.db") if path < day_file(self._folder, before)]
        for path in gone:
            for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                file.unlink(missing_ok=True)
        return len(gone)

    def _open(self, day: int) -> sqlite3.Connection:
        if day not in self._days:
            connection = open_to_write(day_file(self._folder, day), RAW)
            self._days[day] = connection
            _sweep(connection, self._committed(day))
        return self._days[day]

    def _committed(self, day: int) -> int:
        row = self._rollup.execute("SELECT batches FROM day WHERE day = ?", (day,)).fetchone()
        return int(row[0]) if row else 0


def _sweep(connection: sqlite3.Connection, committed: int) -> None:
    for number, first, last in connection.execute(
        "SELECT n, first_slot, last_slot FROM batch WHERE n > ?", (committed,)
    ).fetchall():
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("DELETE FROM value WHERE slot BETWEEN ? AND ? AND batch = ?", (first, last, number))
        connection.execute("DELETE FROM batch WHERE n = ?", (number,))
        connection.execute("COMMIT")


def read_day(folder: Path, day: int, committed: int, series: Sequence[int], window: tuple[int, int]) -> list[Row]:
    """Give the committed readings of ``series`` in the slots of one day that ``window`` touches, in order of time."""
    path = day_file(folder, day)
    with refusals(path):
        connection = open_to_read(path, RAW)
        if connection is None:
            return []
        try:
            found: list[Row] = []
            for slot in slots(day, *window):
                found += _select(connection, series, slot, committed)
            return found
        finally:
            connection.close()


def slots(day: int, start: int, until: int) -> range:
    """Give the slots of ``day`` that ``[start, until)`` touches."""
    first = max(start, day * DAY) // SLOT
    last = (min(until, (day + 1) * DAY) - 1) // SLOT
    return range(first, last + 1)


def _select(connection: sqlite3.Connection, series: Sequence[int], slot: int, committed: int) -> list[Row]:
    rows = connection.execute(
        """SELECT v.series, v.at, b.holds, v.value FROM json_each(?) AS wanted
           CROSS JOIN value AS v ON v.slot = ? AND v.series = wanted.value
           JOIN batch AS b ON b.n = v.batch WHERE v.batch <= ?""",
        (json.dumps(list(series)), slot, committed),
    )
    begin = slot * SLOT
    return [(one, Stretch(begin + at, begin + at + holds, value)) for one, at, holds, value in rows]
