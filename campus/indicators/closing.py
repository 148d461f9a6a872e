"""When is a number final, and does it still follow from what was seen?

A period closes some time after its end, once every hour of it is counted. Closing writes each number down; from then
on it is told as it was written. Counting a closed period again never changes it: `Closings.close` adds a revision
where the count differs, `Closings.verify` only says so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from campus.errors import Conflict, NotFound
from campus.indicators import published
from campus.indicators.definition import Indicator
from campus.indicators.ledger import Ledger
from campus.indicators.published import GRAINS, Published
from campus.indicators.rules import Answering, Reported
from campus.model import CAMPUS, IndicatorValue, Period, Scope, Tally
from campus.store.contracts import Record, RecordStore

TOGETHER = 16  # so many places are judged at once: what they need fits into memory


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a closed number and a recount differ; ``found`` is the recount's."""

    indicator: str
    scope: Scope
    what: str
    kept: object
    found: object


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a recount of a closed period said: how many ``numbers`` were compared, and every difference.

    ``added`` names the indicators that are judged by single readings, which are dropped after some days: their
    numbers were compared with the hourly tallies instead.
    """

    numbers: int
    differences: tuple[Difference, ...]
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Order:
    """Who closes, when and why; ``again`` = count closed numbers anew."""

    now: datetime
    principal: str
    why: str = ""
    again: bool = False


class Closings:
    """Closes the periods of ``places`` (the campus and all below it down to floors), and counts them again."""

    def __init__(self, records: RecordStore, ledger: Ledger, places: Sequence[Scope], close_after: timedelta) -> None:
        self._records = records
        self._ledger = ledger
        self._places = [place for place in places if place != CAMPUS]
        self._close_after = close_after

    async def close_due(self, now: datetime, principal: str) -> list[Published]:
        """Close every period that has ended, is counted and was not closed yet; give the new numbers."""
        since, until = await self._ledger.counted_since(), await self._ledger.counted_until(now)
        if since is None or until is None:
            return []
        end = min(until, now - self._close_after)
        new: list[Published] = []
        for grain in GRAINS:
            known = await self._closed(grain)
            for period in self._ledger.calendar.periods(grain, since, end):
                if period.end <= end and period not in known:
                    new += await self._close(period, _Order(now, principal))
        return new

    async def close(self, period: Period, now: datetime, principal: str, why: str = "") -> list[Published]:
        """Close one period, or count a closed one again: where the count differs a new revision is written.

        Gives what was written.

        Raises:
            Conflict: the period has not ended, or not every hour of it is counted.
        """
        until = await self._ledger.counted_until(now)
        if until is None or min(until, now - self._close_after) < period.end:
            raise Conflict(f"{self._ledger.calendar.name(period)} cannot be closed yet")
        return await self._close(period, _Order(now, principal, why, again=True))

    async def verify(self, period: Period) -> Verdict:
        """Count a closed period again from the kept states and compare every number with what was published.

        Raises:
            NotFound: the period was never closed.
        """
        numbers, differences, added = 0, [], []
        for indicator in self._ledger.indicators.values():
            kept = await self._kept(indicator.id, period)
            found = await self._again(indicator, kept, period) if kept else []
            for one, value in zip(kept, found, strict=True):
                differences += _differences(one, value)
            numbers += len(kept)
            added += [indicator.id] if kept and not _of_states(indicator) else []
        if not numbers:
            raise NotFound(f"{self._ledger.calendar.name(period)} was never closed")
        return Verdict(numbers, tuple(differences), tuple(added))

    async def _again(self, indicator: Indicator, kept: Sequence[Published], period: Period) -> list[IndicatorValue]:
        if _of_states(indicator):
            previous = {one.value.scope: one.value.previous for one in kept}
            return await self._ledger.recounted(indicator.id, previous, period)
        return await self._ledger.over(indicator.id, [one.value.scope for one in kept], [period])

    async def _closed(self, grain: str) -> set[Period]:
        """The periods that are closed for every indicator: the campus is written last."""
        known = [
            {one.value.period for one in await published.closed(self._records, indicator, grain)}
            for indicator in self._ledger.indicators
        ]
        return set.intersection(*known) if known else set()

    async def _close(self, period: Period, by: _Order) -> list[Published]:
        written: list[Published] = []
        for indicator in self._ledger.indicators:
            for places in (*_parts(self._places), [CAMPUS]):
                values = await self._ledger.over(indicator, places, [period])
                for told in await published.published(self._records, [one for one in values if _counted(one)]):
                    fresh = next(one for one in values if one.scope == told.value.scope)
                    written += await self._write(told, fresh, by)
        return written

    async def _write(self, told: Published, fresh: IndicatorValue, by: _Order) -> list[Published]:
        if told.frozen and not (by.again and _changed(told, fresh)):
            return []
        scope, period = fresh.scope, fresh.period
        record = Record(
            kind=published.kind(fresh.indicator, period.grain, scope),
            id=self._ledger.calendar.name(period),
            at=period.start,
            principal=by.principal,
            body=published.body(fresh, told.revision + told.frozen, by.now, by.why),
        )
        await self._records.append(record)
        return [published.read(record)]

    async def _kept(self, indicator: str, period: Period) -> list[Published]:
        found: list[Published] = []
        for place in (CAMPUS, *self._places):
            kind = published.kind(indicator, period.grain, place)
            kept = await self._records.list(kind, period.start, period.start + published.MOMENT)
            found += [published.read(one) for one in kept]
        return found


def _of_states(indicator: Indicator) -> bool:
    """Whether it is judged by states alone: those are kept for ever."""
    return isinstance(indicator.rule, Answering | Reported)


def _parts(places: Sequence[Scope]) -> Iterator[Sequence[Scope]]:
    for first in range(0, len(places), TOGETHER):
        yield places[first : first + TOGETHER]


def _counted(value: IndicatorValue) -> bool:
    """A place that holds nothing of the indicator has no number; the campus always has one, be it grey."""
    return value.scope == CAMPUS or value.tally != Tally()


def _changed(told: Published, fresh: IndicatorValue) -> bool:
    content, counted = told.content or {}, published.facts(fresh)
    return any(content.get(key) != value for key, value in counted.items())


def _differences(kept: Published, value: IndicatorValue) -> list[Difference]:
    content = kept.content or {}
    named = [(key, content.get(key), found) for key, found in published.facts(value).items()]
    if not kept.intact:
        named.append(("hash", kept.digest, published.digest(content)))
    return [Difference(value.indicator, value.scope, key, old, new) for key, old, new in named if old != new]
