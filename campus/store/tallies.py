"""How are hourly tallies kept? One row an indicator, scope and hour, in ``rollup.db``, for ever."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime

from campus.model import Period, Scope, ScopeTally, Tally
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
            "start": _first(query.start),
            "end": _first(query.end),
            "type": query.scope_type,
            "wanted": wanted,
        },
    )
    return [
        ScopeTally(query.indicator, Scope(kind, name), moment(hour * HOUR), Tally(*counts))
        for kind, name, hour, *counts in rows
    ]


def totals(
    rollup: sqlite3.Connection, indicator: str, scopes: Sequence[Scope], periods: Sequence[Period]
) -> dict[tuple[Scope, datetime], Tally]:
    """Add up the hours of each scope that begin in each period, named by its start; nothing kept = no entry."""
    bounds = [[number, _first(one.start), _first(one.end)] for number, one in enumerate(periods)]
    rows = rollup.execute(
        """SELECT s.type, s.name, json_extract(p.value, '$[0]') AS period, sum(t.good), sum(t.bad), sum(t.unknown),
                  sum(t.maintenance), sum(t.excluded)
           FROM json_each(:scopes) AS w
           CROSS JOIN scope AS s ON s.type = json_extract(w.value, '$[0]') AND s.name = json_extract(w.value, '$[1]')
           CROSS JOIN json_each(:periods) AS p
           CROSS JOIN tally AS t ON t.indicator = :indicator AND t.scope = s.id
                AND t.hour >= json_extract(p.value, '$[1]') AND t.hour < json_extract(p.value, '$[2]')
           GROUP BY s.id, period""",
        {
            "scopes": json.dumps([[scope.type, scope.id] for scope in scopes]),
            "periods": json.dumps(bounds),
            "indicator": indicator,
        },
    )
    return {(Scope(kind, name), periods[number].start): Tally(*counts) for kind, name, number, *counts in rows}


def _first(instant: datetime) -> int:
    """The first hour that begins at ``instant`` or after it."""
    return -(-micros(instant) // HOUR)


def _hour(one: ScopeTally) -> int:
    hour, rest = divmod(micros(one.hour), HOUR)
    if rest:
        raise ValueError(f"{one.hour} is not the begin of an hour")
    return hour


def _number(rollup: sqlite3.Connection, scope: Scope) -> int:
    rollup.execute("INSERT INTO scope (type, name) VALUES (?, ?) ON CONFLICT DO NOTHING", (scope.type, scope.id))
    row = rollup.execute("SELECT id FROM scope WHERE type = ? AND name = ?", (scope.type, scope.id)).fetchone()
    return int(row[0])
