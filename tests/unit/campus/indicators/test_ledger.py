"""Are hours counted once, added up exactly, and counted again without harm?"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campus import catalogue
from campus.indicators import definition
from campus.indicators.calendar import Calendar
from campus.indicators.hours import Timetable
from campus.indicators.ledger import Ledger
from campus.indicators.maintenance import Window
from campus.model import CAMPUS, Grade, Scope, Tally
from campus.store.records import SqliteRecords

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = (START, START + timedelta(hours=1))


def minute(number):
    return START + timedelta(minutes=number)


@pytest.fixture
def ledger(telling, fixed):
    return Ledger((telling.store, telling.store), fixed, definition.load(catalogue.load()), Calendar(SHANGHAI))


async def told(telling, first, last):
    for number in range(first, last):
        await telling.all_well(number)


async def test_counts_by_place_and_names_the_worst(ledger, telling):
    await told(telling, 0, 70)
    for number in range(30, 60):
        await telling.aps(number + 40, "ac-1", x=1, y=0)
        await telling.aps(number + 40, "ac-2", x=0, y=0)
        await telling.reach(number + 40, ac_1__snmp=1, ac_2__snmp=1, h_1__snmp=1)
    await ledger.catch_up(minute(100))
    (campus,) = await ledger.values("W01", [CAMPUS], "day", DAY)
    assert campus.tally == Tally(good=170, bad=30, excluded=100)
    assert (campus.value, campus.grade) == (0.85, Grade.ORANGE)
    (floor,) = await ledger.values("W01", [Scope("floor", "B1-1")], "day", DAY)
    assert floor.tally == campus.tally
    assert floor.worst == ((Scope("ap", "y"), 0.7),)
    hours = await ledger.values("W01", [CAMPUS], "hour", (START, START + timedelta(hours=2)))
    assert [one.tally.bad for one in hours] == [0, 30]
    (pair,) = await ledger.values("W03", [Scope("ac", "pair")], "day", DAY)
    assert pair.tally == Tally(good=100)


async def test_a_second_count_replaces_the_first(ledger, telling):
    await told(telling, 0, 10)
    await ledger.catch_up(minute(5))
    await ledger.catch_up(minute(10))
    await ledger.recount(START, minute(10))
    (value,) = await ledger.values("W01", [CAMPUS], "day", DAY)
    assert value.tally == Tally(good=20, excluded=10)


async def test_hours_in_which_the_collector_stood_still_are_unknown(ledger, telling, fixed):
    await told(telling, 0, 10)
    await ledger.catch_up(minute(10))
    await told(telling, 190, 200)
    again = Ledger((telling.store, telling.store), fixed, ledger.indicators, Calendar(SHANGHAI))
    await again.catch_up(minute(200))
    (value,) = await again.values("W01", [Scope("ap", "x")], "day", DAY)
    assert value.tally == Tally(good=20, unknown=180)
    assert (value.value, value.grade) == (None, Grade.GREY)


async def test_below_the_warning_line_twice_running_is_red(ledger, telling):
    for number in range(120):
        await telling.reach(number, ac_1__snmp=1, ac_2__snmp=1, h_1__snmp=1)
        await telling.aps(number, "ac-1", x=1, y=0)
    await ledger.catch_up(minute(120))
    hours = await ledger.values("W01", [CAMPUS], "hour", (START, START + timedelta(hours=2)))
    assert [one.grade for one in hours] == [Grade.ORANGE, Grade.RED]


async def test_a_window_without_any_tally_is_grey(ledger):
    (value,) = await ledger.values("W01", [CAMPUS], "month", DAY)
    assert (value.value, value.grade, value.tally, value.worst) == (None, Grade.GREY, Tally(), ())


async def test_nothing_is_counted_before_the_first_reading(ledger):
    await ledger.catch_up(minute(100))
    assert (await ledger.values("W01", [CAMPUS], "day", DAY))[0].tally == Tally()


def works(begin, minutes, registered, scope="floor:B1-1"):
    return Window(
        id=f"w{begin}",
        scope=Scope.parse(scope),
        zone="UTC",
        start=minute(begin).replace(tzinfo=None),
        duration=timedelta(minutes=minutes),
        reason="power",
        principal="tester",
        registered_at=minute(registered),
    )


@pytest.fixture
async def planned(telling, fixed, tmp_path):
    """A ledger over kept maintenance windows, and a way to register one."""
    async with SqliteRecords(tmp_path) as records:
        timetable = Timetable({}, records)
        indicators = definition.load(catalogue.load())
        ledger = Ledger((telling.store, telling.store), fixed, indicators, Calendar(SHANGHAI), timetable)

        async def register(window):
            await records.append(window.record(window.registered_at, "tester"))

        yield ledger, register


async def of_floor(ledger, grain="hour", hours=3):
    window = (START, START + timedelta(hours=hours))
    return [one.tally for one in await ledger.values("W01", [Scope("floor", "B1-1")], grain, window)]


async def test_planned_works_are_neither_good_nor_bad(planned, telling):
    ledger, register = planned
    await register(works(20, 20, registered=0))
    await told(telling, 0, 60)
    await ledger.catch_up(minute(60))
    assert (await of_floor(ledger))[0] == Tally(good=80, maintenance=40, excluded=60)


async def test_works_registered_after_they_were_counted_are_counted_anew_in_whole_hours(planned, telling):
    ledger, register = planned
    await told(telling, 0, 130)
    await ledger.catch_up(minute(125))
    await register(works(30, 45, registered=125))
    await ledger.catch_up(minute(130))
    first, second, third = await of_floor(ledger)
    assert first == Tally(good=60, maintenance=60, excluded=60)
    assert second == Tally(good=90, maintenance=30, excluded=60)
    assert third == Tally(good=20, excluded=10)


async def test_works_registered_while_nobody_counted_are_counted_anew(planned, telling, fixed):
    ledger, register = planned
    await told(telling, 0, 70)
    await ledger.catch_up(minute(70))
    await register(works(0, 30, registered=75))
    again = Ledger((telling.store, telling.store), fixed, ledger.indicators, Calendar(SHANGHAI), ledger._timetable)
    await again.catch_up(minute(80))
    assert (await of_floor(again))[0] == Tally(good=60, maintenance=60, excluded=60)


async def test_what_is_judged_by_single_readings_is_counted_once_its_hour_is_over(telling, fixed):
    indicators = definition.load(catalogue.load())
    always = replace(indicators["W15"], calendar="7x24")
    ledger = Ledger(
        (telling.store, telling.store), fixed, {"W15": always, "W01": indicators["W01"]}, Calendar(SHANGHAI)
    )
    for number in range(65):
        await telling.all_well(number)
        await telling.stations(number, "ac-1", x=39, y=40)
    await ledger.catch_up(minute(59))
    assert (await ledger.values("W15", [CAMPUS], "day", DAY))[0].tally == Tally()
    await ledger.catch_up(minute(65))
    assert (await ledger.values("W15", [CAMPUS], "day", DAY))[0].tally == Tally(good=60, bad=60, excluded=60)


async def test_an_hour_that_a_crash_left_half_counted_is_counted_after_the_start(telling, fixed):
    indicators = definition.load(catalogue.load())
    both = {"W15": replace(indicators["W15"], calendar="7x24"), "W01": indicators["W01"]}
    await told(telling, 0, 125)
    whole = Ledger((telling.store, telling.store), fixed, both, Calendar(SHANGHAI))
    await whole.catch_up(minute(61))
    crashed = Ledger((telling.store, telling.store), fixed, {"W01": both["W01"]}, Calendar(SHANGHAI))
    await crashed.catch_up(minute(121))
    await Ledger((telling.store, telling.store), fixed, both, Calendar(SHANGHAI)).catch_up(minute(125))
    hours = await whole.values("W15", [CAMPUS], "hour", (START, START + timedelta(hours=2)))
    assert [one.tally.unknown for one in hours] == [120, 120]
