"""Are hours counted once, added up exactly, and counted again without harm?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campus import catalogue
from campus.indicators import definition
from campus.indicators.calendar import Calendar
from campus.indicators.ledger import Ledger
from campus.model import CAMPUS, Grade, Scope, Tally

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
