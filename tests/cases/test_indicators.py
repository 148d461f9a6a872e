"""Does each indicator count as its case folders say?

A case is a folder ``<indicator>.<what happens>``: ``members.csv`` (who is in service where), ``series.csv``
(what the sources told, in minutes from 08:00 UTC), ``maintenance.csv`` if there is any (in the same minutes), and
``expected.json`` (tallies by scope, last state and cause). Campus time is UTC+8: the cases begin on a Monday at
16:00, and teaching ends at 18:00.
"""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campus import catalogue
from campus.indicators import definition, service_hours
from campus.indicators.calendar import Calendar
from campus.indicators.counting import judged
from campus.indicators.hours import Hours
from campus.indicators.maintenance import Maintenance, Window
from campus.indicators.tally import hourly
from campus.model import CAMPUS, Entity, Membership, Scope, Series, Service, Span
from campus.settings import Calendars

CASES = Path(__file__).with_name("indicators")
START = datetime(2026, 11, 2, 8, tzinfo=UTC)
INDICATORS = definition.load(catalogue.load())
TEACHING = service_hours.build(Calendars(), Calendar(ZoneInfo("Asia/Shanghai")))


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


def windows(case):
    path = case / "maintenance.csv"
    for number, row in enumerate(rows(path) if path.exists() else []):
        yield Window(
            id=row.get("id") or f"m{number}",
            scope=Scope.parse(row["scope"]),
            zone="UTC",
            start=minute(row["from"]).replace(tzinfo=None),
            duration=minute(row["to"]) - minute(row["from"]),
            reason="",
            principal="tester",
            registered_at=START,
        )


def hours(case, window):
    shut = {name: one.shut(*window) for name, one in TEACHING.items()}
    return Hours(shut, Maintenance(windows(case), *window))


@pytest.mark.parametrize("case", sorted(path for path in CASES.iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_case(case):
    indicator = INDICATORS[case.name.partition(".")[0]]
    expected = json.loads((case / "expected.json").read_text(encoding="utf-8"))
    window = (START, START + timedelta(minutes=expected["minutes"]))
    members = [member(row) for row in rows(case / "members.csv")]
    cells = judged(indicator, members, series(case / "series.csv"), (window, hours(case, window)))

    last = {str(cell.scope): [cell.segments[-1].state, str(cell.segments[-1].cause)] for cell in cells if cell.segments}
    assert last == expected["last"]
    counted = {}
    for row in hourly(indicator.id, cells):
        tally = counted.setdefault(str(row.scope), [0, 0, 0, 0, 0])
        told = (row.tally.good, row.tally.bad, row.tally.unknown, row.tally.maintenance, row.tally.excluded)
        counted[str(row.scope)] = [a + b for a, b in zip(tally, told, strict=True)]
    assert {scope: counted[scope] for scope in expected["tallies"]} == expected["tallies"]
