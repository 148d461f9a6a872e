from datetime import datetime, timedelta

import pytest

from lab.timetable import CAMPUS_TIME, KINDS, crowd, crowd_seconds

MONDAY = datetime(2026, 11, 23, tzinfo=CAMPUS_TIME)


def at(day, hour):
    return MONDAY + timedelta(days=day, hours=hour)


def test_class_hours_fill_lecture_halls_and_evenings_fill_dormitories():
    assert crowd("class", at(0, 10)) > 0.9 > crowd("class", at(0, 22)) + 0.8
    assert crowd("dorm", at(0, 22)) > 0.9 > crowd("dorm", at(0, 10)) + 0.6


def test_lecture_halls_are_nearly_empty_at_weekends():
    assert crowd("class", at(5, 10)) < 0.2 < crowd("class", at(4, 10))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_counter_of_a_crowd_grows_by_the_crowd(kind):
    step = timedelta(seconds=60)
    for quarter in range(0, 7 * 96, 5):
        instant = at(0, quarter / 4)
        grown = crowd_seconds(kind, instant + step) - crowd_seconds(kind, instant)
        assert grown == pytest.approx(60 * (crowd(kind, instant) + crowd(kind, instant + step)) / 2, abs=1e-3)


def test_the_week_begins_again_without_a_jump():
    before, after = at(6, 24) - timedelta(milliseconds=1), at(7, 0)
    assert crowd("dorm", before) == pytest.approx(crowd("dorm", after), abs=1e-6)
    assert 0 <= crowd_seconds("dorm", after) - crowd_seconds("dorm", before) < 0.01
