"""How are things now, since when, and what is wrong for which cause?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campus.indicators import tally
from campus.indicators.definition import Indicator
from campus.indicators.engine import judge
from campus.indicators.hours import EVERY_HOUR, Timetable
from campus.indicators.rules import Reported
from campus.indicators.service_hours import ALWAYS
from campus.indicators.state import Witnesses
from campus.indicators.tally import Cell, classify
from campus.indicators.timeline import MINUTE
from campus.model import (
    Cause,
    Condition,
    IndicatorValue,
    Latest,
    Members,
    Membership,
    Period,
    Scope,
    Segment,
    SeriesQuery,
    Service,
    State,
)
from campus.store.contracts import SeriesStore

DAY = timedelta(days=1)
MOMENT = timedelta(seconds=1)
WATCHED = ("ac", "ap", "host", "switch")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Everything that is bad or unknown for one cause, since the first of it."""

    cause: Cause
    state: State
    since: datetime
    conditions: tuple[Condition, ...]


class Live:
    """Judges the newest readings by the same rules that count the indicators."""

    def __init__(
        self,
        series: SeriesStore,
        members: Members,
        indicators: Mapping[str, Indicator],
        timetable: Timetable = EVERY_HOUR,
    ) -> None:
        self._series = series
        self._members = members
        self._timetable = timetable
        self._rules = {
            one.cells: one for one in indicators.values() if isinstance(one.rule, Reported) and not one.rule.floors
        }

    async def as_of(self, now: datetime) -> datetime:
        """The newest instant of which every device that is being polled has told; ``now`` if none did lately.

        A device that missed two of its own periods no longer holds the others back: it is unknown.
        """
        asked = [row for row in await self._series.latest("reach") if row.entity.id.endswith("/snmp")]
        fresh = [row.at for row in asked if row.at > now - 2 * (row.until - row.at)]
        return min(fresh, default=now)

    async def conditions(self, kind: str, now: datetime) -> list[Condition]:
        """How every entity of ``kind`` is, as of `as_of` ``now``; "since" looks back one day at most."""
        at = await self.as_of(now)
        window = (at - DAY, at + MOMENT)
        members = await self._members.memberships(kind, at, at + MOMENT)
        rule = self._rules.get(kind)
        series = await self._series.range(SeriesQuery(tally.metrics(rule) if rule else ("reach.up",), *window))
        cells = (
            classify(rule, members, series, window) if rule else _devices(members, Witnesses(series, *window), window)
        )
        hours = await self._timetable.hours(*window)
        seen = await self._seen(kind)
        return [_condition(cell, seen) for cell in hours.applied(cells, ALWAYS) if cell.segments]

    async def present(self, indicator: Indicator, scope: Scope, now: datetime) -> IndicatorValue:
        """Judge how many entities of ``scope`` are good at this moment; the tally counts entities, not minutes."""
        at = await self.as_of(now)
        states = Counter(one.state for one in await self.conditions(indicator.cells, now) if lies_in(one, scope))
        return judge(indicator, scope, Period("custom", at, at + MINUTE), tally.tally(states))

    async def troubles(self, now: datetime) -> list[Trouble]:
        """What is `grouped` of all that is watched now."""
        return grouped([condition for kind in WATCHED for condition in await self.conditions(kind, now)])

    async def _seen(self, kind: str) -> dict[str, datetime]:
        seen: dict[str, datetime] = {}
        for row in await self._series.latest(kind):
            seen[row.entity.id] = max(row.at, seen.get(row.entity.id, row.at))
        return seen


def newest(rows: Iterable[Latest]) -> dict[str, Latest]:
    """Choose one reading for each entity id: of a source that has it up before others, then the newest."""
    best: dict[str, Latest] = {}
    for row in rows:
        known = best.get(row.entity.id)
        if known is None or _rank(row) > _rank(known):
            best[row.entity.id] = row
    return best


def _rank(row: Latest) -> tuple[float, datetime]:
    return row.values.get(f"{row.entity.kind}.up", 0.0), row.at


def lies_in(one: Condition, scope: Scope) -> bool:
    """Whether an entity lies in ``scope`` or is it."""
    return scope in (*one.member.scopes, Scope(one.member.entity.kind, one.member.entity.id))


def grouped(conditions: Iterable[Condition]) -> list[Trouble]:
    """What is bad or unknown, one entry for each cause; bad before unknown, most affected first."""
    found: dict[tuple[Cause, State], list[Condition]] = defaultdict(list)
    for condition in conditions:
        if condition.cause and condition.state in {State.BAD, State.UNKNOWN}:
            found[condition.cause, condition.state].append(condition)
    troubles = [
        Trouble(cause, state, min(one.since for one in group), tuple(group)) for (cause, state), group in found.items()
    ]
    return sorted(troubles, key=lambda one: (one.state is not State.BAD, -len(one.conditions), one.since, one.cause))


def _devices(members: Sequence[Membership], witnesses: Witnesses, window: tuple[datetime, datetime]) -> list[Cell]:
    """Each device by itself; units that are down with their whole HA group are charged to the group."""
    last: dict[str, list[State]] = defaultdict(list)
    for member in members:
        last[member.group].append(witnesses.segments(member.entity.id)[-1].state)
    lost = {group for group, states in last.items() if set(states) == {State.BAD}}
    return [
        Cell(Scope(member.entity.kind, member.entity.id), (member,), _charged(member, witnesses, window, lost))
        for member in members
    ]


def _charged(
    member: Membership, witnesses: Witnesses, window: tuple[datetime, datetime], lost: set[str]
) -> tuple[Segment, ...]:
    if member.service is not Service.IN_SERVICE:
        return (Segment(*window, State.EXCLUDED),)
    segments = witnesses.segments(member.entity.id)
    if member.entity.kind == "ac" and member.group in lost:
        return (*segments[:-1], replace(segments[-1], cause=Cause("controller", member.group)))
    return segments


def _condition(cell: Cell, seen: Mapping[str, datetime]) -> Condition:
    last = cell.segments[-1]
    return Condition(cell.members[0], last.state, last.cause, last.start, seen.get(cell.members[0].entity.id))
