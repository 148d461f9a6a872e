"""Does a store say the same as a list of readings from which each minute is painted by hand?"""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campus.model import Batch, Entity, Measurement, Series, SeriesQuery
from campus.store.sqlite import SqliteStore

MINUTE = timedelta(minutes=1)
T0 = datetime(2026, 3, 2, 23, 53, tzinfo=UTC)
LAST = 14
METRICS = ("ap.up", "ap.stations")

minutes = st.integers(0, LAST - 1)
measured = st.builds(
    lambda name, minute, values: Measurement(Entity("ap", name), T0 + minute * MINUTE, values),
    st.sampled_from("AAAB"),
    minutes,
    st.fixed_dictionaries({}, optional={"ap.up": st.integers(0, 1), "ap.stations": st.integers(0, 3)}),
)
batches = st.builds(
    lambda source, holds, measurements: Batch(source, holds * MINUTE, tuple(measurements)),
    st.sampled_from(("ac1", "ac1", "ac1", "ac2")),
    st.sampled_from((1, 1, 1, 2, 5, 15)),
    st.lists(measured, min_size=1, max_size=4),
)


@st.composite
def arrivals(draw: st.DrawFn) -> list[Batch]:
    """Batches of overlapping readings, in no order or nearly in order: some come late, some again."""
    made = draw(st.lists(batches, min_size=1, max_size=14))
    if draw(st.booleans()):
        made.sort(key=lambda batch: batch.measurements[0].at)
    late = draw(st.lists(st.sampled_from((0, 0, 2, 3, 9)), min_size=len(made), max_size=len(made)))
    order = sorted(range(len(made)), key=lambda place: place + late[place])
    again = draw(st.lists(st.sampled_from(made), max_size=3))
    return [made[place] for place in order] + again


class Model:
    """Readings by series and minute; the first of a minute stays."""

    def __init__(self) -> None:
        self.readings: dict[tuple[str, str, str], dict[int, tuple[float, int]]] = {}

    def write(self, batch: Batch) -> None:
        for one in batch.measurements:
            for metric, value in one.values.items():
                series = self.readings.setdefault((one.entity.id, batch.source, metric), {})
                series.setdefault((one.at - T0) // MINUTE, (value, batch.holds // MINUTE))

    def minute(self, series: tuple[str, str, str], minute: int) -> float | None:
        """What holds at ``minute``: of those that reach it and that no later one contradicts, the newest."""
        told = self.readings[series]
        for began in sorted((one for one in told if one <= minute), reverse=True):
            value, holds = told[began]
            later = [told[one][0] for one in told if began < one <= minute]
            contradicted = any(other != value for other in later) if series[2] == "ap.up" else bool(later)
            if minute < began + holds and not contradicted:
                return value
        return None


def painted(series: Series, minute: int) -> float | None:
    instant = T0 + minute * MINUTE
    return next((span.value for span in series.spans if span.start <= instant < span.end), None)


async def compare(
    opened: AbstractAsyncContextManager[SqliteStore], arriving: list[Batch], start: int, end: int
) -> None:
    model = Model()
    async with opened as store:
        for batch in arriving:
            model.write(batch)
            await store.write(batch)
        found = await store.range(SeriesQuery(METRICS, T0 + start * MINUTE, T0 + end * MINUTE))
    shown = {(one.entity.id, one.source, one.metric): one for one in found}
    for name in model.readings:
        expected = {minute: model.minute(name, minute) for minute in range(start, end)}
        assert name in shown or set(expected.values()) <= {None}
        if name in shown:
            assert {minute: painted(shown[name], minute) for minute in range(start, end)} == expected
    assert shown.keys() <= model.readings.keys()
    for one in found:
        ordered(one, start, end)


def ordered(series: Series, start: int, end: int) -> None:
    spans = series.spans
    assert all(span.start < span.end for span in spans)
    assert spans[0].start >= T0 + start * MINUTE
    assert spans[-1].end <= T0 + end * MINUTE
    for before, after in pairwise(spans):
        assert before.end <= after.start
        if series.metric == "ap.up" and before.end == after.start:
            assert before.value != after.value, "equal neighbours are one interval"


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arriving=arrivals(), window=st.tuples(minutes, minutes))
@pytest.mark.parametrize("implementation", [SqliteStore])
def test_a_store_agrees_with_minutes_painted_by_hand(words, implementation, arriving, window):
    start, end = min(window), max(window) + 16
    with TemporaryDirectory() as folder:
        asyncio.run(compare(implementation(Path(folder), words, writer=True), arriving, start, end))
