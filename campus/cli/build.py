"""How are the rooms put together? Settings → estate → stores → judges → API; each part is handed what it needs."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from api.engine import Engine
from campus import catalogue, settings
from campus.catalogue import Catalogue
from campus.indicators import definition, service_hours
from campus.indicators.calendar import Calendar, Term
from campus.indicators.closing import Closings
from campus.indicators.hours import Timetable
from campus.indicators.ledger import Ledger
from campus.indicators.live import Live
from campus.settings import Settings, instant
from campus.store.contracts import RecordStore
from campus.store.records import SqliteRecords
from campus.store.sqlite import SqliteStore
from inventory import estate
from inventory.estate import Estate
from inventory.members import EstateMembers


def now() -> datetime:
    """The clock of a running process: aware UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Suite:
    """What the settings file of one college says, read and checked whole."""

    settings: Settings
    estate: Estate
    catalogue: Catalogue

    @property
    def zone(self) -> ZoneInfo:
        """Campus time."""
        return ZoneInfo(self.settings.campus.timezone)

    @property
    def calendar(self) -> Calendar:
        """Campus time and the college's terms."""
        terms = (
            Term(one.id, since, until)
            for one in self.settings.indicators.terms
            if (since := instant(one.start, self.zone)) and (until := instant(one.end, self.zone))
        )
        return Calendar(self.zone, tuple(terms))


def suite(config: Path, environ: Mapping[str, str] = os.environ) -> Suite:
    """Read the settings; ``environ`` overrides single keys.

    Raises:
        ConfigError: with every mistake in every file.
    """
    read = settings.load(config, environ)
    return Suite(read, estate.build(read), catalogue.load())


@asynccontextmanager
async def engine(of: Suite, *, writer: bool = False) -> AsyncIterator[tuple[SqliteStore, Engine]]:
    """Open the store and give it with the judges over it; only the collecting process may be the ``writer``."""
    indicators = definition.load(of.catalogue)
    folder = of.settings.store.path
    async with SqliteStore(folder, of.catalogue, writer=writer) as store, SqliteRecords(folder) as kept:
        members = EstateMembers(of.estate, store)
        timetable = Timetable(service_hours.build(of.settings.indicators.calendars, of.calendar), kept)
        ledger = Ledger((store, store), members, indicators, of.calendar, timetable)
        live = Live(store, members, indicators, timetable)
        yield store, Engine(of.estate, of.catalogue, store, live, ledger)


def closings(of: Suite, records: RecordStore, judges: Engine) -> Closings:
    """What closes the periods of all places of the college, and counts them again."""
    return Closings(records, judges.ledger, tuple(of.estate.paths), of.settings.indicators.close_after)
