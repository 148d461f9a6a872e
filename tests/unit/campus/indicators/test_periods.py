"""Do days, weeks and months begin where the campus says?"""

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from campus.indicators.periods import before, floor, periods

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_a_day_begins_at_campus_midnight():
    assert floor(utc(2026, 11, 2, 16, 0), "day", SHANGHAI) == utc(2026, 11, 2, 16, 0)
    assert floor(utc(2026, 11, 2, 15, 59), "day", SHANGHAI) == utc(2026, 11, 1, 16, 0)


def test_a_week_begins_on_monday():
    assert floor(utc(2026, 11, 8, 12), "week", SHANGHAI) == utc(2026, 11, 1, 16)


@pytest.mark.parametrize(
    ("grain", "count", "first", "last"),
    [
        ("hour", 48, utc(2026, 10, 31, 16), utc(2026, 11, 2, 16)),
        ("day", 2, utc(2026, 10, 31, 16), utc(2026, 11, 2, 16)),
        ("month", 1, utc(2026, 10, 31, 16), utc(2026, 11, 30, 16)),
        ("custom", 1, utc(2026, 10, 31, 16), utc(2026, 11, 2, 16)),
    ],
)
def test_periods_are_half_open_and_touch(grain, count, first, last):
    found = list(periods(grain, utc(2026, 10, 31, 16), utc(2026, 11, 2, 16), SHANGHAI))
    assert len(found) == count
    assert (found[0].start, found[-1].end) == (first, last)
    assert all(left.end == right.start for left, right in pairwise(found))


def test_a_day_of_25_hours_is_one_day():
    day = next(iter(periods("day", utc(2026, 10, 25, 10), utc(2026, 10, 25, 11), BERLIN)))
    assert (day.end - day.start).total_seconds() == 25 * 3600
    assert before(day.start, "day", BERLIN) == utc(2026, 10, 23, 22)


def test_an_unknown_grain_is_refused():
    with pytest.raises(ValueError, match="no grain"):
        floor(utc(2026, 1, 1), "fortnight", UTC)
