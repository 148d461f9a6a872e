"""How are series and tallies kept without a server? In SQLite files of one folder: one writer, any number of readers.

``rollup.db`` holds names, the newest values and facts, state intervals and tallies, for ever;
``raw-YYYYMMDD.db`` holds each reading of one UTC day.

What `SqliteStore.write` has acknowledged survives the end of the process at any moment, and also a crash of the
machine or loss of power, as far as the disk keeps what it reports as kept (``synchronous=FULL``). A batch that
was not acknowledged is there whole or not at all.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from campus.catalogue import Catalogue
from campus.errors import ServiceError
from campus.model import Batch, Latest, Period, Scope, ScopeTally, Series, SeriesQuery, Tally
from campus.store import reader
from campus.store.contracts import StoreHealth, TallyQuery
from campus.store.writer import Writer

READERS = 4

P = ParamSpec("P")
T = TypeVar("T")


class SqliteStore:
    """A `SeriesStore` and a `TallyStore` in the folder ``path``.

    With ``writer`` it may write: then opening it takes the folder's lock, and makes folder and files if absent.
    Without, it only reads what another process commits; a folder that is not there yet reads as empty.
    """

    def __init__(self, path: Path, catalogue: Catalogue, *, writer: bool = False) -> None:
        self._path = path
        self._catalogue = catalogue
        self._writes = writer
        self._writer: Writer | None = None
        self._refusal = ""
        self._writing = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._reading = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def __aenter__(self) -> Self:
        try:
            if self._writes:
                self._writer = await _run(self._writing, Writer, self._path, self._catalogue)
        except BaseException:
            self._stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._writer:
            await _run(self._writing, self._writer.close)
            self._writer = None
        self._stop()

    async def write(self, batch: Batch) -> None:
        """Keep one batch, all or nothing.

        Of two readings of one series at one instant the first stays. What is older than the last `forget`
        adds no raw reading, and a state only where none is known.

        Raises:
            ServiceError: the disk said no; nothing of the batch is kept.
            ValueError: a metric is not in the catalogue, or a value is no finite number.
        """
        await self._write(self._opened().write, batch)

    async def put(self, tallies: Sequence[ScopeTally]) -> None:
        """Keep tallies, all or nothing; one of the same indicator, scope and hour is replaced.

        Raises:
            ServiceError: the disk said no; none is kept.
            ValueError: an instant is not the begin of an hour, UTC.
        """
        await self._write(self._opened().put, tallies)

    async def forget(self, before: datetime) -> int:
        """Delete the files of whole UTC days before ``before``; give how many days went."""
        return await self._write(self._opened().forget, before)

    async def latest(self, kind: str) -> list[Latest]:
        """Give the newest reading of every entity of ``kind`` by source, ordered by id and source."""
        return await _run(self._reading, reader.latest, self._path, kind)

    async def range(self, query: SeriesQuery) -> list[Series]:
        """Give the spans that ``query`` names; readings that overlap are cut where the next begins.

        Raises:
            ValueError: a metric is not in the catalogue.
        """
        return await _run(self._reading, reader.spans, self._path, self._catalogue, query)

    async def tallies(self, query: TallyQuery) -> list[ScopeTally]:
        """Give the hourly tallies that ``query`` names, ordered by scope and hour."""
        return await _run(self._reading, reader.hourly, self._path, query)

    async def totals(
        self, indicator: str, scopes: Sequence[Scope], periods: Sequence[Period]
    ) -> dict[tuple[Scope, datetime], Tally]:
        """Give the hourly tallies of ``scopes`` added up by period, named by its start."""
        return await _run(self._reading, reader.totals, self._path, indicator, scopes, periods)

    async def health(self) -> StoreHealth:
        """Say whether reading works and, of a writer, whether its last write did."""
        try:
            newest = await _run(self._reading, reader.newest, self._path)
        except ServiceError as error:
            return StoreHealth(ok=False, detail=str(error), newest=None)
        return StoreHealth(ok=not self._refusal, detail=self._refusal, newest=newest)

    def _stop(self) -> None:
        self._writing.shutdown()
        self._reading.shutdown()

    def _opened(self) -> Writer:
        if self._writer is None:
            raise RuntimeError("this store is not open for writing")
        return self._writer

    async def _write(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            done = await _run(self._writing, work, *args, **kwargs)
        except ServiceError as error:
            self._refusal = str(error)
            raise
        self._refusal = ""
        return done


async def _run(threads: ThreadPoolExecutor, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, lambda: work(*args, **kwargs))
