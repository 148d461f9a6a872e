"""Does the command line say what a number is made of, and never give one without a source?"""

import json

import pytest

from campus import catalogue
from campus.errors import NotFound
from campus.indicators import definition


def printed(done):
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_day_is_explained_by_causes_and_stretches(campus):
    told = printed(
        campus("indicators", "explain", "W01", "--scope", "building:B1", "--day", "2026-11-01", "--format", "json")
    )
    assert told["counts"] == {"good": 3 * 1440 + 18 * 60, "bad": 360, "unknown": 0, "maintenance": 0, "excluded": 0}
    (bad,) = [one for one in told["causes"] if one["state"] == "bad"]
    assert (bad["minutes"], bad["cells"]) == (360, 1)
    (stretch,) = told["stretches"]
    assert stretch["start"] == "2026-11-01T18:00+08:00"
    assert stretch["end"] == "2026-11-02T00:00+08:00"
    assert stretch["name"] == "B1-1F-1"


def test_what_is_explained_is_what_is_listed(campus):
    window = ["--from", "2026-11-01T00:00:00+08:00", "--to", "2026-11-02T00:00:00+08:00"]
    rows = printed(campus("indicators", *window, "--format", "json"))
    listed = {row["indicator"]: row for row in rows}
    for name in ("W01", "W03", "W04", "W15", "D02", "N02"):
        told = printed(campus("indicators", "explain", name, "--day", "2026-11-01", "--format", "json"))
        assert {key: told["counts"][key] for key in ("good", "bad", "unknown")} == {
            key: listed[name][key] for key in ("good", "bad", "unknown")
        }


def test_the_table_names_causes_and_the_rest_that_is_not_shown(campus):
    done = campus("indicators", "explain", "W15", "--day", "2026-11-02", "--limit", "1")
    assert done.exit_code == 0
    assert "reading:ap.stations" in done.stdout
    assert "more stretches" in done.stdout


def test_an_indicator_without_a_source_never_has_a_number(campus):
    rows = {row["indicator"]: row for row in printed(campus("indicators", "--format", "json"))}
    awaited = definition.load_all(catalogue.load()).awaited
    assert len(rows) == 30
    for name in awaited:
        assert [rows[name][key] for key in ("value", "good", "bad", "unknown", "completeness")] == [None] * 5
        assert rows[name]["note"].startswith("no source yet")


def test_what_is_not_counted_is_not_explained(campus):
    done = campus("indicators", "explain", "W08", "--day", "2026-11-01")
    assert isinstance(done.exception, NotFound)


@pytest.mark.parametrize("words", [("--day", "yesterday"), ("--day", "2026-11-01", "--scope", "B1")], ids=str)
def test_a_day_or_scope_that_is_none_is_refused(campus, words):
    assert campus("indicators", "explain", "W01", *words).exception is not None
