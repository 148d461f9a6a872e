"""Which number stands for an entity as told by a source, and for each of its series? And what is newest of it?"""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

from campus.model import Entity, Measurement
from campus.store.instants import micros

Fact = tuple[str, int]
"""A text, and the instant of the newest reading that told it."""

Reading = tuple[float, int]
"""A value, and the instant until which it stands."""

_NEVER = -(2**63)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(slots=True)
class _Latest:
    at: int
    until: int
    readings: dict[str, Reading]
    facts: dict[str, Fact]


class Subjects:
    """The writer's hand on the tables ``subject``, ``series``, ``latest`` and ``fact``; remembers the numbers."""

    def __init__(self, rollup: sqlite3.Connection) -> None:
        self._rollup = rollup
        self._subjects: dict[tuple[Entity, str], tuple[int, int]] = {}
        self._series: dict[tuple[int, str], tuple[int, int]] = {}
        self._latest: dict[int, _Latest] = {}
        self._told: set[int] = set()

    def number(self, entity: Entity, source: str, at: int) -> int:
        """Give the number of ``entity`` as told by ``source``, seen at the instant ``at``."""
        known = (
            self._subjects.get((entity, source))
            or self._row(
                "SELECT id, first_seen FROM subject WHERE kind = ? AND entity = ? AND source = ?",
                (entity.kind, entity.id, source),
            )
            or self._made(
                "INSERT INTO subject (kind, entity, source, first_seen) VALUES (?, ?, ?, ?) RETURNING id, first_seen",
                (entity.kind, entity.id, source, at),
            )
        )
        if at < known[1]:
            self._rollup.execute("UPDATE subject SET first_seen = ? WHERE id = ?", (at, known[0]))
            known = known[0], at
        self._subjects[entity, source] = known
        return known[0]

    def series(self, subject: int, metric: str, holds: int) -> tuple[int, int]:
        """Give the number of a series, and the longest time that one of its readings stands for."""
        known = (
            self._series.get((subject, metric))
            or self._row("SELECT id, longest FROM series WHERE metric = ? AND subject = ?", (metric, subject))
            or self._made(
                "INSERT INTO series (metric, subject, longest) VALUES (?, ?, ?) RETURNING id, longest",
                (metric, subject, holds),
            )
        )
        if holds > known[1]:
            self._rollup.execute("UPDATE series SET longest = ? WHERE id = ?", (holds, known[0]))
            known = known[0], holds
        self._series[subject, metric] = known
        return known

    def tell(self, subject: int, measurement: Measurement, holds: int) -> bool:
        """Take from ``measurement`` what is the newest, for `save`; say whether it is newer than all before.

        What an earlier reading told stays while it stands: counters are read less often than states.
        """
        at = micros(measurement.at)
        latest = self._latest.get(subject) or self._find_latest(subject)
        fresh = at > latest.at
        told = {metric: (value, at + holds) for metric, value in measurement.values.items()}
        if fresh:
            standing = {metric: reading for metric, reading in latest.readings.items() if reading[1] > at}
            latest.at, latest.until, latest.readings = at, at + holds, {**standing, **told}
        elif at == latest.at:
            latest.until = min(latest.until, at + holds)
            latest.readings = {**told, **latest.readings}
        self._tell_facts(subject, latest.facts, measurement.facts, at)
        self._latest[subject] = latest
        self._told.add(subject)
        return fresh

    def save(self) -> None:
        """Write the newest values and facts of all subjects that were told of since."""
        told = ((subject, self._latest[subject]) for subject in self._told)
        self._rollup.executemany(
            "INSERT OR REPLACE INTO latest VALUES (?, ?, ?, ?, ?)",
            (
                (subject, one.at, one.until, _ENCODER.encode(one.readings), _ENCODER.encode(one.facts))
                for subject, one in told
            ),
        )
        self._told.clear()

    def _tell_facts(self, subject: int, newest: dict[str, Fact], told: Mapping[str, str], at: int) -> None:
        for name, value in told.items():
            known, known_at = newest.get(name, (None, None))
            if known_at is not None and at <= known_at:
                self._tell_older_fact(subject, name, value, at)
                continue
            if value != known:
                self._rollup.execute("INSERT INTO fact VALUES (?, ?, ?, ?)", (subject, name, at, value))
            newest[name] = value, at

    def _tell_older_fact(self, subject: int, name: str, value: str, at: int) -> None:
        # Between two instants that told the same, only these two are known: a late contradiction is left out.
        since, first = self._rollup.execute(
            "SELECT since, value FROM fact WHERE subject = ? AND name = ? ORDER BY since LIMIT 1", (subject, name)
        ).fetchone()
        if at >= since:
            return
        if value == first:
            self._rollup.execute(
                "DELETE FROM fact WHERE subject = ? AND name = ? AND since = ?", (subject, name, since)
            )
        self._rollup.execute("INSERT INTO fact VALUES (?, ?, ?, ?)", (subject, name, at, value))

    def _find_latest(self, subject: int) -> _Latest:
        row = self._rollup.execute(
            "SELECT at, until, readings, facts FROM latest WHERE subject = ?", (subject,)
        ).fetchone()
        return _Latest(row[0], row[1], json.loads(row[2]), json.loads(row[3])) if row else _Latest(_NEVER, 0, {}, {})

    def _row(self, sql: str, key: tuple[str | int, ...]) -> tuple[int, int] | None:
        row = self._rollup.execute(sql, key).fetchone()
        return (row[0], row[1]) if row else None

    def _made(self, sql: str, row: tuple[str | int, ...]) -> tuple[int, int]:
        number, last = self._rollup.execute(sql, row).fetchone()
        return number, last
