"""Which hours of which days does an indicator count? Teaching, evening and dormitory hours of the college."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from campus.indicators.calendar import Calendar
from campus.model import Cause, Segment, State
from campus.settings import Calendars, CalendarSection

ALWAYS = "7x24"
DAY = timedelta(days=1)
NOON = time(12)
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class ServiceHours:
    """Counts ``hours`` (local begin and end; an end at or before the begin is on the next day) of its days.

    Its days are those of ``week`` (0 = Monday), with ``in_terms`` only those that lie in a term (all, while the
    college has set none), without the ``closed`` ones and with the ``opened`` ones.
    """

    name: str
    calendar: Calendar
    week: frozenset[int]
    hours: tuple[tuple[time, time], ...]
    in_terms: bool = False
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()

    def shut(self, start: datetime, end: datetime) -> tuple[Segment, ...]:
        """The parts of ``[start, end)`` that do not count, in order, as excluded segments."""
        cause = Cause("calendar", self.name)
        shut: list[Segment] = []
        here = start
        for opens, shuts in sorted(self._open(start, end)):
            if here < min(opens, end):
                shut.append(Segment(here, min(opens, end), State.EXCLUDED, cause))
            here = max(here, shuts)
        if here < end:
            shut.append(Segment(here, end, State.EXCLUDED, cause))
        return tuple(shut)

    def _open(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        zone = self.calendar.zone
        day, last = start.astimezone(zone).date() - DAY, end.astimezone(zone).date()
        while day <= last:
            for begin, finish in self.hours if self._counts(day) else ():
                yield self._utc(day, begin), self._utc(day if finish > begin else day + DAY, finish)
            day += DAY

    def _counts(self, day: date) -> bool:
        if day in self.closed or day in self.opened:
            return day in self.opened
        in_term = not (self.in_terms and self.calendar.terms) or self.calendar.term(self._utc(day, NOON)) is not None
        return in_term and day.weekday() in self.week

    def _utc(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self.calendar.zone).astimezone(UTC)


def build(kept: Calendars, calendar: Calendar) -> Mapping[str, ServiceHours]:
    """Make the service hours that the settings tell of, by the name of their calendar; ``7x24`` needs none."""
    return {name: _service_hours(name, section, calendar) for name, section in kept.named().items()}


def _service_hours(name: str, kept: CalendarSection, calendar: Calendar) -> ServiceHours:
    return ServiceHours(
        name=name,
        calendar=calendar,
        week=frozenset(WEEK.index(day) for day in kept.days),
        hours=kept.hours,
        in_terms=kept.in_terms,
        closed=frozenset(kept.closed),
        opened=frozenset(kept.opened),
    )
