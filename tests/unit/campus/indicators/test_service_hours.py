"""Are the hours outside of a calendar cut exactly, day by day, term by term?"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from campus.indicators.calendar import Calendar, Term
from campus.indicators.service_hours import ServiceHours, build
from campus.settings import Calendars

SHANGHAI = ZoneInfo("Asia/Shanghai")
ALL = frozenset(range(7))
WORK = ((time(8), time(12)), (time(14), time(18)))


def local(text, zone=SHANGHAI):
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def opened(hours, start, end, zone=SHANGHAI):
    """What is not shut, in local time."""
    edges = [local(start, zone)]
    for one in hours.shut(local(start, zone), local(end, zone)):
        edges += [one.start, one.end]
    edges.append(local(end, zone))
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [tuple(f"{edge.astimezone(zone):%d %H:%M}" for edge in pair) for pair in pairs if pair[0] < pair[1]]


def hours(**more):
    given = {"name": "teaching", "calendar": Calendar(SHANGHAI), "week": frozenset(range(5)), "hours": WORK}
    return ServiceHours(**(given | more))


def test_only_the_hours_of_its_days_are_open():
    assert opened(hours(), "2026-11-06T00:00", "2026-11-09T10:00") == [
        ("06 08:00", "06 12:00"),
        ("06 14:00", "06 18:00"),
        ("09 08:00", "09 10:00"),
    ]


def test_a_window_within_an_open_hour_has_nothing_shut():
    assert hours().shut(local("2026-11-06T08:00"), local("2026-11-06T12:00")) == ()


def test_closed_days_are_shut_and_days_that_make_up_for_them_open():
    changed = hours(closed=frozenset({date(2026, 11, 6)}), opened=frozenset({date(2026, 11, 7)}))
    assert opened(changed, "2026-11-06T00:00", "2026-11-08T00:00") == [
        ("07 08:00", "07 12:00"),
        ("07 14:00", "07 18:00"),
    ]


def test_hours_that_end_after_midnight_belong_to_the_day_on_which_they_begin():
    late = hours(week=frozenset({4}), hours=((time(22), time(1)),))
    assert opened(late, "2026-11-07T00:00", "2026-11-08T00:00") == [("07 00:00", "07 01:00")]
    assert opened(late, "2026-11-06T00:00", "2026-11-08T00:00") == [("06 22:00", "07 01:00")]


def test_an_end_of_midnight_is_the_end_of_the_day():
    dorm = hours(week=ALL, hours=((time(6), time(0)),))
    assert opened(dorm, "2026-11-06T00:00", "2026-11-07T00:00") == [("06 06:00", "07 00:00")]


@pytest.mark.parametrize(("in_terms", "days"), [(True, ["31"]), (False, ["28", "31"])])
def test_days_between_two_terms_are_shut(in_terms, days):
    term = Term("2026-2027-1", local("2026-08-31T00:00"), local("2027-01-18T00:00"))
    teaching = hours(calendar=Calendar(SHANGHAI, (term,)), in_terms=in_terms, hours=((time(8), time(9)),))
    assert [start[:2] for start, _ in opened(teaching, "2026-08-28T00:00", "2026-09-01T00:00")] == days


def test_while_a_college_has_set_no_terms_every_week_counts():
    assert opened(hours(in_terms=True), "2026-08-28T00:00", "2026-08-28T10:00") == [("28 08:00", "28 10:00")]


def test_an_open_hour_of_a_day_of_25_hours_is_no_longer():
    berlin = ZoneInfo("Europe/Berlin")
    night = hours(calendar=Calendar(berlin), week=ALL, hours=((time(0), time(6)),))
    shut = night.shut(local("2026-10-25T00:00", berlin), local("2026-10-26T00:00", berlin))
    assert [one.end - one.start for one in shut] == [timedelta(hours=18)]


def test_overlapping_hours_open_once():
    both = hours(hours=((time(8), time(12)), (time(10), time(14))))
    assert opened(both, "2026-11-06T00:00", "2026-11-07T00:00") == [("06 08:00", "06 14:00")]


def test_the_settings_make_three_calendars():
    made = build(Calendars(), Calendar(SHANGHAI))
    assert sorted(made) == ["dorm", "evening", "teaching"]
    assert made["teaching"].week == frozenset(range(5))
    assert opened(made["evening"], "2026-11-07T00:00", "2026-11-08T00:00") == [("07 18:00", "07 23:00")]
