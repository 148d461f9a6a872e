"""Does a store keep measurements as `campus.store.contracts.SeriesStore` says?"""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from campus.model import Batch, Entity, Measurement, SeriesQuery, Span

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
AP = Entity("ap", "A1")
OTHER = Entity("ap", "B2")


def at(minute: float) -> datetime:
    return T0 + minute * MINUTE


def told(minute: float, values: dict, *, entity=AP, facts=None, source="ac1", holds=MINUTE) -> Batch:
    return Batch(source, holds, (Measurement(entity, at(minute), values, facts or {}),))


def up(minute: float, value: float, **more) -> Batch:
    return told(minute, {"ap.up": value}, **more)


async def shown(store, metric="ap.up", start=-60, end=60, entities=None) -> list[tuple[float, float, float]]:
    """The spans of the only series of ``metric``, in minutes after T0."""
    found = await store.range(SeriesQuery((metric,), at(start), at(end), entities))
    assert len(found) <= 1
    return [((span.start - T0) / MINUTE, (span.end - T0) / MINUTE, span.value) for one in found for span in one.spans]


async def write(store, *batches: Batch) -> None:
    for batch in batches:
        await store.write(batch)


class TestStates:
    async def test_equal_readings_without_a_gap_are_one_interval(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1), up(1, 1), up(2, 1))
            assert await shown(store) == [(0, 3, 1)]

    async def test_time_that_no_reading_covers_stays_uncovered(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1), up(5, 1))
            assert await shown(store) == [(0, 1, 1), (5, 6, 1)]

    async def test_a_contradiction_cuts_what_was_thought_to_hold(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1, holds=10 * MINUTE), up(4, 0))
            assert await shown(store) == [(0, 4, 1), (4, 5, 0)]

    async def test_a_short_reading_does_not_shorten_an_equal_longer_one(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1, holds=10 * MINUTE), up(4, 1))
            assert await shown(store) == [(0, 10, 1)]

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1)])
    async def test_the_order_of_arrival_does_not_matter(self, open_store, order):
        batches = [up(0, 1, holds=3 * MINUTE), up(1, 0), up(2, 1, holds=3 * MINUTE)]
        async with open_store() as store:
            await write(store, *(batches[number] for number in order))
            assert await shown(store) == [(0, 1, 1), (1, 2, 0), (2, 5, 1)]

    async def test_a_late_contradiction_inside_an_interval_leaves_the_rest_of_it(self, open_store):
        async with open_store() as store:
            await write(store, *(up(minute, 1) for minute in range(6)), up(2.5, 0))
            assert await shown(store) == [(0, 2.5, 1), (2.5, 3, 0), (3, 6, 1)]

    async def test_a_late_contradiction_ends_a_longer_reading_for_good(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1, holds=10 * MINUTE), up(20, 1), up(3, 0))
            assert await shown(store) == [(0, 3, 1), (3, 4, 0), (20, 21, 1)]

    async def test_a_reading_after_a_late_one_extends_what_the_late_one_joined(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1), up(2, 1), up(1, 1), up(3, 1))
            assert await shown(store) == [(0, 4, 1)]

    async def test_a_late_reading_joins_two_intervals(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1), up(2, 1), up(1, 1))
            assert await shown(store) == [(0, 3, 1)]

    async def test_writing_an_old_batch_again_changes_nothing(self, open_store):
        async with open_store() as store:
            first = up(0, 1, holds=5 * MINUTE)
            await write(store, first, up(2, 0), up(3, 1))
            before = await shown(store), await store.latest("ap")
            await write(store, first)
            assert (await shown(store), await store.latest("ap")) == before

    async def test_one_batch_may_hold_a_history(self, open_store):
        history = tuple(Measurement(AP, at(minute), {"ap.up": minute != 3}) for minute in (4, 0, 3, 1, 2))
        async with open_store() as store:
            await write(store, Batch("ac1", MINUTE, history))
            assert await shown(store) == [(0, 3, 1), (3, 4, 0), (4, 5, 1)]

    async def test_intervals_run_through_midnight(self, open_store):
        midnight = 16 * 60
        async with open_store() as store:
            await write(store, up(midnight - 1, 1), up(midnight, 1), up(midnight + 2, 1), up(midnight + 1, 1))
            assert await shown(store, end=midnight + 60) == [(midnight - 1, midnight + 3, 1)]

    async def test_a_window_cuts_the_interval_that_spans_it(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1, holds=30 * MINUTE))
            assert await shown(store, start=10, end=20) == [(10, 20, 1)]
            assert await shown(store, start=30, end=40) == []
            assert await shown(store, start=-5, end=0) == []


class TestReadings:
    async def test_gauges_and_deltas_are_given_as_they_came(self, open_store):
        async with open_store() as store:
            for minute, value in ((0, 7), (1, 7), (5, 0.25)):
                await store.write(told(minute, {"ap.stations": value, "ap.auth_requests": value}))
            expected = [(0, 1, 7), (1, 2, 7), (5, 6, 0.25)]
            assert await shown(store, "ap.stations") == expected
            assert await shown(store, "ap.auth_requests") == expected

    async def test_overlapping_readings_are_cut_where_the_next_begins(self, open_store):
        async with open_store() as store:
            await write(store, told(1, {"ap.stations": 2}), told(0, {"ap.stations": 1}, holds=5 * MINUTE))
            assert await shown(store, "ap.stations") == [(0, 1, 1), (1, 2, 2)]

    async def test_a_reading_before_the_window_that_still_holds_in_it_is_shown(self, open_store):
        async with open_store() as store:
            await write(store, told(0, {"ap.stations": 1}, holds=3 * DAY))
            start = 2 * DAY / MINUTE
            assert await shown(store, "ap.stations", start=start, end=start + 1) == [(start, start + 1, 1)]

    async def test_values_come_back_exactly(self, open_store):
        values = [0.1, -95.0, 1e15, 2**53 - 1, 5e-324, -0.5]
        async with open_store() as store:
            for minute, value in enumerate(values):
                await store.write(told(minute, {"ap.in_bps": value}))
            assert [value for *_, value in await shown(store, "ap.in_bps")] == values

    async def test_instants_come_back_exactly(self, open_store):
        begin = T0 + timedelta(microseconds=123457)
        async with open_store() as store:
            await store.write(
                Batch("ac1", timedelta(seconds=1, microseconds=1), (Measurement(AP, begin, {"ap.up": 1}),))
            )
            (series,) = await store.range(SeriesQuery(("ap.up",), T0, T0 + MINUTE))
            assert series.spans == (Span(begin, begin + timedelta(seconds=1, microseconds=1), 1),)

    async def test_campus_time_and_utc_are_the_same_instant(self, open_store):
        campus = timezone(8 * timedelta(hours=1))
        async with open_store() as store:
            await write(store, up(0, 1))
            await store.write(Batch("ac1", MINUTE, (Measurement(AP, at(1).astimezone(campus), {"ap.up": 1}),)))
            assert await shown(store) == [(0, 2, 1)]


class TestQueries:
    async def test_series_come_by_entity_source_and_metric(self, open_store):
        async with open_store() as store:
            for source in ("ac2", "ac1"):
                for entity in (OTHER, AP):
                    await store.write(told(0, {"ap.up": 1, "ap.stations": 3}, entity=entity, source=source))
            found = await store.range(SeriesQuery(("ap.up", "ap.stations"), at(0), at(1)))
            names = [(one.entity, one.source, one.metric) for one in found]
            assert names == sorted(names)
            assert len(names) == 8

    async def test_only_the_asked_entities_come(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1), up(0, 0, entity=OTHER))
            assert await shown(store, entities=(OTHER,)) == [(0, 1, 0)]
            assert await shown(store, entities=()) == []
            assert await shown(store, entities=(Entity("host", "A1"), Entity("ap", "C3"))) == []

    async def test_series_without_a_span_in_the_window_are_left_out(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1))
            assert await store.range(SeriesQuery(("ap.up", "ap.stations"), at(10), at(20))) == []

    async def test_a_new_store_is_empty_and_well(self, open_store):
        async with open_store() as store:
            assert await store.latest("ap") == []
            assert await store.range(SeriesQuery(("ap.up",), at(0), at(1))) == []
            assert await store.health() == type(await store.health())(ok=True, detail="", newest=None)


class TestLatest:
    async def test_it_is_the_newest_reading_of_each_source(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1), up(1, 0, holds=2 * MINUTE), up(0, 1, source="ac2"), up(0, 1, entity=OTHER))
            first, *rest = await store.latest("ap")
            assert (first.entity, first.source, first.at, first.until) == (AP, "ac1", at(1), at(3))
            assert first.values == {"ap.up": 0}
            assert first.first_seen == at(0)
            assert [(one.entity, one.source) for one in rest] == [(AP, "ac2"), (OTHER, "ac1")]
            assert await store.latest("host") == []

    async def test_values_that_the_newest_reading_lacks_are_absent_but_facts_stay(self, open_store):
        async with open_store() as store:
            await write(store, told(0, {"ap.up": 1, "ap.stations": 4}, facts={"name": "north", "serial": "S"}))
            await write(store, told(1, {"ap.up": 1}, facts={"name": "south"}))
            (latest,) = await store.latest("ap")
            assert latest.values == {"ap.up": 1}
            assert latest.facts == {"name": "south", "serial": "S"}

    async def test_batches_of_one_instant_add_up(self, open_store):
        async with open_store() as store:
            await write(store, told(0, {"ap.up": 1}), told(0, {"ap.stations": 4}, holds=5 * MINUTE))
            (latest,) = await store.latest("ap")
            assert latest.values == {"ap.up": 1, "ap.stations": 4}
            assert latest.until == at(1)

    async def test_a_value_that_still_stands_is_shown_beside_newer_ones(self, open_store):
        async with open_store() as store:
            await write(store, told(0, {"ap.up": 1}), told(0, {"ap.in_bps": 4}, holds=5 * MINUTE))
            await write(store, told(4, {"ap.up": 0}))
            (latest,) = await store.latest("ap")
            assert (latest.at, latest.until, latest.values) == (at(4), at(5), {"ap.up": 0, "ap.in_bps": 4})
            await write(store, told(5, {"ap.stations": 1}))
            (latest,) = await store.latest("ap")
            assert latest.values == {"ap.stations": 1}

    async def test_a_late_reading_is_not_the_newest_but_may_be_the_first(self, open_store):
        async with open_store() as store:
            await write(store, told(5, {"ap.up": 1}, facts={"name": "new"}))
            await write(store, told(0, {"ap.up": 0}, facts={"name": "old", "serial": "S"}))
            (latest,) = await store.latest("ap")
            assert (latest.at, latest.values, latest.first_seen) == (at(5), {"ap.up": 1}, at(0))
            assert latest.facts == {"name": "new", "serial": "S"}

    async def test_a_fact_confirmed_later_is_newer_than_a_late_contradiction(self, open_store):
        async with open_store() as store:
            for minute, name in ((0, "north"), (10, "north"), (5, "south")):
                await store.write(told(minute, {}, facts={"name": name}))
            (latest,) = await store.latest("ap")
            assert latest.facts == {"name": "north"}


class TestKeeping:
    async def test_all_is_there_after_reopening(self, open_store):
        async with open_store() as store:
            await write(store, told(0, {"ap.up": 1, "ap.stations": 4}, facts={"name": "north"}))
            before = await store.latest("ap")
        async with open_store() as store:
            assert await store.latest("ap") == before
            await write(store, up(1, 1))
            assert await shown(store) == [(0, 2, 1)]
            assert await shown(store, "ap.stations") == [(0, 1, 4)]
            assert (await store.health()).newest == at(1)

    @pytest.mark.parametrize("wrong", [{"ap.colour": 1.0}, {"ap.stations": float("nan")}])
    async def test_a_batch_with_one_wrong_value_is_not_kept_at_all(self, open_store, wrong):
        batch = Batch("ac1", MINUTE, (Measurement(AP, at(0), {"ap.up": 1}), Measurement(OTHER, at(0), wrong)))
        async with open_store() as store:
            with pytest.raises(ValueError, match=r"ap\.(colour|stations) of ap:B2"):
                await store.write(batch)
            assert await store.latest("ap") == []
            assert await shown(store) == []

    async def test_readings_that_stand_for_no_time_are_refused(self, open_store):
        async with open_store() as store:
            with pytest.raises(ValueError, match="some time"):
                await store.write(up(0, 1, holds=timedelta(0)))

    async def test_an_unknown_metric_cannot_be_asked_for(self, open_store):
        async with open_store() as store:
            with pytest.raises(ValueError, match=r"ap\.colour"):
                await store.range(SeriesQuery(("ap.up", "ap.colour"), at(0), at(1)))


class TestForgetting:
    async def test_whole_days_of_readings_go_and_states_stay(self, open_store):
        day = DAY / MINUTE
        async with open_store() as store:
            for number in range(3):
                await store.write(told(number * day, {"ap.up": 1, "ap.stations": number}))
            assert await store.forget(at(2 * day)) == 2
            assert await store.forget(at(2 * day)) == 0
            assert await shown(store, "ap.stations", end=5 * day) == [(2 * day, 2 * day + 1, 2)]
            assert len(await shown(store, end=5 * day)) == 3

    async def test_the_day_that_holds_the_instant_is_kept(self, open_store):
        async with open_store() as store:
            await write(store, told(0, {"ap.stations": 1}))
            assert await store.forget(at(600)) == 0
            assert await shown(store, "ap.stations") == [(0, 1, 1)]

    async def test_what_is_older_than_the_horizon_only_fills_unknown_time(self, open_store):
        async with open_store() as store:
            await write(store, up(0, 1), up(1, 1), up(5, 1))
            await store.forget(at(0) + DAY)
            again = told(1, {"ap.up": 0, "ap.stations": 9})
            await write(store, again, told(3, {"ap.up": 0}, holds=9 * MINUTE))
            assert await shown(store) == [(0, 2, 1), (3, 5, 0), (5, 6, 1)]
            assert await shown(store, "ap.stations") == []

    async def test_writing_goes_on_after_forgetting(self, open_store):
        day = DAY / MINUTE
        async with open_store() as store:
            await write(store, told(0, {"ap.up": 1, "ap.stations": 1}))
            await store.forget(at(day))
            await write(store, told(day, {"ap.up": 1, "ap.stations": 2}))
            assert await shown(store, "ap.stations", end=2 * day) == [(day, day + 1, 2)]
