"""Is the newest known told apart from what came late, and does a changed fact keep its history?"""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from campus.model import Entity, Measurement
from campus.store.instants import MICROSECOND, micros
from campus.store.schema import ROLLUP
from campus.store.subjects import Subjects

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOLDS = MINUTE // MICROSECOND
AP = Entity("ap", "A1")


@pytest.fixture
def rollup() -> Iterator[sqlite3.Connection]:
    """The tables of ``rollup.db`` in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in ROLLUP.steps[0]:
        connection.execute(statement)
    yield connection
    connection.close()


def tell(subjects: Subjects, minute: int, values: dict | None = None, **facts: str) -> bool:
    at = T0 + minute * MINUTE
    fresh = subjects.tell(subjects.number(AP, "ac1", micros(at)), Measurement(AP, at, values or {}, facts), HOLDS)
    subjects.save()
    return fresh


def history(rollup: sqlite3.Connection, name: str) -> list[tuple[float, str]]:
    rows = rollup.execute("SELECT since, value FROM fact WHERE name = ? ORDER BY since", (name,))
    return [((since - micros(T0)) / HOLDS, value) for since, value in rows]


def newest_facts(rollup: sqlite3.Connection) -> dict[str, str]:
    (text,) = rollup.execute("SELECT facts FROM latest").fetchone()
    return {name: value for name, (value, _) in json.loads(text).items()}


def test_a_number_stands_for_life_and_sources_have_their_own(rollup):
    numbers = [Subjects(rollup).number(AP, source, 0) for source in ("ac1", "ac2", "ac1", "ac2")]
    assert numbers[:2] == numbers[2:]
    assert numbers[0] != numbers[1]


def test_the_longest_time_of_a_series_only_grows(rollup):
    subjects = Subjects(rollup)
    number, _ = subjects.series(1, "ap.up", 60)
    assert subjects.series(1, "ap.up", 300) == (number, 300)
    assert subjects.series(1, "ap.up", 60) == (number, 300)
    assert Subjects(rollup).series(1, "ap.up", 60) == (number, 300)


def test_only_what_is_newer_than_all_before_is_fresh(rollup):
    subjects = Subjects(rollup)
    assert [tell(subjects, minute) for minute in (0, 1, 1, 0, 5, 3, 6)] == [True, True, False, False, True, False, True]


def test_a_renamed_entity_keeps_the_history_of_its_names(rollup):
    subjects = Subjects(rollup)
    for minute, name in enumerate(("north", "north", "south", "south", "north")):
        tell(subjects, minute, name=name, serial="S")
    assert history(rollup, "name") == [(0, "north"), (2, "south"), (4, "north")]
    assert history(rollup, "serial") == [(0, "S")]


@pytest.mark.parametrize(
    ("late", "names"),
    [
        pytest.param("north", [(0, "north")], id="the same: known since then"),
        pytest.param("south", [(0, "south"), (5, "north")], id="another: it stood before"),
    ],
)
def test_a_late_fact_from_before_all_others_begins_the_history(rollup, late, names):
    subjects = Subjects(rollup)
    tell(subjects, 5, name="north")
    tell(subjects, 0, name=late)
    assert history(rollup, "name") == names
    assert newest_facts(rollup) == {"name": "north"}


def test_a_late_contradiction_between_two_equal_tellings_invents_no_renaming(rollup):
    subjects = Subjects(rollup)
    for minute, name in ((0, "north"), (10, "north"), (5, "south"), (0, "south")):
        tell(subjects, minute, name=name)
    assert history(rollup, "name") == [(0, "north")]
    assert newest_facts(rollup) == {"name": "north"}


def test_a_late_batch_may_hold_the_newest_of_a_fact_that_others_did_not_tell(rollup):
    subjects = Subjects(rollup)
    tell(subjects, 0, name="north")
    tell(subjects, 5, {"ap.up": 1})
    assert tell(subjects, 3, name="south") is False
    assert newest_facts(rollup) == {"name": "south"}
    assert history(rollup, "name") == [(0, "north"), (3, "south")]


def test_telling_again_changes_no_row(rollup):
    subjects = Subjects(rollup)
    tellings = ((0, "north"), (1, "south"), (2, "north"))
    for minute, name in tellings:
        tell(subjects, minute, {"ap.up": minute}, name=name)
    before = list(rollup.iterdump())
    for minute, name in tellings:
        tell(Subjects(rollup), minute, {"ap.up": minute}, name=name)
    assert list(rollup.iterdump()) == before
