"""Does a measure close only when the numbers prove it?"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campus import catalogue
from campus.errors import Conflict, NotFound
from campus.indicators import definition, published
from campus.indicators.calendar import Calendar
from campus.indicators.engine import judge
from campus.indicators.measures import Measures, Wish, concerning
from campus.model import CAMPUS, Scope, Tally
from campus.store.contracts import Record
from campus.store.records import SqliteRecords

CALENDAR = Calendar(ZoneInfo("Asia/Shanghai"))
W01 = definition.load(catalogue.load())["W01"]
NOW = datetime(2026, 12, 1, tzinfo=UTC)
LIBRARY = Scope("building", "B2")
FELL = CALENDAR.named("2026-W45")
WISH = Wish("W01", LIBRARY, FELL, "网络中心", date(2026, 12, 20), "更换接入交换机")


@pytest.fixture
async def records(tmp_path):
    async with SqliteRecords(tmp_path) as kept:
        yield kept


@pytest.fixture
def measures(records):
    return Measures(records, CALENDAR, needed=2)


def number(week, good, unknown=0, scope=LIBRARY):
    return judge(W01, scope, CALENDAR.named(week), Tally(good=good, bad=1000 - good, unknown=unknown))


async def publish(records, week, good, unknown=0):
    value = number(week, good, unknown)
    kind = published.kind("W01", "week", LIBRARY)
    await records.append(Record(kind, week, value.period.start, "collector", published.body(value, 1, NOW, "")))


async def test_two_bad_weeks_refuse_it_and_two_good_ones_running_close_it(records, measures):
    measure = await measures.add(WISH, NOW, "quality office")
    for week, good in (("2026-W45", 970), ("2026-W46", 970), ("2026-W47", 985)):
        await publish(records, week, good)
    with pytest.raises(Conflict, match=r"not proved: 2026-W46: 97\.0 %, standard 99 %, 2026-W47: 98\.5 %"):
        await measures.close(measure.id, NOW, "quality office", "switch replaced")
    await publish(records, "2026-W48", 990)
    with pytest.raises(Conflict, match=r"98\.5 %"):
        await measures.close(measure.id, NOW, "quality office", "switch replaced")
    await publish(records, "2026-W49", 1000)
    ended = await measures.close(measure.id, NOW, "quality office", "switch replaced")
    assert (ended.proof, ended.closed_at, ended.wish.evidence) == ((0.99, 1.0), NOW, "switch replaced")
    assert await measures.all() == [ended]
    with pytest.raises(Conflict, match="closed already"):
        await measures.close(measure.id, NOW, "quality office", "")


async def test_the_week_that_fell_proves_nothing_itself(records, measures):
    measure = await measures.add(WISH, NOW, "quality office")
    for week in ("2026-W44", "2026-W45", "2026-W46"):
        await publish(records, week, 1000)
    with pytest.raises(Conflict, match="needs 2 closed periods after its own; there are 1"):
        await measures.close(measure.id, NOW, "quality office", "")


async def test_a_week_without_enough_data_proves_nothing(records, measures):
    measure = await measures.add(WISH, NOW, "quality office")
    await publish(records, "2026-W46", 1000)
    await publish(records, "2026-W47", 1000, unknown=5000)
    with pytest.raises(Conflict, match="no value"):
        await measures.close(measure.id, NOW, "quality office", "")


async def test_measures_are_numbered_by_year(measures):
    ids = [(await measures.add(WISH, at, "office")).id for at in (NOW, NOW, NOW + timedelta(days=60))]
    assert ids == ["MEAS-2026-001", "MEAS-2026-002", "MEAS-2027-001"]


async def test_a_measure_concerns_its_numbers_from_its_period_until_it_closed(measures):
    measure = await measures.add(WISH, NOW, "office")
    ended = replace(measure, closed_at=CALENDAR.named("2026-W48").start)
    weeks = [f"2026-W{number}" for number in range(44, 50)]
    assert [week for week in weeks if concerning([ended], number(week, 1))] == weeks[1:4]
    assert [week for week in weeks if concerning([measure], number(week, 1))] == weeks[1:]
    assert concerning([measure], number("2026-W45", 1, scope=CAMPUS)) == []


async def test_an_hour_cannot_be_answered_and_an_unknown_measure_not_closed(measures):
    with pytest.raises(Conflict, match="never closes"):
        await measures.add(replace(WISH, period=replace(FELL, grain="hour")), NOW, "office")
    with pytest.raises(NotFound):
        await measures.close("MEAS-2026-999", NOW, "office", "")


async def test_a_measure_is_late_from_the_day_after_it_was_due(measures):
    measure = await measures.add(WISH, NOW, "office")
    assert [measure.late(date(2026, 12, day)) for day in (19, 20, 21)] == [False, False, True]
    assert not replace(measure, closed_at=NOW).late(date(2027, 1, 1))
