"""Does a building's Wi-Fi serve? It does while none of its floors has lost too many of its APs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from campus.indicators.rules import Floors
from campus.indicators.tally import Cell
from campus.indicators.timeline import Timeline, Verdict, judge, of_segments
from campus.model import Cause, Entity, Scope, Segment, State

_IDLE = frozenset({State.EXCLUDED, State.MAINTENANCE})


def buildings(aps: Iterable[Cell], rule: Floors) -> list[Cell]:
    """Make one cell a building of the cells of its APs; an AP without a floor counts in none."""
    by_building: dict[Scope, dict[Scope, list[Cell]]] = defaultdict(lambda: defaultdict(list))
    for cell in aps:
        places = {scope.type: scope for scope in cell.members[0].scopes}
        if "floor" in places and cell.segments:
            by_building[places["building"]][places["floor"]].append(cell)
    return [_building(scope, floors, rule) for scope, floors in sorted(by_building.items())]


def _building(scope: Scope, floors: dict[Scope, list[Cell]], rule: Floors) -> Cell:
    cells = [cell for group in floors.values() for cell in group]
    timelines = [_Timelines([of_segments(cell.segments) for cell in group]) for group in floors.values()]

    def verdict(instant: datetime) -> Verdict:
        return _worst([_floor(one.at(instant), rule) for one in timelines])

    changes = {change for one in timelines for timeline in one.each for change in timeline.changes}
    start = min(cell.segments[0].start for cell in cells)
    end = max(cell.segments[-1].end for cell in cells)
    first = cells[0].members[0]
    around = first.scopes[: first.scopes.index(scope)]
    member = replace(first, entity=Entity(scope.type, scope.id), scopes=around, since=None, until=None, name=scope.id)
    return Cell(scope, (member,), judge(start, end, changes, verdict))


class _Timelines:
    def __init__(self, each: Sequence[Timeline[Segment]]) -> None:
        self.each = each

    def at(self, instant: datetime) -> list[Segment]:
        return [found for timeline in self.each if (found := timeline.at(instant))]


def _floor(aps: Sequence[Segment], rule: Floors) -> Verdict:
    """One floor at one instant: bad if it surely is, unknown if the unknown ones could make it so."""
    counted = [one for one in aps if one.state not in _IDLE]
    if not counted:
        served = next((one for one in aps if one.state is State.MAINTENANCE), None)
        return (State.MAINTENANCE, served.cause) if served else (State.EXCLUDED, None)
    bad = [one for one in counted if one.state is State.BAD]
    unknown = [one for one in counted if one.state is State.UNKNOWN]
    if _lost(len(bad), len(counted), rule):
        return State.BAD, _commonest(bad)
    if _lost(len(bad) + len(unknown), len(counted), rule):
        return State.UNKNOWN, _commonest(unknown)
    return State.GOOD, None


def _lost(bad: int, counted: int, rule: Floors) -> bool:
    return bad / counted > rule.share and bad >= min(rule.count, counted)


def _commonest(segments: Sequence[Segment]) -> Cause | None:
    causes = Counter(one.cause for one in segments).most_common()
    return min((cause for cause, count in causes if count == causes[0][1] and cause), default=None)


def _worst(floors: Sequence[Verdict]) -> Verdict:
    order = (State.BAD, State.UNKNOWN, State.GOOD, State.MAINTENANCE, State.EXCLUDED)
    return min(floors, key=lambda one: order.index(one[0]))
