"""What is an indicator made of? Its minutes by state and cause, and when which cell was not good."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from campus.indicators.tally import Cell, tally
from campus.indicators.timeline import minutes
from campus.model import Cause, IndicatorValue, Scope, Segment, Service, State, Tally

NOT_COUNTED = Cause("not_counted")
"""Of a cell in service that its indicator does not count now: a radio that is switched off, an AP that is down."""


@dataclass(frozen=True, slots=True)
class Charge:
    """So many ``minutes`` of so many ``cells`` were in ``state`` for one ``cause``; good ones have none."""

    state: State
    cause: Cause | None
    minutes: int
    cells: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """One cell was not good during one segment."""

    cell: Scope
    name: str
    segment: Segment


@dataclass(frozen=True, slots=True)
class Explanation:
    """A value, counted anew from what is kept; ``charges`` by most minutes, ``stretches`` by most time."""

    value: IndicatorValue
    charges: tuple[Charge, ...]
    stretches: tuple[Stretch, ...]


def counted(cells: Iterable[Cell]) -> Tally:
    """Add up all minutes of ``cells``."""
    sums: dict[State, int] = defaultdict(int)
    for cell in cells:
        for segment in cell.segments:
            sums[segment.state] += minutes(segment.start, segment.end)
    return tally(sums)


def charges(cells: Iterable[Cell]) -> tuple[Charge, ...]:
    """Group the minutes of ``cells`` by state and cause."""
    sums: dict[tuple[State, Cause | None], int] = defaultdict(int)
    affected: dict[tuple[State, Cause | None], set[Scope]] = defaultdict(set)
    for cell in cells:
        for segment in cell.segments:
            key = segment.state, _cause(cell, segment)
            sums[key] += minutes(segment.start, segment.end)
            affected[key].add(cell.scope)
    found = [Charge(*key, total, len(affected[key])) for key, total in sums.items() if total]
    return tuple(sorted(found, key=lambda one: (-one.minutes, one.state, str(one.cause))))


def stretches(cells: Sequence[Cell]) -> tuple[Stretch, ...]:
    """All that was bad, unknown or under maintenance, cell by cell."""
    told = {State.BAD, State.UNKNOWN, State.MAINTENANCE}
    found = [
        Stretch(cell.scope, cell.members[0].name, segment)
        for cell in cells
        for segment in cell.segments
        if segment.state in told
    ]
    return tuple(sorted(found, key=lambda one: (one.segment.start - one.segment.end, one.segment.start, one.cell)))


def _cause(cell: Cell, segment: Segment) -> Cause | None:
    if segment.state is not State.EXCLUDED or segment.cause:
        return segment.cause
    service = cell.members[0].service
    return NOT_COUNTED if service is Service.IN_SERVICE else Cause("service", service.value)
