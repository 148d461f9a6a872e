"""What does the store answer? Each answer opens the files anew and looks at one committed moment.

So readers hold nothing: they work before the first file is there, follow new days, and never stand in the
writer's way.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from campus.catalogue import Catalogue
from campus.model import Entity, Latest, Period, Scope, ScopeTally, Series, SeriesQuery, Span, Tally
from campus.store import tallies
from campus.store.contracts import TallyQuery
from campus.store.instants import DAY, micros, moment
from campus.store.intervals import Stretch, apart, clipped
from campus.store.rawdays import read_day
from campus.store.schema import ROLLUP, open_to_read, refusals


@dataclass(frozen=True, slots=True)
class _Wanted:
    number: int
    longest: int
    entity: Entity
    source: str
    metric: str


def latest(folder: Path, kind: str) -> list[Latest]:
    """Give the newest values and facts of the entities of ``kind``."""
    with _rollup(folder) as rollup:
        if rollup is None:
            return []
        rows = rollup.execute(
            """SELECT s.entity, s.source, s.first_seen, l.at, l.until, l.readings, l.facts FROM subject AS s
               JOIN latest AS l ON l.subject = s.id WHERE s.kind = ? ORDER BY s.entity, s.source""",
            (kind,),
        )
        return [_latest(kind, row) for row in rows]


def _latest(kind: str, row: tuple[str, str, int, int, int, str, str]) -> Latest:
    entity, source, first_seen, at, until, readings, facts = row
    return Latest(
        entity=Entity(kind, entity),
        source=source,
        at=moment(at),
        until=moment(until),
        values={metric: value for metric, (value, _until) in json.loads(readings).items()},
        facts={name: text for name, (text, _) in json.loads(facts).items()},
        first_seen=moment(first_seen),
    )


def spans(folder: Path, catalogue: Catalogue, query: SeriesQuery) -> list[Series]:
    """Give the series that ``query`` names.

    Raises:
        ValueError: a metric is not in the catalogue.
    """
    kinds = {metric: catalogue.metrics[metric].kind for metric in query.metrics if metric in catalogue.metrics}
    if strange := set(query.metrics) - set(kinds):
        raise ValueError(f"not in the catalogue: {', '.join(sorted(strange))}")
    window = micros(query.start), micros(query.end)
    with _rollup(folder) as rollup:
        if rollup is None:
            return []
        wanted = _wanted(rollup, query)
        states = [one for one in wanted if kinds[one.metric] == "state"]
        others = [one for one in wanted if kinds[one.metric] != "state"]
        found = {**_intervals(rollup, states, window), **_readings(folder, rollup, others, window)}
    return [
        Series(one.entity, one.source, one.metric, tuple(found[one.number])) for one in wanted if found.get(one.number)
    ]


def _wanted(rollup: sqlite3.Connection, query: SeriesQuery) -> list[_Wanted]:
    among = None if query.entities is None else json.dumps([[one.kind, one.id] for one in query.entities])
    subjects = (
        "subject"
        if among is None
        else """(SELECT DISTINCT s.* FROM json_each(:among) AS e CROSS JOIN subject AS s
                 ON s.kind = json_extract(e.value, '$[0]') AND s.entity = json_extract(e.value, '$[1]'))"""
    )
    rows = rollup.execute(
        f"""SELECT n.id, n.longest, s.kind, s.entity, s.source, n.metric FROM {subjects} AS s
            JOIN series AS n ON n.subject = s.id AND n.metric IN (SELECT value FROM json_each(:metrics))
            ORDER BY s.kind, s.entity, s.source, n.metric""",  # noqa: S608 - one of two texts above
        {"metrics": json.dumps(query.metrics), "among": among},
    )
    return [
        _Wanted(number, longest, Entity(kind, name), source, metric)
        for number, longest, kind, name, source, metric in rows
    ]


def _intervals(
    rollup: sqlite3.Connection, wanted: Sequence[_Wanted], window: tuple[int, int]
) -> Mapping[int, list[Span]]:
    rows = rollup.execute(
        """SELECT i.series, max(i.start, ?2), min(i.until, ?3), i.value FROM json_each(?1) AS w
           CROSS JOIN interval AS i ON i.series = w.value AND i.start < ?3 AND i.until > ?2 AND i.start >=
                coalesce((SELECT max(start) FROM interval WHERE series = w.value AND start <= ?2), ?2)""",
        (json.dumps([one.number for one in wanted]), *window),
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for series, start, until, value in rows:
        found[series].append(Span(moment(start), moment(until), value))
    return found


def _readings(
    folder: Path, rollup: sqlite3.Connection, wanted: Sequence[_Wanted], window: tuple[int, int]
) -> Mapping[int, list[Span]]:
    if not wanted:
        return {}
    start = window[0] - max(one.longest for one in wanted)
    numbers = [one.number for one in wanted]
    found: dict[int, list[Stretch]] = defaultdict(list)
    days = rollup.execute(
        "SELECT day, batches FROM day WHERE day BETWEEN ? AND ? ORDER BY day", (start // DAY, window[1] // DAY)
    )
    for day, committed in days.fetchall():
        for series, reading in read_day(folder, day, committed, numbers, (start, window[1])):
            found[series].append(reading)
    return {
        series: [Span(moment(one.start), moment(one.until), one.value) for one in clipped(apart(readings), *window)]
        for series, readings in found.items()
    }


def hourly(folder: Path, query: TallyQuery) -> list[ScopeTally]:
    """Give the tallies that ``query`` names."""
    with _rollup(folder) as rollup:
        return [] if rollup is None else tallies.select(rollup, query)


def totals(
    folder: Path, indicator: str, scopes: Sequence[Scope], periods: Sequence[Period]
) -> dict[tuple[Scope, datetime], Tally]:
    """Give the tallies of ``scopes`` added up by period."""
    with _rollup(folder) as rollup:
        return {} if rollup is None else tallies.totals(rollup, indicator, scopes, periods)


def newest(folder: Path) -> datetime | None:
    """Give the instant of the newest reading."""
    with _rollup(folder) as rollup:
        at = None if rollup is None else rollup.execute("SELECT max(at) FROM latest").fetchone()[0]
        return None if at is None else moment(at)


@contextmanager
def _rollup(folder: Path) -> Iterator[sqlite3.Connection | None]:
    path = folder / "rollup.db"
    connection = open_to_read(path, ROLLUP)
    if connection is None:
        yield None
        return
    with refusals(path):
        try:
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()
