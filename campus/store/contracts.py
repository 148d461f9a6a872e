"""What must every store be able to do? Small Protocols; the suite in ``tests/contract`` holds each store to them.

Constructing never connects; ``async with`` opens and closes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from campus.model import Batch, Latest, Period, Scope, ScopeTally, Series, SeriesQuery, Tally


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """``ok`` is whether writing works; ``detail`` says what a person needs to know; ``newest`` is the last reading."""

    ok: bool
    detail: str
    newest: datetime | None


class SeriesStore(Protocol):
    """Keeps measurements as series.

    A ``state`` metric becomes intervals: a reading extends the interval before it when the value is equal
    and no time is left uncovered between them; it cuts one that it contradicts. Gauges and deltas are kept
    as they came. Writing the same batch twice changes nothing.
    """

    async def write(self, batch: Batch) -> None:
        """Keep one batch, all or nothing; after it returns, a crash loses none of it."""
        ...

    async def latest(self, kind: str) -> list[Latest]:
        """Give the newest reading of every entity of ``kind``, one row for each source that told of it."""
        ...

    async def range(self, query: SeriesQuery) -> list[Series]:
        """Give the spans that the query names, cut to its window, ordered by entity, source, metric."""
        ...

    async def forget(self, before: datetime) -> int:
        """Drop raw gauges and deltas of whole UTC days before ``before``; give how many days went."""
        ...

    async def health(self) -> StoreHealth:
        """Say whether the store works."""
        ...


@dataclass(frozen=True, slots=True)
class TallyQuery:
    """Tallies of ``indicator`` for hours in ``[start, end)``: of ``scopes``, or of all scopes of ``scope_type``."""

    indicator: str
    start: datetime
    end: datetime
    scopes: tuple[Scope, ...] | None = None
    scope_type: str | None = None


class TallyStore(Protocol):
    """Keeps hourly tallies; relational, for ever."""

    async def put(self, tallies: Sequence[ScopeTally]) -> None:
        """Keep tallies; one of the same indicator, scope and hour is replaced, so a recount is safe."""
        ...

    async def tallies(self, query: TallyQuery) -> list[ScopeTally]:
        """Give the hourly tallies that the query names, ordered by scope and hour."""
        ...

    async def totals(
        self, indicator: str, scopes: Sequence[Scope], periods: Sequence[Period]
    ) -> dict[tuple[Scope, datetime], Tally]:
        """Add up, for each scope and period, the hours that begin in it; the key names the period by its start.

        A scope and period of which nothing is kept have no entry.
        """
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened or was decided: a run, a finding, an alert, a key, an audit line.

    ``id`` is unique within ``kind``; appending it again adds a newer version. ``body`` is plain JSON data
    and never holds a secret.
    """

    kind: str
    id: str
    at: datetime
    principal: str
    body: Mapping[str, object]


class RecordStore(Protocol):
    """Keeps records; several processes write in short transactions."""

    async def append(self, record: Record) -> None:
        """Keep one record."""
        ...

    async def list(self, kind: str, start: datetime | None = None, end: datetime | None = None) -> list[Record]:
        """Give the newest version of each record of ``kind`` in ``[start, end)``, oldest first."""
        ...
