"""Does a published number stay what it was, whatever is counted later?"""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campus import catalogue
from campus.errors import Conflict, NotFound
from campus.indicators import definition
from campus.indicators.calendar import Calendar, Term
from campus.indicators.closing import Closings
from campus.indicators.ledger import Ledger
from campus.indicators.published import closed, published
from campus.model import CAMPUS, Batch, Entity, Measurement, Scope, ScopeTally, Tally
from campus.store.records import SqliteRecords

HOUR = timedelta(hours=1)
KIRITIMATI = ZoneInfo("Pacific/Kiritimati")  # its days begin at 10:00 UTC
MIDNIGHT = datetime(2026, 11, 2, 10, tzinfo=UTC)
TERM = Term("short", MIDNIGHT - 24 * HOUR, MIDNIGHT + 24 * HOUR)
CALENDAR = Calendar(KIRITIMATI, (TERM,))
DAY = CALENDAR.named("2026-11-02")
FLOOR = Scope("floor", "B1-1")
PLACES = (CAMPUS, Scope("area", "A1"), Scope("building", "B1"), FLOOR, Scope("floor", "empty"))


@pytest.fixture
async def records(tmp_path):
    async with SqliteRecords(tmp_path) as kept:
        yield kept


@pytest.fixture
def ledger(telling, fixed):
    store = telling.store
    all_of_them = definition.load(catalogue.load())
    return Ledger((store, store), fixed, {name: all_of_them[name] for name in ("W01", "W03", "C01")}, CALENDAR)


@pytest.fixture
def closings(records, ledger):
    return Closings(records, ledger, PLACES, HOUR)


async def tell(store, start, hours, **up):
    """All answer and tell of their APs during ``hours`` hours."""
    answering = ["ac-1/snmp", "ac-1/icmp", "ac-2/snmp", "ac-2/icmp", "h-1/snmp", "h-1/icmp", "anchor:gw/icmp"]
    reach = [Measurement(Entity("reach", name), start, {"reach.up": 1.0}) for name in answering]
    aps = [Measurement(Entity("ap", name), start, {"ap.up": float(value)}) for name, value in up.items()]
    for source, told in (("collector", reach), ("ac-1", aps)):
        await store.write(Batch(source, hours * HOUR, tuple(told)))


async def a_day(telling, ledger):
    """Two hours before midnight, in the second of which one of two APs is down; then one good hour."""
    await tell(telling.store, MIDNIGHT - 2 * HOUR, 1, x=1, y=1)
    await tell(telling.store, MIDNIGHT - HOUR, 1, x=1, y=0)
    await tell(telling.store, MIDNIGHT, 2, x=1, y=1)
    await ledger.catch_up(MIDNIGHT + 2 * HOUR)


async def of_day(records, ledger, scope=CAMPUS):
    (value,) = await ledger.over("W01", [scope], [DAY])
    (told,) = await published(records, [value])
    return told


async def test_a_day_closes_once_when_its_time_has_come(telling, ledger, closings, records):
    await a_day(telling, ledger)
    assert await closings.close_due(MIDNIGHT + HOUR - timedelta(seconds=1), "collector") == []
    written = await closings.close_due(MIDNIGHT + HOUR, "collector")
    assert {one.value.period for one in written} == {DAY}
    assert {one.value.scope for one in written if one.value.indicator == "W01"} == {*PLACES[:4]}
    assert await closings.close_due(MIDNIGHT + HOUR, "collector") == []
    told = await of_day(records, ledger)
    assert (told.frozen, told.revision, told.closed_at) == (True, 1, MIDNIGHT + HOUR)
    assert told.value == (await ledger.over("W01", [CAMPUS], [DAY]))[0]
    assert told.value.tally == Tally(good=180, bad=60, excluded=120)


async def test_a_day_of_which_an_hour_is_not_counted_stays_open(telling, ledger, closings):
    await tell(telling.store, MIDNIGHT - HOUR, 1, x=1, y=1)
    await ledger.catch_up(MIDNIGHT)
    assert await closings.close_due(MIDNIGHT + 5 * HOUR, "collector") == []
    with pytest.raises(Conflict, match="2026-11-02 cannot be closed yet"):
        await closings.close(DAY, MIDNIGHT + 5 * HOUR, "somebody")


async def test_a_changed_tally_changes_no_published_number_and_closing_again_adds_a_revision(
    telling, ledger, closings, records
):
    await a_day(telling, ledger)
    await closings.close_due(MIDNIGHT + HOUR, "collector")
    before = await of_day(records, ledger)
    await telling.store.put([ScopeTally("W01", CAMPUS, MIDNIGHT - HOUR, Tally(good=120))])
    assert await of_day(records, ledger) == before
    assert await closings.close_due(MIDNIGHT + 2 * HOUR, "collector") == []
    (again,) = await closings.close(DAY, MIDNIGHT + 2 * HOUR, "quality office", "late readings")
    assert (again.revision, again.value.value) == (2, 1.0)
    assert again.content["why"] == "late readings"
    assert (await of_day(records, ledger)).revision == 2
    assert await closings.close(DAY, MIDNIGHT + 2 * HOUR, "quality office") == []


async def test_an_indicator_that_comes_later_closes_old_days_without_touching_other_numbers(
    telling, ledger, closings, records
):
    await a_day(telling, ledger)
    known = dict(ledger.indicators)
    ledger.indicators = {"W01": known["W01"]}
    await closings.close_due(MIDNIGHT + HOUR, "collector")
    await telling.store.put([ScopeTally("W01", CAMPUS, MIDNIGHT - HOUR, Tally(good=120))])
    ledger.indicators = {"W01": known["W01"], "W03": known["W03"]}
    written = await closings.close_due(MIDNIGHT + HOUR, "collector")
    assert {one.value.indicator for one in written} == {"W03"}
    assert (await of_day(records, ledger)).revision == 1


async def test_a_recount_of_what_did_not_change_is_equal(telling, ledger, closings):
    await a_day(telling, ledger)
    await closings.close_due(MIDNIGHT + HOUR, "collector")
    verdict = await closings.verify(DAY)
    assert verdict.differences == ()
    assert verdict.numbers == 8  # W01 in four places, W03 and C01 on the campus and in the area


async def test_a_recount_names_what_a_changed_state_changes(telling, ledger, closings, records):
    await a_day(telling, ledger)
    await closings.close_due(MIDNIGHT + HOUR, "collector")
    before = await of_day(records, ledger, FLOOR)
    await tell(telling.store, MIDNIGHT - HOUR / 2, 0.5, y=1)
    found = {(one.scope, one.what): (one.kept, one.found) for one in (await closings.verify(DAY)).differences}
    assert found[FLOOR, "value"] == ("0.750000", "0.875000")
    assert {scope for scope, _ in found} == {*PLACES[:4]}
    assert await of_day(records, ledger, FLOOR) == before


async def test_a_number_that_was_changed_after_it_was_closed_is_named(telling, ledger, closings, records):
    await a_day(telling, ledger)
    await closings.close_due(MIDNIGHT + HOUR, "collector")
    (record,) = await records.list("closed/W01/day/campus:campus")
    better = record.body["content"] | {"grade": "green"}
    await records.append(replace(record, body=record.body | {"content": better}))
    assert {one.what for one in (await closings.verify(DAY)).differences} == {"grade", "hash"}


async def test_what_was_never_closed_cannot_be_verified(telling, ledger, closings):
    await a_day(telling, ledger)
    with pytest.raises(NotFound, match="2026-11-02 was never closed"):
        await closings.verify(DAY)


async def test_a_program_of_others_finds_the_same_hash_and_number(telling, ledger, closings, records):
    await a_day(telling, ledger)
    await closings.close_due(MIDNIGHT + HOUR, "collector")
    (record,) = await records.list("closed/W01/day/campus:campus")
    content = record.body["content"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(text.encode()).hexdigest() == record.body["hash"]
    counts = content["counts"]
    assert content["value"] == f"{counts['good'] / (counts['good'] + counts['bad']):.6f}"


async def test_a_term_closes_with_the_days_that_it_holds(telling, ledger, closings, records):
    await a_day(telling, ledger)
    await tell(telling.store, MIDNIGHT + 2 * HOUR, 24, x=1, y=1)
    await ledger.catch_up(MIDNIGHT + 26 * HOUR)
    written = await closings.close_due(MIDNIGHT + 25 * HOUR, "collector")
    assert {one.value.period.grain for one in written} == {"day", "term"}
    (term,) = await closed(records, "W01", "term")
    days = await closed(records, "W01", "day")
    assert len(days) == 2
    assert term.value.tally == days[0].value.tally + days[1].value.tally
    assert (await closings.verify(term.value.period)).differences == ()


async def test_a_number_that_is_short_of_everything_is_never_written_as_whole(telling, ledger, records, closings):
    await a_day(telling, ledger)
    hour = MIDNIGHT - HOUR
    await telling.store.put([ScopeTally("W01", CAMPUS, hour, Tally(good=10**8, bad=1))])
    await closings.close_due(MIDNIGHT + HOUR, "collector")
    assert (await of_day(records, ledger)).content["value"] == "0.999999"
