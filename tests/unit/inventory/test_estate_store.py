"""Do estate, store and indicators agree on which APs count?"""

from datetime import timedelta

import pytest

from campus import catalogue
from campus.errors import NotFound
from campus.indicators import definition
from campus.indicators.calendar import Calendar
from campus.indicators.ledger import Ledger
from campus.model import CAMPUS, Batch, Entity, Measurement, Members, Scope, Service, Tally
from campus.store.sqlite import SqliteStore
from inventory.members import EstateMembers

MINUTE = timedelta(minutes=1)
WORDS = catalogue.load()


@pytest.fixture
async def store(tmp_path):
    async with SqliteStore(tmp_path / "store", WORDS, writer=True) as opened:
        yield opened


@pytest.fixture
def tell(store, at):
    """Give ``await tell(minute, source, S1=(up, name), …)``: one poll of a controller that answered."""

    async def write(minute, source, **aps):
        now = at(0) + minute * MINUTE
        rows = [
            Measurement(Entity("ap", ap), now, {} if up is None else {"ap.up": up}, {"serial": ap, "name": name})
            for ap, (up, name) in aps.items()
        ]
        await store.write(Batch(source, MINUTE, tuple(rows)))
        reach = (Measurement(Entity("reach", f"{source}/snmp"), now, {"reach.up": 1}),)
        await store.write(Batch("collector", MINUTE, reach))

    return write


async def counts(store, members: Members, start, end, scope) -> Tally:
    ledger = Ledger((store, store), members, definition.load(WORDS), Calendar(start.tzinfo))
    await ledger.recount(start, end)
    (value,) = await ledger.values("W01", [scope], "custom", (start, end))
    return value.tally


async def test_only_aps_in_service_count_and_the_absent_one_counts_as_unknown(campus, store, tell, at):
    estate = campus(
        "ap: UP, floor: B1-1",
        "ap: DOWN, floor: B1-1",
        "ap: ABSENT, floor: B1-1",
        "ap: SPARE, service: spare",
        "ap: PLANNED, floor: B1-1, service: planned",
    )
    for minute in range(10):
        await tell(minute, "ac1", UP=(1, ""), DOWN=(0, ""), SPARE=(1, ""), PLANNED=(0, ""), STRANGER=(1, "store-room"))
        await tell(minute, "ac2")
    tally = await counts(store, EstateMembers(estate, store), at(0), at(0) + 10 * MINUTE, Scope("floor", "B1-1"))
    assert tally == Tally(good=10, bad=10, unknown=10, excluded=10)


async def test_an_ap_that_moved_takes_its_minutes_along(campus, store, tell, at):
    estate = campus(
        "ap: S1, floor: B1-1, until: 2026-09-01T00:04+08:00", "ap: S1, floor: B2-1, since: 2026-09-01T00:04+08:00"
    )
    for minute in range(10):
        await tell(minute, "ac3", S1=(1, ""))
    members = EstateMembers(estate, store)
    window = (at(0), at(0) + 10 * MINUTE)
    assert (await counts(store, members, *window, Scope("floor", "B1-1"))).good == 4
    assert (await counts(store, members, *window, Scope("floor", "B2-1"))).good == 6
    assert (await counts(store, members, *window, CAMPUS)).good == 10


async def test_an_ap_that_only_its_name_places_counts_from_its_first_minute_up(campus, store, tell, at):
    for minute, up in enumerate([None, 0, 1, 0, 1, 0]):
        await tell(minute, "ac3", S1=(up, "B2-1-01"))
    members = EstateMembers(campus(), store)
    early = await members.memberships("ap", at(0), at(0) + MINUTE)
    assert [one.service for one in early] == [Service.PLANNED]
    for _ in range(2):
        found = await members.memberships("ap", at(0), at(1))
        assert [(one.service, one.since, one.until) for one in found] == [
            (Service.PLANNED, None, at(0) + 2 * MINUTE),
            (Service.IN_SERVICE, at(0) + 2 * MINUTE, None),
        ]


async def test_a_window_shows_only_what_overlaps_it(campus, store, at):
    members = EstateMembers(campus("ap: S1, floor: B1-1, since: 2026-09-02, until: 2026-09-03"), store)
    windows = {(0, 1): 0, (0, 1.5): 1, (1, 2): 1, (1.9, 5): 1, (2, 5): 0}
    for (start, end), expected in windows.items():
        assert len(await members.memberships("ap", at(start), at(end))) == expected


async def test_the_survey_lists_unplaced_aps_and_contradictions(campus, store, tell, at):
    await tell(0, "ac1", S1=(1, "lobby"), S2=(1, "store-room"), S3=(1, ""))
    await tell(0, "ac3", S3=(0, ""))
    estate = campus("ap: S1, floor: B1-1", "ap: lobby, floor: B2-1", "ap: S3, floor: B2-1")
    survey = await EstateMembers(estate, store).survey(at(1))
    assert [one.entity.id for one in survey.unplaced] == ["S2"]
    assert list(survey.warnings) == [
        "AP S1 stands in the table as S1, lobby; S1 counts",
        "AP S3 is told of by controllers of the areas A1, A2; its own floor counts",
    ]


async def test_devices_are_members_and_other_kinds_are_not(campus, store, at):
    members = EstateMembers(campus(), store)
    assert [one.entity.id for one in await members.memberships("host", at(0), at(1))] == ["h1"]
    assert await members.memberships("host", at(30), at(31)) == []
    with pytest.raises(NotFound, match="ssid"):
        await members.memberships("ssid", at(0), at(1))
