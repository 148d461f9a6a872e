"""What do readings say about a time? Pure rules; instants and lengths are microseconds since 1970.

A reading stands for ``[start, until)``, or until a later reading of another value. Equal values without
uncovered time between them are one interval. So the intervals follow from the *set* of readings, in whatever
order they came and however often.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple


class Stretch(NamedTuple):
    """A value during ``[start, until)``: a reading as it came, or an interval made of several."""

    start: int
    until: int
    value: float


def extended(last: Stretch, reading: Stretch) -> tuple[Stretch, ...]:
    """Give what stands in the place of the newest interval ``last`` after ``reading``, which began no earlier."""
    if last.until < reading.start:
        return last, reading
    if last.value == reading.value:
        return (last._replace(until=max(last.until, reading.until)),)
    return last._replace(until=reading.start), reading


def painted(readings: Iterable[Stretch]) -> list[Stretch]:
    """Give the intervals of all ``readings``, which come in order of their start."""
    intervals: list[Stretch] = []
    for reading in readings:
        intervals[-1:] = extended(intervals[-1], reading) if intervals else (reading,)
    return intervals


def repainted(known: Sequence[Stretch], readings: Iterable[Stretch], start: int, until: int) -> list[Stretch]:
    """Give the intervals ``known`` with ``[start, until)`` painted anew from all ``readings`` that matter there."""
    before = clipped(known, known[0].start, start) if known else []
    after = clipped(known, until, known[-1].until) if known else []
    return painted(chain(before, clipped(painted(readings), start, until), after))


def filled(known: Sequence[Stretch], reading: Stretch) -> list[Stretch]:
    """Give the intervals ``known`` and of ``reading`` what begins unknown there and ends where something is known."""
    if any(one.start <= reading.start < one.until for one in known):
        return list(known)
    until = min([reading.until, *(one.start for one in known if one.start > reading.start)])
    return painted(sorted([*known, reading._replace(until=until)]))


def clipped(stretches: Iterable[Stretch], start: int, until: int) -> list[Stretch]:
    """Give what of ``stretches`` lies in ``[start, until)``."""
    return [
        one
        if start <= one.start and one.until <= until
        else Stretch(max(one.start, start), min(one.until, until), one.value)
        for one in stretches
        if one.start < until and one.until > start
    ]


def apart(readings: Sequence[Stretch]) -> list[Stretch]:
    """Give ``readings``, in order of their start, each cut where the next begins."""
    ends = [*(reading.start for reading in readings[1:]), None]
    return [
        reading if end is None or end >= reading.until else reading._replace(until=end)
        for reading, end in zip(readings, ends, strict=True)
    ]
