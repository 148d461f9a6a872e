"""Do windows open and close when the people who planned them meant, and do they take along what hangs on them?"""

from datetime import UTC, datetime, timedelta

import pytest

from campus.indicators.maintenance import Maintenance, Window, of_record
from campus.model import CAMPUS, Entity, Membership, Scope

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)
YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def window(scope="building:B1", start="2026-11-02T12:00", hours=2, zone="Asia/Shanghai", **more):
    return Window(
        id=more.pop("id", "w"),
        scope=Scope.parse(scope),
        zone=zone,
        start=datetime.fromisoformat(start),
        duration=hours * HOUR,
        reason="upgrade",
        principal="tester",
        registered_at=NOON,
        **more,
    )


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(one, start=YEAR[0], end=YEAR[1]):
    return [(segment.start, segment.end) for segment in one.during(start, end)]


def test_wall_time_is_read_in_the_windows_own_zone():
    assert times(window()) == [(utc("2026-11-02T04:00"), utc("2026-11-02T06:00"))]
    assert times(window(zone="Europe/Berlin")) == [(utc("2026-11-02T11:00"), utc("2026-11-02T13:00"))]


def test_a_weekly_window_keeps_its_wall_time_over_a_change_of_the_clock():
    weekly = window(start="2026-10-18T03:30", zone="Europe/Berlin", rule="FREQ=WEEKLY;COUNT=3", hours=1)
    assert [start for start, _ in times(weekly)] == [
        utc("2026-10-18T01:30"),
        utc("2026-10-25T02:30"),
        utc("2026-11-01T02:30"),
    ]


def test_a_window_lasts_as_long_as_it_says_on_the_night_that_has_an_hour_more():
    night = window(start="2026-10-25T00:00", zone="Europe/Berlin", hours=6)
    assert times(night) == [(utc("2026-10-24T22:00"), utc("2026-10-25T04:00"))]


def test_a_window_that_began_before_is_cut_to_what_is_asked():
    assert times(window(), NOON + HOUR, NOON + 9 * HOUR) == [(NOON + HOUR, NOON + 2 * HOUR)]
    nightly = window(start="2026-01-01T22:00", hours=8, rule="FREQ=DAILY")
    midnight = utc("2026-06-30T16:00")
    assert times(nightly, midnight, midnight + HOUR) == [(midnight, midnight + HOUR)]


def test_a_window_that_was_ended_holds_until_then():
    ended = window(rule="FREQ=DAILY", ended_at=NOON + HOUR)
    assert times(ended) == [(NOON, NOON + HOUR)]


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"zone": "Shanghai"}, "no time zone"),
        ({"zone": "../etc/passwd"}, "no time zone"),
        ({"start": "2026-11-02T12:00+08:00"}, "without an offset"),
        ({"hours": 0}, "a minute at least"),
        ({"rule": "every sunday"}, "repeats by"),
        ({"rule": "FREQ=SECONDLY"}, "repeats by"),
        ({"rule": "FREQ=WEEKLY;BYDAY=SO"}, "BYDAY|invalid|unknown"),
        ({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "never comes true"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(wrong, what):
    with pytest.raises(ValueError, match=what):
        window(**wrong)


def test_a_window_reads_back_as_it_was_kept():
    kept = window(rule="FREQ=WEEKLY;BYDAY=SU", ended_at=NOON)
    assert of_record(kept.record(NOON, "tester")) == kept
    assert of_record(window().record(NOON, "tester")) == window()


AP = Membership(
    Entity("ap", "x"), (CAMPUS, Scope("building", "B1")), sources=("ac-1", "ac-2"), group="pair", name="AP x"
)
RADIO = Membership(Entity("radio", "x/1"), (*AP.scopes, Scope("ap", "x")), sources=AP.sources, group="pair")
UNITS = tuple(Membership(Entity("ac", unit), (CAMPUS,), sources=(unit,), group="pair") for unit in ("ac-1", "ac-2"))
FULL = [(NOON, NOON + 2 * HOUR)]


@pytest.mark.parametrize(
    ("scopes", "members", "covered"),
    [
        (["campus:campus"], (AP,), FULL),
        (["building:B1"], (RADIO,), FULL),
        (["building:B2"], (AP,), []),
        (["ap:x"], (RADIO,), FULL),
        (["ap:y"], (AP,), []),
        (["ac:pair"], (AP,), FULL),
        (["ac:pair"], UNITS, FULL),
        (["ac:ac-1"], (AP,), []),
        (["ac:ac-1"], UNITS, []),
        (["ac:ac-1"], UNITS[:1], FULL),
        (["ac:ac-1", "ac:ac-2"], (AP,), FULL),
        (["ac:ac-1", "ac:ac-2"], UNITS, FULL),
        (["building:B1", "campus:campus"], (AP,), FULL),
    ],
    ids=str,
)
def test_what_a_window_takes_along(scopes, members, covered):
    windows = [window(scope, id=scope) for scope in scopes]
    over = Maintenance(windows, *YEAR).over(members)
    assert [(one.start, one.end) for one in over] == covered


def test_windows_that_overlap_are_laid_end_to_end_and_the_first_is_the_cause():
    windows = [window(id="first"), window("ap:x", start="2026-11-02T13:00", id="second")]
    over = Maintenance(windows, *YEAR).over((AP,))
    assert [(one.start, one.end, one.cause.id) for one in over] == [
        (NOON, NOON + 2 * HOUR, "first"),
        (NOON + 2 * HOUR, NOON + 3 * HOUR, "second"),
    ]
