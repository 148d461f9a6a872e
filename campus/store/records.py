"""How are records kept? In ``records.db``; every process writes it, each in short transactions.

What `SqliteRecords.append` has acknowledged survives the end of the process and, as far as the disk keeps its
word, the loss of power.
"""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from campus.store.contracts import Record
from campus.store.instants import micros, moment
from campus.store.schema import RECORDS, open_to_write, refusals, transaction

T = TypeVar("T")
Records = list[Record]

_FIRST = -(2**63)
_LAST = 2**63 - 1


class SqliteRecords:
    """A `RecordStore` in the file ``records.db`` of the folder ``path``; opening makes it if absent."""

    def __init__(self, path: Path) -> None:
        self._file = path / "records.db"
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="store-records")
        self._connection: sqlite3.Connection | None = None

    async def __aenter__(self) -> Self:
        try:
            self._connection = await self._run(self._open)
        except BaseException:
            self._thread.shutdown()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._connection:
            await self._run(self._connection.close)
            self._connection = None
        self._thread.shutdown()

    async def append(self, record: Record) -> None:
        """Keep one record; what was newest of its kind and id stays in the file as an older version.

        Raises:
            ServiceError: the disk said no; the record is not kept.
            TypeError, ValueError: ``body`` is not plain JSON data.
        """
        body = json.dumps(record.body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        row = (record.kind, record.id, micros(record.at), record.principal, body)
        await self._run(self._append, row)

    async def list(self, kind: str, start: datetime | None = None, end: datetime | None = None) -> list[Record]:
        """Give the newest version of each record of ``kind`` in ``[start, end)``, oldest first."""
        window = micros(start) if start else _FIRST, micros(end) if end else _LAST
        return await self._run(self._select, kind, *window)

    def _open(self) -> sqlite3.Connection:
        with refusals(self._file):
            self._file.parent.mkdir(parents=True, exist_ok=True)
        return open_to_write(self._file, RECORDS)

    def _append(self, row: tuple[str, str, int, str, str]) -> None:
        connection = self._opened()
        with refusals(self._file), transaction(connection):
            connection.execute("UPDATE record SET newest = 0 WHERE kind = ? AND id = ? AND newest", row[:2])
            connection.execute(
                "INSERT INTO record (kind, id, at, principal, body, newest) VALUES (?, ?, ?, ?, ?, 1)", row
            )

    def _select(self, kind: str, start: int, end: int) -> Records:
        with refusals(self._file):
            rows = self._opened().execute(
                """SELECT id, at, principal, body FROM record
                   WHERE kind = ? AND newest AND at >= ? AND at < ? ORDER BY at, n""",
                (kind, start, end),
            )
            return [Record(kind, name, moment(at), principal, json.loads(body)) for name, at, principal, body in rows]

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            raise RuntimeError("these records are not open")
        return self._connection

    async def _run(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)
