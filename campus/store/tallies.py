"""How are hourly tallies kept? One row an indicator, scope and hour, in ``rollup.db``, for ever."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple

from campus.model import Scope, ScopeTally, Tally
from campus.store.contracts import TallyQuery
from campus.store.instants import HOUR, micros, moment


def put(rollup: sqlite3.Connection, kept: Sequence[ScopeTally]) -> None:
    """Put tallies in the place of those of the same indicator, scope and hour.

    Raises:
        ValueError: an instant is not the begin of an hour, UTC.
    """
    scopes = {scope: _number(rollup, scope) for scope in {one.scope for one in kept}}
    rollup.executemany(
        "INSERT OR REPLACE INTO tally VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ((one.indicator, scopes[one.scope], _hour(one), *astuple(one.tally)) for one in kept),
    )


def select(rollup: sqlite3.Connection, query: TallyQuery) -> list[ScopeTally]:
    """Give the tallies that ``query`` names."""
    wanted = None if query.scopes is None else json.dumps([[scope.type, scope.id] for scope in query.scopes])
    rows = rollup.execute(
        """SELECT s.type, s.name, t.hour, t.good, t.bad, t.unknown, t.maintenance, t.excluded FROM scope AS s
           CROSS JOIN tally AS t ON t.indicator = :indicator AND t.scope = s.id AND t.hour >= :start AND t.hour < :end
           WHERE (:type IS NULL OR s.type = :type) AND (:wanted IS NULL OR (s.type, s.name) IN
                 (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(:wanted)))
           ORDER BY s.type, s.name, t.hour""",
        {
            "indicator": query.indicator,
            "start": -(-micros(query.start) // HOUR),
            "end": -(-micros(query.end) // HOUR),
            "type": query.scope_type,
            "wanted": wanted,
        },
    )
    return [
        ScopeTally(query.indicator, Scope(kind, name), moment(hour * HOUR), Tally(*counts))
        for kind, name, hour, *counts in rows
    ]


def _hour(one: ScopeTally) -> int:
    hour, rest = divmod(micros(one.hour), HOUR)
    if rest:
        raise ValueError(f"{one.hour} is not the begin of an hour")
    return hour


def _number(rollup: sqlite3.Connection, scope: Scope) -> int:
    rollup.execute("INSERT INTO scope (type, name) VALUES (?, ?) ON CONFLICT DO NOTHING", (scope.type, scope.id))
    row = rollup.execute("SELECT id FROM scope WHERE type = ? AND name = ?", (scope.type, scope.id)).fetchone()
    return int(row[0])
