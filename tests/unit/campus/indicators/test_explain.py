"""Does an explanation add up to the number, and name what was missing for which cause?"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campus import catalogue
from campus.indicators import definition
from campus.indicators.calendar import Calendar
from campus.indicators.ledger import Ledger
from campus.model import CAMPUS, Cause, Period, Scope, State, Tally

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
PERIOD = Period("custom", START, START + HOUR)


@pytest.fixture
async def ledger(telling, fixed):
    """All is well but ten minutes in which AP y is down, and ten in which nobody asks."""
    for number in [*range(40), *range(50, 60)]:
        if number in range(10, 20):
            await telling.reach(number, ac_1__snmp=1, ac_2__snmp=1, h_1__snmp=1)
            await telling.aps(number, "ac-1", x=1, y=0)
        else:
            await telling.all_well(number)
    found = Ledger(
        (telling.store, telling.store), fixed, definition.load(catalogue.load()), Calendar(ZoneInfo("Asia/Shanghai"))
    )
    await found.catch_up(START + HOUR)
    return found


@pytest.mark.parametrize("scope", [CAMPUS, Scope("floor", "B1-1"), Scope("ap", "x"), Scope("ap", "y")], ids=str)
async def test_it_adds_up_to_what_was_counted(ledger, scope):
    found = await ledger.explain("W01", scope, PERIOD)
    (value,) = await ledger.over("W01", [scope], [PERIOD])
    assert found.value.tally == value.tally
    assert found.value.value == value.value
    assert sum(one.minutes for one in found.charges) == sum(
        (value.tally.good, value.tally.bad, value.tally.unknown, value.tally.maintenance, value.tally.excluded)
    )


async def test_minutes_are_charged_to_their_causes(ledger):
    found = await ledger.explain("W01", CAMPUS, PERIOD)
    told = {(one.state, str(one.cause)): (one.minutes, one.cells) for one in found.charges}
    assert told == {
        (State.GOOD, "None"): (90, 2),
        (State.BAD, "ap:y"): (10, 1),
        (State.UNKNOWN, "collector"): (20, 2),
        (State.EXCLUDED, "service:planned"): (60, 1),
    }


async def test_the_longest_stretches_come_with_their_times(ledger):
    found = await ledger.explain("W01", Scope("ap", "y"), PERIOD)
    assert [(one.segment.state, one.segment.cause) for one in found.stretches] == [
        (State.BAD, Cause("ap", "y")),
        (State.UNKNOWN, Cause("collector")),
    ]
    assert found.stretches[1].segment.start == START + timedelta(minutes=40)


async def test_a_place_without_such_cells_has_nothing_to_explain(ledger):
    found = await ledger.explain("W03", Scope("building", "B1"), PERIOD)
    assert (found.value.value, found.value.tally, found.charges, found.stretches) == (None, Tally(), (), ())
