"""Which time counts? Neither what is outside of an indicator's calendar, nor what is under maintenance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from campus.indicators.maintenance import KIND, Maintenance, Window, of_record
from campus.indicators.service_hours import ServiceHours
from campus.indicators.tally import Cell
from campus.indicators.timeline import overlaid
from campus.model import Segment
from campus.store.contracts import RecordStore


@dataclass(frozen=True, slots=True)
class Hours:
    """What does not count during one window of time: of all cells of a calendar, and of each under maintenance."""

    shut: Mapping[str, tuple[Segment, ...]]
    maintenance: Maintenance

    def applied(self, cells: Iterable[Cell], calendar: str) -> list[Cell]:
        """The cells, with what does not count laid over their segments."""
        shut = self.shut.get(calendar, ())
        return [replace(cell, segments=self._laid(cell, shut)) for cell in cells]

    def _laid(self, cell: Cell, shut: Sequence[Segment]) -> tuple[Segment, ...]:
        return overlaid(overlaid(cell.segments, self.maintenance.over(cell.members)), shut)


class Timetable:
    """The calendars of one college, and the maintenance windows that ``records`` keep."""

    def __init__(self, calendars: Mapping[str, ServiceHours], records: RecordStore | None) -> None:
        self._calendars = calendars
        self._records = records

    async def windows(self) -> Sequence[Window]:
        """All maintenance windows, of all times."""
        return [of_record(record) for record in await self._records.list(KIND)] if self._records else []

    async def hours(self, start: datetime, end: datetime) -> Hours:
        """What does not count during ``[start, end)``."""
        shut = {name: hours.shut(start, end) for name, hours in self._calendars.items()}
        return Hours(shut, Maintenance(await self.windows(), start, end))


EVERY_HOUR = Timetable({}, None)
"""All hours count, and nothing is under maintenance."""
