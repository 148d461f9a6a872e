"""How many minutes was each cell good, bad, unknown? Segments first, exact; then hourly counts that add up.

A *cell* is what an indicator counts: an entity, or an HA group of controllers as one.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Protocol

from campus.indicators.definition import Indicator
from campus.indicators.readings import Holdings, Samples
from campus.indicators.rules import Answering, Reported, Sampled, Stored
from campus.indicators.state import Reports, Witnesses, group_segments
from campus.indicators.timeline import minutes
from campus.model import Cause, Membership, Scope, ScopeTally, Segment, Series, Service, State, Tally

HOUR = timedelta(hours=1)

Window = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Cell:
    """One counted thing: its members (several only in an HA group) and its judged segments."""

    scope: Scope
    members: tuple[Membership, ...]
    segments: tuple[Segment, ...]


class MemberJudge(Protocol):
    """One rule over what was told during a window."""

    def segments(self, member: Membership, start: datetime, end: datetime) -> tuple[Segment, ...]:
        """The judged segments of one entity; they cover ``[start, end)``."""
        ...


def classify(
    indicator: Indicator,
    members: Sequence[Membership],
    series: Iterable[Series],
    window: Window,
) -> list[Cell]:
    """Judge every cell of ``indicator`` during ``window``.

    ``series`` are the ``reach.up`` ones of all witnesses and those of ``indicator.metrics``.
    A member counts only during its validity; one that is not in service is *excluded*.
    """
    told = list(series)
    witnesses = Witnesses((one for one in told if one.metric == "reach.up"), *window)
    own = [one for one in told if one.metric in indicator.metrics]
    match indicator.rule:
        case Answering():
            return [_device_cell(group, witnesses, window) for group in _groups(members)]
        case Reported(good_when):
            return _cells(members, Reports(own, good_when, witnesses), window)
        case Sampled(good_when, counts_when):
            return _cells(members, Samples(own, good_when, counts_when, witnesses), window)
        case Stored(good_when):
            return _cells(members, Holdings(own, good_when, witnesses), window)


def metrics(indicator: Indicator) -> tuple[str, ...]:
    """The metrics whose series `classify` needs."""
    return tuple(sorted({"reach.up"} | indicator.metrics))


def _groups(members: Sequence[Membership]) -> Iterator[tuple[Membership, ...]]:
    by_group = sorted(members, key=lambda member: (member.entity.kind, member.group, member.entity.id))
    for _, group in groupby(by_group, key=lambda member: (member.entity.kind, member.group)):
        yield tuple(group)


def _device_cell(group: tuple[Membership, ...], witnesses: Witnesses, window: Window) -> Cell:
    first = group[0]
    scope = Scope(first.entity.kind, first.group or first.entity.id)
    serving = tuple(member for member in group if member.service is Service.IN_SERVICE)
    validity = _validity(serving or group, window)
    if not serving or not validity:
        return Cell(scope, group, _excluded(validity))
    cause = Cause("controller" if len(serving) > 1 or first.entity.kind == "ac" else "device", scope.id)
    units = [member.entity.id for member in serving]
    return Cell(scope, group, group_segments(witnesses, units, cause, validity))


def _cells(members: Iterable[Membership], judge: MemberJudge, window: Window) -> list[Cell]:
    return [_cell(member, judge, window) for member in members]


def _cell(member: Membership, judge: MemberJudge, window: Window) -> Cell:
    scope = Scope(member.entity.kind, member.entity.id)
    validity = _validity((member,), window)
    if member.service is not Service.IN_SERVICE or not validity:
        return Cell(scope, (member,), _excluded(validity))
    return Cell(scope, (member,), judge.segments(member, *validity))


def _validity(members: Sequence[Membership], window: Window) -> tuple[datetime, datetime] | None:
    """The part of ``window`` in which at least one member exists."""
    start, end = window
    since = min((member.since or start for member in members), default=start)
    until = max((member.until or end for member in members), default=end)
    start, end = max(start, since), min(end, until)
    return (start, end) if start < end else None


def _excluded(validity: tuple[datetime, datetime] | None) -> tuple[Segment, ...]:
    return (Segment(*validity, State.EXCLUDED),) if validity else ()


def hourly(indicator: str, cells: Iterable[Cell]) -> list[ScopeTally]:
    """Add the cells up by hour, for each cell and for every scope that it lies in."""
    counts: dict[tuple[Scope, datetime], dict[State, int]] = defaultdict(lambda: defaultdict(int))
    for cell in cells:
        scopes = (*cell.members[0].scopes, cell.scope)
        for hour, state, count in _counted(cell.segments):
            for scope in scopes:
                counts[scope, hour][state] += count
    return [ScopeTally(indicator, scope, hour, tally(states)) for (scope, hour), states in sorted(counts.items())]


def tally(states: Mapping[State, int]) -> Tally:
    """Name the counts of minutes by state."""
    return Tally(**{state.value: count for state, count in states.items()})


def _counted(segments: Iterable[Segment]) -> Iterator[tuple[datetime, State, int]]:
    for segment in segments:
        hour = segment.start.replace(minute=0, second=0, microsecond=0)
        while hour < segment.end:
            count = minutes(max(hour, segment.start), min(hour + HOUR, segment.end))
            if count:
                yield hour, segment.state, count
            hour += HOUR
