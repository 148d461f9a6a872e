"""What was an indicator in a period? Hourly tallies are counted once, kept, and added up when asked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from campus.indicators import explain
from campus.indicators.calendar import Calendar
from campus.indicators.counting import Counting
from campus.indicators.definition import Indicator
from campus.indicators.engine import judge
from campus.indicators.explain import Explanation
from campus.indicators.hours import EVERY_HOUR, Timetable
from campus.indicators.periods import floor
from campus.indicators.recent import RecentMembers
from campus.model import (
    CAMPUS,
    IndicatorValue,
    Members,
    Membership,
    Period,
    Scope,
    Service,
    Tally,
)
from campus.store.contracts import SeriesStore, TallyQuery, TallyStore

MOMENT = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
LOOK_BACK = timedelta(days=400)
WORST = 3

Sums = Mapping[tuple[Scope, datetime], Tally]


class Ledger:
    """Counts and adds up. ``calendar`` decides where days, weeks, months and terms begin; ``timetable`` what counts."""

    def __init__(
        self,
        stores: tuple[SeriesStore, TallyStore],
        members: Members,
        indicators: Mapping[str, Indicator],
        calendar: Calendar,
        timetable: Timetable = EVERY_HOUR,
    ) -> None:
        self._series, self._tallies = stores
        self._members = RecentMembers(members)
        self._timetable = timetable
        self._counting = Counting(self._series, members, timetable)
        self._counted: datetime | None = None
        self._until: datetime | None = None
        self._heeded: frozenset[str] | None = None
        self.indicators = indicators
        self.calendar = calendar

    # ── counting: the collector process only ─────────────────────────────────────────────────────────────────

    async def catch_up(self, until: datetime) -> None:
        """Count from the hour where counting stopped up to ``until``: hours without readings are unknown.

        Maintenance that was registered after its begin is counted anew.
        """
        if until == self._until:
            return
        start = self._counted or await self._oldest_open_hour(until) or await self._first_reading()
        if start is not None and start < until:
            await self._heed(start)
            await self.recount(start, until)
            self._counted, self._until = floor(until, "hour", UTC), until

    async def _heed(self, counted: datetime) -> None:
        """Count the hours before ``counted`` again that windows of maintenance cover which came since."""
        windows = await self._timetable.windows()
        heeded = self._heeded
        if heeded is None:
            heeded = frozenset(one.id for one in windows if one.registered_at < counted)
        first = await self._first_reading() or counted
        for window in (one for one in windows if one.id not in heeded):
            for segment in window.during(first, counted):
                await self.recount(segment.start, floor(segment.end - MOMENT, "hour", UTC) + HOUR)
        self._heeded = frozenset(one.id for one in windows)

    async def recount(self, start: datetime, end: datetime) -> None:
        """Count the hours that overlap ``[start, end)`` from the kept states; a second count replaces the first."""
        for indicator in self.indicators.values():
            async for rows in self._counting.hourly(indicator, start, end):
                await self._tallies.put(rows)

    async def _newest_hours(self, now: datetime) -> list[datetime]:
        newest: list[datetime] = []
        for indicator_id in self.indicators:
            query = TallyQuery(indicator_id, now - LOOK_BACK, now, (CAMPUS,))
            newest += [row.hour for row in (await self._tallies.tallies(query))[-1:]]
        return newest

    async def _newest_hour(self, now: datetime) -> datetime | None:
        return max(await self._newest_hours(now), default=None)

    async def _oldest_open_hour(self, now: datetime) -> datetime | None:
        """Where counting goes on after a start: the first hour that one of the counted indicators may lack.

        One that is a day behind the others has nothing to count any more.
        """
        newest = await self._newest_hours(now)
        return min((hour for hour in newest if hour > max(newest) - DAY), default=None)

    async def _first_reading(self) -> datetime | None:
        return min((row.first_seen for row in await self._series.latest("reach")), default=None)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────────────

    async def values(
        self, indicator_id: str, scopes: Sequence[Scope], grain: str, window: tuple[datetime, datetime]
    ) -> list[IndicatorValue]:
        """Judge one indicator over ``scopes`` in every period of ``grain`` that overlaps ``window``.

        Raises:
            KeyError: no such indicator.
            ValueError: no such grain.
        """
        return await self.over(indicator_id, scopes, list(self.calendar.periods(grain, *window)))

    async def over(self, indicator_id: str, scopes: Sequence[Scope], periods: Sequence[Period]) -> list[IndicatorValue]:
        """Judge one indicator over ``scopes`` in each of ``periods``: of one grain, in the order of time.

        Raises:
            KeyError: no such indicator.
        """
        indicator = self.indicators[indicator_id]
        if not periods:
            return []
        earlier = self.calendar.before(periods[0])
        children = await self._children(indicator, scopes, (periods[0].start, periods[-1].end))
        named = {*scopes, *(child for group in children.values() for child in group)}
        sums = await self._tallies.totals(indicator_id, scopes, [earlier])
        sums |= await self._tallies.totals(indicator_id, sorted(named), periods)
        judging = _Judging(indicator, children, sums)
        return [judged for scope in scopes for judged in judging.chain(scope, earlier, periods)]

    async def recounted(
        self, indicator_id: str, previous: Mapping[Scope, float | None], period: Period
    ) -> list[IndicatorValue]:
        """Judge one indicator in ``period`` from the kept states alone; the kept tallies are neither read nor changed.

        ``previous`` names the scopes, each with its value of the period before.
        """
        indicator = self.indicators[indicator_id]
        start = max(period.start, await self.counted_since() or period.start)
        sums: dict[tuple[Scope, datetime], Tally] = defaultdict(Tally)
        async for rows in self._counting.hourly(indicator, start, period.end):
            for row in rows:
                sums[row.scope, period.start] += row.tally
        judging = _Judging(indicator, await self._children(indicator, list(previous), (start, period.end)), sums)
        return [judging.value(scope, period, before) for scope, before in previous.items()]

    async def explain(self, indicator_id: str, scope: Scope, period: Period) -> Explanation:
        """Count one indicator anew over ``scope``, from the first hour that was counted on, and say from what.

        Raises:
            KeyError: no such indicator.
        """
        indicator = self.indicators[indicator_id]
        start = max(period.start, await self.counted_since() or period.start)
        cells = await self._counting.cells(indicator, (start, period.end), scope) if start < period.end else []
        value = judge(indicator, scope, period, explain.counted(cells))
        return Explanation(value, explain.charges(cells), explain.stretches(cells))

    async def counted_since(self) -> datetime | None:
        """The first hour that was ever counted; ``None`` = none yet."""
        first = await self._first_reading()
        return None if first is None else floor(first, "hour", UTC)

    async def counted_until(self, now: datetime) -> datetime | None:
        """The begin of the newest hour that was counted: all hours before it are counted whole."""
        return await self._newest_hour(now)

    async def _children(
        self, indicator: Indicator, scopes: Sequence[Scope], window: tuple[datetime, datetime]
    ) -> dict[Scope, set[Scope]]:
        children: dict[Scope, set[Scope]] = {scope: set() for scope in scopes}
        for member in await self._members.memberships(indicator.cells, *window):
            for parent, child in pairwise((*member.scopes, _cell(member, indicator))):
                if parent in children and member.service is Service.IN_SERVICE:
                    children[parent].add(child)
        return children


def _cell(member: Membership, indicator: Indicator) -> Scope:
    grouped = indicator.good_when is None and member.group
    return Scope(member.entity.kind, member.group if grouped else member.entity.id)


@dataclass(frozen=True, slots=True)
class _Judging:
    """One indicator, the next smaller places of each scope, and the tallies of all of them by period."""

    indicator: Indicator
    children: Mapping[Scope, Iterable[Scope]]
    sums: Sums

    def chain(self, scope: Scope, earlier: Period, periods: Sequence[Period]) -> Iterator[IndicatorValue]:
        """Judge period after period, each knowing the value of the one before."""
        counted = (scope, earlier.start) in self.sums and earlier.start < earlier.end
        previous = self._judged(scope, earlier, None).value if counted else None
        for period in periods:
            value = self.value(scope, period, previous)
            yield value
            previous = value.value

    def value(self, scope: Scope, period: Period, previous: float | None) -> IndicatorValue:
        """Judge one period, and name the worst parts of the scope."""
        below = (self._judged(child, period, None) for child in self.children[scope])
        ranked = sorted((one.value, one.scope) for one in below if one.value is not None and one.value < 1)
        worst = tuple((child, number) for number, child in ranked[:WORST])
        return replace(self._judged(scope, period, previous), worst=worst)

    def _judged(self, scope: Scope, period: Period, previous: float | None) -> IndicatorValue:
        return judge(self.indicator, scope, period, self.sums.get((scope, period.start), Tally()), previous)
