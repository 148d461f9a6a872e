"""How do kept readings become hourly tallies? Classified, put on the timetable, cut into hours: one road for all.

States are kept for ever, so they can be counted anew at any time. Single readings of gauges are many and are dropped
after some days: what is judged by them is counted hour by hour, once the hour is over.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from campus.indicators.definition import Indicator
from campus.indicators.floors import buildings
from campus.indicators.hours import Hours, Timetable
from campus.indicators.periods import floor
from campus.indicators.rules import Reported, Sampled
from campus.indicators.tally import Cell, Window, classify, hourly
from campus.model import Members, Membership, Scope, ScopeTally, Series, SeriesQuery
from campus.store.contracts import SeriesStore

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
AT_ONCE = 500
"""Of how many entities the readings of an hour are held in memory."""


class Counting:
    """Counts from the kept readings."""

    def __init__(self, series: SeriesStore, members: Members, timetable: Timetable) -> None:
        self._series = series
        self._members = members
        self._timetable = timetable

    async def hourly(self, indicator: Indicator, start: datetime, end: datetime) -> AsyncIterator[list[ScopeTally]]:
        """Count the hours that overlap ``[start, end)``, stretch by stretch: what one needs fits into memory."""
        sampled = isinstance(indicator.rule, Sampled)
        step = HOUR if sampled else DAY
        begin, end = floor(start, "hour", UTC), floor(end, "hour", UTC) if sampled else end
        while begin < end:
            cells = await self.cells(indicator, (begin, min(begin + step, end)))
            yield await asyncio.to_thread(hourly, indicator.id, cells)
            begin += step

    async def cells(self, indicator: Indicator, window: Window, scope: Scope | None = None) -> list[Cell]:
        """Judge all cells of ``indicator`` during ``window``, or those that lie in ``scope`` or are it."""
        hours = await self._timetable.hours(*window)
        members = await self._members.memberships(indicator.cells, *window)
        if scope and isinstance(indicator.rule, Sampled):
            members = [one for one in members if scope in (*one.scopes, Scope(one.entity.kind, one.entity.id))]
        witnesses = await self._series.range(SeriesQuery(("reach.up",), *window))
        cells: list[Cell] = []
        for part in _parts(indicator, members):
            series = [*witnesses, *await self._readings(indicator, part, window)]
            cells += await asyncio.to_thread(judged, indicator, part, series, (window, hours))
        return [cell for cell in cells if scope in (None, cell.scope, *cell.members[0].scopes)]

    async def _readings(self, indicator: Indicator, part: Sequence[Membership], window: Window) -> Sequence[Series]:
        metrics = tuple(sorted(indicator.metrics - {"reach.up"}))
        among = tuple({one.entity for one in part}) if isinstance(indicator.rule, Sampled) else None
        return await self._series.range(SeriesQuery(metrics, *window, among)) if metrics else ()


def judged(
    indicator: Indicator, members: Sequence[Membership], series: Sequence[Series], during: tuple[Window, Hours]
) -> list[Cell]:
    """Judge the cells of ``members``: what does not count is laid over what was told of them."""
    window, hours = during
    cells = hours.applied(classify(indicator, members, series, window), indicator.calendar)
    floors = indicator.rule.floors if isinstance(indicator.rule, Reported) else None
    return buildings(cells, floors) if floors else cells


def _parts(indicator: Indicator, members: Sequence[Membership]) -> list[Sequence[Membership]]:
    if not isinstance(indicator.rule, Sampled):
        return [members]
    return [members[at : at + AT_ONCE] for at in range(0, len(members), AT_ONCE)]
