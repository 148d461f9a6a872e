"""Does the schedule ask everybody, once a cycle, never twice at once, and always at the same place in it?"""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from collectors.schedule import Beat, Cycle, Roster, Tiers, jitter, snap

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

instants = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
periods = st.sampled_from([1, 10, 60, 300, 6 * 3600]).map(lambda seconds: timedelta(seconds=seconds))
names = st.text(min_size=1, max_size=30)
TIERS = {"state": MINUTE, "counters": 5 * MINUTE, "names": timedelta(hours=6)}


@given(instants, periods)
def test_every_instant_lies_in_the_cycle_that_it_is_snapped_to(moment, period):
    at = snap(moment, period)
    assert at <= moment < at + period
    assert snap(at, period) == at


def test_cycles_begin_at_whole_minutes_of_utc():
    assert snap(NOON + timedelta(seconds=59.9), MINUTE) == NOON


def test_snapping_an_instant_of_another_zone_changes_no_instant():
    shanghai = datetime.fromisoformat("2026-11-23T20:00:31+08:00")
    assert snap(shanghai, MINUTE) == NOON


@given(names, periods)
def test_jitter_stays_within_the_spread(name, spread):
    assert timedelta() <= jitter(name, spread) < spread


def test_jitter_is_the_same_in_every_process_and_spreads_devices():
    assert jitter("ac-1", MINUTE) == timedelta(seconds=36.030925)
    tenths = {jitter(f"device-{number}", MINUTE) // timedelta(seconds=6) for number in range(200)}
    assert tenths == set(range(10))


@given(st.lists(st.floats(0.001, 400), min_size=1, max_size=60))
def test_no_two_cycles_are_in_flight_and_every_period_is_run_or_skipped(durations):
    """Cycles of any length, one after the other: each period is begun at most once, and none is lost count of."""
    beat, now, begun = Beat(MINUTE), NOON + timedelta(seconds=7), []
    for duration in durations:
        now += beat.wait(now)
        assert not beat.wait(now)
        beat, cycle = beat.begin(now)
        assert cycle.at <= now < cycle.ends
        begun.append(cycle.at)
        now += timedelta(seconds=duration)
    assert begun == sorted(set(begun))
    assert (begun[-1] - begun[0]) // MINUTE + 1 == len(begun) + beat.skipped


def test_a_cycle_that_took_too_long_lets_the_next_begin_late_rather_than_not_at_all():
    beat, _ = Beat(MINUTE).begin(NOON)
    assert beat.wait(NOON + timedelta(seconds=59)) == timedelta(seconds=1)
    beat, cycle = beat.begin(NOON + timedelta(seconds=61))
    assert (cycle.at, beat.skipped) == (NOON + MINUTE, 0)
    beat, cycle = beat.begin(NOON + timedelta(seconds=240))
    assert (cycle.at, beat.skipped) == (NOON + 4 * MINUTE, 2)


def test_a_clock_that_was_set_back_stops_no_polling():
    beat, _ = Beat(MINUTE).begin(NOON)
    back = NOON - timedelta(hours=1)
    assert beat.wait(back) == timedelta()
    beat, cycle = beat.begin(back)
    assert (cycle.at, beat.skipped) == (back, 0)


def test_a_miss_is_asked_again_only_within_its_cycle():
    cycle = Cycle(NOON, NOON + MINUTE)
    delays = [timedelta(seconds=seconds) for seconds in (5, 15, 30)]
    missed, took = NOON + timedelta(seconds=12), timedelta(seconds=4)
    assert cycle.reasks(missed, delays, took) == [missed + delay for delay in delays]
    late = NOON + timedelta(seconds=45)
    assert cycle.reasks(late, delays, took) == [late + delays[0]]
    assert cycle.reasks(late, delays, timedelta(seconds=10)) == []
    assert cycle.reasks(NOON + timedelta(seconds=70), delays, took) == []


@given(st.lists(names, unique=True, max_size=20), st.lists(st.tuples(st.integers(0, 19), st.booleans()), max_size=60))
def test_each_device_is_always_in_exactly_one_pool(device_ids, notes):
    roster = Roster(device_ids)
    for number, answered in notes:
        if number < len(device_ids):
            was = device_ids[number] in roster.pool(answering=True)
            assert roster.note(device_ids[number], answered=answered) is (was is not answered)
            assert (device_ids[number] in roster.pool(answering=True)) is answered
        assert sorted(roster.pool(answering=True) + roster.pool(answering=False)) == sorted(device_ids)


@given(names, st.integers(0, 10**6))
def test_each_tier_falls_due_once_in_its_period(device_id, minute):
    tiers, start = Tiers(TIERS), NOON + minute * MINUTE
    assert tiers.due(device_id, start) == TIERS.keys()
    asked = dict.fromkeys(TIERS, 0)
    for cycle in range(720):
        due = tiers.due(device_id, start + cycle * MINUTE + timedelta(seconds=cycle % 50))
        tiers.done(device_id, due, start + cycle * MINUTE + timedelta(seconds=cycle % 50))
        for tier in due:
            asked[tier] += 1
    assert asked["state"] == 720
    assert asked["counters"] in {144, 145}
    assert asked["names"] in {2, 3}


def test_a_tier_that_was_not_answered_stays_due():
    tiers = Tiers(TIERS)
    tiers.done("ac-1", {"state", "counters"}, NOON)
    assert tiers.due("ac-1", NOON + timedelta(seconds=30)) == {"names"}
    assert {"names", "state"} <= tiers.due("ac-1", NOON + MINUTE)


def test_the_slow_tiers_of_many_devices_do_not_meet_in_one_cycle():
    tiers, devices = Tiers(TIERS), [f"device-{number}" for number in range(100)]
    for device in devices:
        tiers.done(device, TIERS, NOON)
    counts = []
    for cycle in range(1, 6):
        now = NOON + cycle * MINUTE
        asked = [device for device in devices if "counters" in tiers.due(device, now)]
        for device in asked:
            tiers.done(device, {"counters"}, now)
        counts.append(len(asked))
    assert sum(counts) == len(devices)
    assert max(counts) < 40
