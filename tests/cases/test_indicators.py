"""Does each indicator count as its case folders say?

A case is a folder ``<indicator>.<what happens>``: ``members.csv`` (who is in service where), ``series.csv``
(what the sources told, in minutes from 08:00) and ``expected.json`` (tallies by scope, last state and cause).
"""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campus import catalogue
from campus.indicators import definition
from campus.indicators.tally import classify, hourly
from campus.model import CAMPUS, Entity, Membership, Scope, Series, Service, Span

CASES = Path(__file__).with_name("indicators")
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
INDICATORS = definition.load(catalogue.load())


def minute(text):
    return START + timedelta(minutes=int(text)) if text else None


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def member(row):
    kind, _, name = row["entity"].partition(":")
    scopes = (CAMPUS, *(Scope.parse(text) for text in row["scopes"].split()))
    return Membership(
        entity=Entity(kind, name),
        scopes=scopes,
        service=Service(row["service"]),
        since=minute(row.get("since")),
        until=minute(row.get("until")),
        sources=tuple(row["sources"].split()),
        group=row["group"],
    )


def series(path):
    spans = {}
    for row in rows(path):
        kind, _, name = row["entity"].partition(":")
        key = (Entity(kind, name), row["source"], row["metric"])
        spans.setdefault(key, []).append(Span(minute(row["from"]), minute(row["to"]), float(row["value"])))
    return [Series(*key, tuple(sorted(parts, key=lambda span: span.start))) for key, parts in spans.items()]


@pytest.mark.parametrize("case", sorted(path for path in CASES.iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_case(case):
    indicator = INDICATORS[case.name.partition(".")[0]]
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    window = (START, START + timedelta(minutes=expected["minutes"]))
    cells = classify(
        indicator, [member(row) for row in rows(case / "members.csv")], series(case / "series.csv"), window
    )

    last = {str(cell.scope): [cell.segments[-1].state, str(cell.segments[-1].cause)] for cell in cells if cell.segments}
    assert last == expected["last"]
    counted = {}
    for row in hourly(indicator.id, cells):
        tally = counted.setdefault(str(row.scope), [0, 0, 0, 0, 0])
        told = (row.tally.good, row.tally.bad, row.tally.unknown, row.tally.maintenance, row.tally.excluded)
        counted[str(row.scope)] = [a + b for a, b in zip(tally, told, strict=True)]
    assert {scope: counted[scope] for scope in expected["tallies"]} == expected["tallies"]
