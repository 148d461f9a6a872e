"""Does the present say what is wrong, for which cause, and turn unknown when nobody tells any more?"""

from datetime import UTC, datetime, timedelta

import pytest

from campus import catalogue
from campus.indicators import definition
from campus.indicators.live import Live
from campus.model import Cause, Entity, Membership, Scope, State, Tally

START = datetime(2026, 11, 2, 8, tzinfo=UTC)


def minute(number):
    return START + timedelta(minutes=number)


@pytest.fixture
def live(telling, fixed):
    return Live(telling.store, fixed, definition.load(catalogue.load()))


async def states(live, kind, now):
    return {one.member.entity.id: (one.state, str(one.cause)) for one in await live.conditions(kind, now)}


async def test_all_well(live, telling):
    for number in range(3):
        await telling.all_well(number)
    now = minute(2) + timedelta(seconds=40)
    assert await states(live, "ap", now) == {
        "x": (State.GOOD, "None"),
        "y": (State.GOOD, "None"),
        "later": (State.EXCLUDED, "None"),
    }
    assert await live.troubles(now) == []
    (first, *_) = await live.conditions("ap", now)
    assert first.since <= minute(0)
    assert first.seen_at == minute(2)


async def test_a_device_not_yet_asked_in_this_cycle_keeps_the_present_at_the_last_whole_one(live, telling):
    await telling.all_well(0)
    await telling.all_well(1)
    await telling.reach(2, ac_1__snmp=1)
    assert await live.as_of(minute(2)) == minute(1)


async def test_everything_is_unknown_two_periods_after_the_last_reading(live, telling):
    await telling.all_well(0)
    assert (await states(live, "ap", minute(1)))["x"][0] is State.GOOD
    gone = await states(live, "ap", minute(2))
    assert gone == {
        "x": (State.UNKNOWN, "collector"),
        "y": (State.UNKNOWN, "collector"),
        "later": (State.EXCLUDED, "None"),
    }
    assert {state for state, _ in (await states(live, "host", minute(2))).values()} == {State.UNKNOWN}


async def test_a_lost_pair_is_one_trouble_with_its_aps(live, telling):
    await telling.all_well(0)
    for number in (1, 2):
        await telling.all_well(number)
        await telling.reach(number, h_1__snmp=1)
    for number in (3, 4):
        await telling.reach(number, ac_1__snmp=0, ac_1__icmp=0, ac_2__snmp=0, ac_2__icmp=0, h_1__snmp=1)
        await telling.reach(number, **{"anchor:gw__icmp": 1})
    (trouble,) = await live.troubles(minute(5))
    assert (trouble.cause, trouble.state, trouble.since) == (Cause("controller", "pair"), State.BAD, minute(3))
    assert sorted(one.member.entity.id for one in trouble.conditions) == ["ac-1", "ac-2", "x", "y"]


async def test_one_lost_unit_is_a_trouble_of_its_own_and_loses_no_ap(live, telling):
    await telling.all_well(0)
    await telling.reach(
        1, ac_1__snmp=0, ac_1__icmp=0, ac_2__snmp=1, ac_2__icmp=1, h_1__snmp=1, **{"anchor:gw__icmp": 1}
    )
    await telling.aps(1, "ac-2", x=1, y=1)
    (trouble,) = await live.troubles(minute(2) - timedelta(seconds=1))
    assert trouble.cause == Cause("device", "ac-1")
    assert [one.member.entity for one in trouble.conditions] == [Entity("ac", "ac-1")]


async def test_bad_stands_before_unknown_and_many_before_few(live, telling):
    await telling.all_well(0)
    await telling.all_well(1)
    await telling.reach(2, ac_1__snmp=1, ac_2__snmp=1, h_1__snmp=0, h_1__icmp=1, **{"anchor:gw__icmp": 1})
    await telling.aps(2, "ac-1", x=1, y=0)
    await telling.aps(2, "ac-2", x=0, y=0)
    assert [str(one.cause) for one in await live.troubles(minute(3) - timedelta(seconds=1))] == ["ap:y", "snmp:h-1"]


async def test_an_empty_store_has_no_opinion_but_unknown(live, fixed):
    assert {state for state, _ in (await states(live, "ac", START)).values()} == {State.UNKNOWN}
    assert isinstance(fixed.members[0], Membership)


async def test_the_present_counts_entities_of_a_place_and_not_minutes(live, telling):
    present = definition.load_all(catalogue.load()).present["W02"]
    await telling.all_well(0)
    await telling.reach(1, ac_1__snmp=1, ac_2__snmp=1, h_1__snmp=1)
    await telling.aps(1, "ac-1", x=1, y=0)
    value = await live.present(present, Scope("floor", "B1-1"), minute(1) + timedelta(seconds=30))
    assert value.tally == Tally(good=1, bad=1, excluded=1)
    assert (value.value, value.period.start) == (0.5, minute(1))
    elsewhere = await live.present(present, Scope("floor", "B9"), minute(1))
    assert (elsewhere.value, elsewhere.tally) == (None, Tally())
