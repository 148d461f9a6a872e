"""What was an indicator in a period? Hourly tallies are counted once, kept, and added up when asked."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise

from campus.indicators import tally
from campus.indicators.definition import Indicator
from campus.indicators.engine import judge
from campus.indicators.periods import before, floor, periods
from campus.indicators.tally import classify, hourly
from campus.model import (
    CAMPUS,
    IndicatorValue,
    Members,
    Membership,
    Period,
    Scope,
    ScopeTally,
    SeriesQuery,
    Service,
    Tally,
)
from campus.store.contracts import SeriesStore, TallyQuery, TallyStore

DAY = timedelta(days=1)
LOOK_BACK = timedelta(days=400)
WORST = 3

Sums = Mapping[tuple[Scope, datetime], Tally]


class Ledger:
    """Counts and adds up. ``zone`` is campus time: it decides where days begin."""

    def __init__(
        self,
        stores: tuple[SeriesStore, TallyStore],
        members: Members,
        indicators: Mapping[str, Indicator],
        zone: tzinfo,
    ) -> None:
        self._series, self._tallies = stores
        self._members = members
        self._zone = zone
        self._counted: datetime | None = None
        self.indicators = indicators

    # ── counting: the collector process only ─────────────────────────────────────────────────────────────────

    async def catch_up(self, until: datetime) -> None:
        """Count from the hour where counting stopped up to ``until``: hours without readings are unknown."""
        start = self._counted or await self._newest_hour(until) or await self._first_reading()
        if start is not None and start < until:
            await self.recount(start, until)
            self._counted = floor(until, "hour", UTC)

    async def recount(self, start: datetime, end: datetime) -> None:
        """Count the hours that overlap ``[start, end)`` from the kept states; a second count replaces the first."""
        begin = floor(start, "hour", UTC)
        while begin < end:
            window = (begin, min(begin + DAY, end))
            for indicator in self.indicators.values():
                members = await self._members.memberships(indicator.cells, *window)
                series = await self._series.range(SeriesQuery(tally.metrics(indicator), *window))
                await self._tallies.put(hourly(indicator.id, classify(indicator, members, series, window)))
            begin += DAY

    async def _newest_hour(self, now: datetime) -> datetime | None:
        newest: list[datetime] = []
        for indicator_id in self.indicators:
            query = TallyQuery(indicator_id, now - LOOK_BACK, now, (CAMPUS,))
            newest += [row.hour for row in (await self._tallies.tallies(query))[-1:]]
        return max(newest, default=None)

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
        indicator = self.indicators[indicator_id]
        asked = list(periods(grain, *window, self._zone))
        if not asked:
            return []
        first = asked[0].start if grain == "custom" else before(asked[0].start, grain, self._zone)
        children = await self._children(indicator, scopes, window)
        named = {*scopes, *(child for group in children.values() for child in group)}
        rows = await self._tallies.tallies(TallyQuery(indicator_id, first, asked[-1].end, tuple(sorted(named))))
        sums = _summed(rows, [first, *(period.start for period in asked)])
        return [
            _judged(indicator, scope, (earlier, period), children[scope], sums)
            for scope in scopes
            for earlier, period in pairwise([Period(grain, first, asked[0].start), *asked])
        ]

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


def _summed(rows: Iterable[ScopeTally], starts: Sequence[datetime]) -> Sums:
    """Add hourly tallies up by scope and by the period, of those that begin at ``starts``, that holds the hour."""
    sums: dict[tuple[Scope, datetime], Tally] = defaultdict(Tally)
    for row in rows:
        sums[row.scope, starts[bisect_right(starts, row.hour) - 1]] += row.tally
    return dict(sums)


def _judged(
    indicator: Indicator, scope: Scope, asked: tuple[Period, Period], children: Iterable[Scope], sums: Sums
) -> IndicatorValue:
    earlier, period = asked
    before_it = sums.get((scope, earlier.start)) if earlier.start < period.start else None
    previous = judge(indicator, scope, earlier, before_it).value if before_it else None
    value = judge(indicator, scope, period, sums.get((scope, period.start), Tally()), previous)
    below = [judge(indicator, child, period, sums.get((child, period.start), Tally())) for child in children]
    ranked = sorted((one.value, one.scope) for one in below if one.value is not None and one.value < 1)
    return replace(value, worst=tuple((child, number) for number, child in ranked[:WORST]))
