"""Does the command line close periods, tell closed numbers as they were closed, and name what a recount finds?"""

import asyncio
import json
from datetime import UTC, datetime

from campus.catalogue import load
from campus.errors import ConfigError, NotFound
from campus.model import CAMPUS, ScopeTally, Tally
from campus.store.sqlite import SqliteStore

EVENING = datetime(2026, 11, 1, 12, tzinfo=UTC)
ASKED = ("indicators", "--from", "2026-11-01T00:00:00+08:00", "--to", "2026-11-02T00:00:00+08:00", "--format", "json")


def rows(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def of_campus(campus):
    (row,) = [row for row in rows(campus(*ASKED)) if row["indicator"] == "W01"]
    return row


def retell(folder):
    """Change a kept tally behind everybody's back."""

    async def put():
        async with SqliteStore(folder / "store", load(), writer=True) as store:
            await store.put([ScopeTally("W01", CAMPUS, EVENING, Tally(bad=420))])

    asyncio.run(put())


def test_due_periods_close_once(campus):
    first = rows(campus("indicators", "close", "--format", "json"))
    assert {row["period"] for row in first} == {"2026-11-01", "2026-W44"}
    assert rows(campus("indicators", "close", "--format", "json")) == []


def test_a_closed_number_stays_and_a_recount_still_agrees_with_it(campus, folder):
    open_row = of_campus(campus)
    rows(campus("indicators", "close", "--format", "json"))
    retell(folder)
    assert of_campus(campus) == open_row | {"frozen": True}
    verdict = campus("indicators", "verify", "--period", "2026-11-01")
    assert verdict.exit_code == 0
    assert verdict.stdout.startswith("equal: ")


def test_closing_again_makes_a_visible_revision_with_its_reason_and_verify_names_the_difference(campus, folder):
    rows(campus("indicators", "close", "--format", "json"))
    retell(folder)
    again = campus("indicators", "close", "--period", "2026-11-01", "--why", "a hand in the store", "--format", "json")
    (row,) = rows(again)
    assert (row["scope"], row["revision"], row["bad"]) == ("campus:campus", 2, 420 + 300)
    verdict = campus("indicators", "verify", "--period", "2026-11-01", "--format", "json")
    assert verdict.exit_code == 1
    assert {"counts", "value"} <= {difference["what"] for difference in json.loads(verdict.stdout)}


def test_what_cannot_be_closed_or_verified_is_told(campus):
    assert isinstance(campus("indicators", "verify", "--period", "2026-11-01").exception, NotFound)
    assert isinstance(campus("indicators", "close", "--period", "2026-13").exception, ConfigError)
