"""Does a store keep hourly tallies as `campus.store.contracts.TallyStore` says?"""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from campus.model import CAMPUS, Period, Scope, ScopeTally, Tally
from campus.store.contracts import TallyQuery

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
B1 = Scope("building", "B1")
B2 = Scope("building", "B2")


def hourly(hour: int, good: int, scope: Scope = B1, indicator: str = "W01") -> ScopeTally:
    return ScopeTally(indicator, scope, T0 + hour * HOUR, Tally(good=good, bad=1, unknown=2, maintenance=3, excluded=4))


def asked(start: int = 0, end: int = 24, **more) -> TallyQuery:
    return TallyQuery("W01", T0 + start * HOUR, T0 + end * HOUR, **more)


async def test_what_is_put_is_given_ordered_by_scope_and_hour(open_store):
    kept = [hourly(1, 5, B2), hourly(0, 6, B2), hourly(1, 7, B1), hourly(0, 8, CAMPUS)]
    async with open_store() as store:
        await store.put(kept)
        assert await store.tallies(asked()) == sorted(kept, key=lambda one: (one.scope, one.hour))


async def test_a_recount_replaces_and_never_adds(open_store):
    async with open_store() as store:
        await store.put([hourly(0, 5), hourly(1, 6)])
        await store.put([hourly(0, 50)])
        assert await store.tallies(asked()) == [hourly(0, 50), hourly(1, 6)]


async def test_only_hours_that_begin_in_the_window_count(open_store):
    async with open_store() as store:
        await store.put([hourly(hour, hour) for hour in range(5)])
        assert await store.tallies(asked(1, 3)) == [hourly(1, 1), hourly(2, 2)]
        half = TallyQuery("W01", T0 + 0.5 * HOUR, T0 + 2.5 * HOUR)
        assert await store.tallies(half) == [hourly(1, 1), hourly(2, 2)]


async def test_indicators_are_apart(open_store):
    async with open_store() as store:
        await store.put([hourly(0, 5), hourly(0, 9, indicator="C01")])
        assert await store.tallies(asked()) == [hourly(0, 5)]


async def test_scopes_are_named_one_by_one_or_by_type(open_store):
    async with open_store() as store:
        await store.put([hourly(0, 5, B1), hourly(0, 6, B2), hourly(0, 11, CAMPUS), hourly(0, 1, Scope("area", "B1"))])
        assert await store.tallies(asked(scopes=(B2, CAMPUS))) == [hourly(0, 6, B2), hourly(0, 11, CAMPUS)]
        assert await store.tallies(asked(scope_type="building")) == [hourly(0, 5, B1), hourly(0, 6, B2)]
        assert await store.tallies(asked(scopes=())) == []
        assert await store.tallies(asked(scopes=(Scope("building", "B9"),))) == []


async def test_hours_in_campus_time_are_the_same_hours(open_store):
    local = (T0 + HOUR).astimezone(timezone(8 * HOUR))
    async with open_store() as store:
        await store.put([ScopeTally("W01", B1, local, Tally(good=7))])
        assert await store.tallies(asked(1, 2)) == [ScopeTally("W01", B1, T0 + HOUR, Tally(good=7))]


async def test_a_tally_that_begins_within_an_hour_is_refused_with_all_beside_it(open_store):
    async with open_store() as store:
        with pytest.raises(ValueError, match="begin of an hour"):
            await store.put([hourly(0, 5), ScopeTally("W01", B1, T0 + HOUR / 2, Tally())])
        assert await store.tallies(asked()) == []


async def test_tallies_are_there_after_reopening_and_after_forgetting_readings(open_store):
    async with open_store() as store:
        await store.put([hourly(0, 5)])
        await store.forget(T0 + 100 * HOUR)
    async with open_store() as store:
        assert await store.tallies(asked()) == [hourly(0, 5)]


def period(start: int, end: int) -> Period:
    return Period("custom", T0 + start * HOUR, T0 + end * HOUR)


async def test_totals_are_the_hours_of_each_scope_that_begin_in_each_period(open_store):
    kept = [hourly(hour, hour, scope) for hour in range(6) for scope in (B1, B2)] + [hourly(0, 9, indicator="W03")]
    async with open_store() as store:
        await store.put(kept)
        found = await store.totals("W01", [B1, CAMPUS], [period(0, 2), period(3, 5), period(9, 12), period(2, 2)])
    assert found == {(B1, T0): Tally(0 + 1, 2, 4, 6, 8), (B1, T0 + 3 * HOUR): Tally(3 + 4, 2, 4, 6, 8)}


async def test_a_period_that_begins_within_an_hour_counts_from_the_next_one(open_store):
    half = timedelta(minutes=30)
    async with open_store() as store:
        await store.put([hourly(hour, 1) for hour in range(4)])
        found = await store.totals("W01", [B1], [Period("custom", T0 + half, T0 + 2 * HOUR + half)])
    assert found == {(B1, T0 + half): Tally(2, 2, 4, 6, 8)}


async def test_an_empty_store_has_no_totals(open_store):
    async with open_store() as store:
        assert await store.totals("W01", [B1], [period(0, 9)]) == {}
