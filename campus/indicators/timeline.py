"""How do values that change at instants combine? Exactly, change by change, without a grid of minutes."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import Generic, TypeVar

from campus.model import Cause, Segment, Span, State

MINUTE = timedelta(minutes=1)

T = TypeVar("T")
Verdict = tuple[State, Cause | None]


class Timeline(Generic[T]):
    """A value over time: ``at`` an instant, or ``None`` where nothing covers it. Parts must not overlap."""

    __slots__ = ("_values", "changes")

    def __init__(self, parts: Iterable[tuple[datetime, datetime, T]]) -> None:
        self.changes: list[datetime] = []
        self._values: list[T | None] = []
        for start, end, value in parts:
            if self.changes and self.changes[-1] == start:
                self._values[-1] = value
            else:
                self.changes.append(start)
                self._values.append(value)
            self.changes.append(end)
            self._values.append(None)

    def at(self, instant: datetime) -> T | None:
        """The value that holds at ``instant``."""
        place = bisect_right(self.changes, instant) - 1
        return self._values[place] if place >= 0 else None


def of_spans(spans: Sequence[Span]) -> Timeline[float]:
    """The timeline of one series."""
    return Timeline((span.start, span.end, span.value) for span in spans)


def of_segments(segments: Sequence[Segment]) -> Timeline[Segment]:
    """The timeline of judged segments."""
    return Timeline((segment.start, segment.end, segment) for segment in segments)


def union(spans: Iterable[Span]) -> Timeline[bool]:
    """True wherever at least one span lies; spans may overlap and come in any order."""
    joined: list[tuple[datetime, datetime, bool]] = []
    for span in sorted(spans, key=lambda span: span.start):
        if joined and span.start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], span.end), True)
        else:
            joined.append((span.start, span.end, True))
    return Timeline(joined)


def judge(
    start: datetime, end: datetime, changes: Iterable[datetime], verdict: Callable[[datetime], Verdict]
) -> tuple[Segment, ...]:
    """Cut ``[start, end)`` at every change and ask for the verdict of each piece; equal neighbours join."""
    cuts = {instant for instant in changes if start < instant < end}
    segments: list[Segment] = []
    instants = [start, *sorted(cuts), end]
    for left, right in pairwise(instants):
        state, cause = verdict(left)
        before = segments[-1] if segments else None
        if before and before.state is state and before.cause == cause:
            segments[-1] = Segment(before.start, right, state, cause)
        else:
            segments.append(Segment(left, right, state, cause))
    return tuple(segments)


def overlaid(segments: tuple[Segment, ...], over: Sequence[Segment]) -> tuple[Segment, ...]:
    """Lay ``over`` (in order, apart) on ``segments``; what is excluded stays so."""
    if not segments or not over:
        return segments
    below, above = of_segments(segments), of_segments(over)

    def verdict(instant: datetime) -> Verdict:
        base, top = below.at(instant), above.at(instant)
        shown = top if top and not (base and base.state is State.EXCLUDED) else base
        return (shown.state, shown.cause) if shown else (State.UNKNOWN, None)

    return judge(segments[0].start, segments[-1].end, (*below.changes, *above.changes), verdict)


def minutes(start: datetime, end: datetime) -> int:
    """How many whole-minute instants lie in ``[start, end)``? So neighbours never share or lose a minute."""
    return max(0, ceil(end.timestamp() / 60) - ceil(start.timestamp() / 60))
