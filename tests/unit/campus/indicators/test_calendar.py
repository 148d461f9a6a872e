"""Do names mean the periods that people mean by them, and periods give their names back?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from campus.indicators.calendar import Calendar, Term
from campus.model import Period

SHANGHAI = ZoneInfo("Asia/Shanghai")


def day(*parts):
    return datetime(*parts, tzinfo=SHANGHAI).astimezone(UTC)


AUTUMN = Term("2026-2027-1", day(2026, 8, 31), day(2027, 1, 18))
SPRING = Term("2026-2027-2", day(2027, 2, 22), day(2027, 7, 12))
CALENDAR = Calendar(SHANGHAI, (AUTUMN, SPRING))


@pytest.mark.parametrize(
    ("name", "grain", "start", "end"),
    [
        ("2026-11-23", "day", day(2026, 11, 23), day(2026, 11, 24)),
        ("2026-W47", "week", day(2026, 11, 16), day(2026, 11, 23)),
        ("2026-W53", "week", day(2026, 12, 28), day(2027, 1, 4)),
        ("2026-11", "month", day(2026, 11, 1), day(2026, 12, 1)),
        ("2026-12", "month", day(2026, 12, 1), day(2027, 1, 1)),
        ("term:2026-2027-1", "term", AUTUMN.start, AUTUMN.end),
    ],
)
def test_a_name_and_its_period_are_the_same(name, grain, start, end):
    period = CALENDAR.named(name)
    assert period == Period(grain, start, end)
    assert CALENDAR.name(period) == name


@pytest.mark.parametrize("name", ["2026", "2026-13", "2026-W54", "2026-02-30", "term:2030", "November", "2026-11 ", ""])
def test_what_is_no_period_is_refused(name):
    with pytest.raises(ValueError, match=r"."):
        CALENDAR.named(name)


def test_between_two_terms_there_is_none():
    assert CALENDAR.term(day(2027, 1, 17)) == "2026-2027-1"
    assert CALENDAR.term(day(2027, 1, 18)) is None
    assert list(CALENDAR.periods("term", day(2027, 1, 18), day(2027, 2, 22))) == []


def test_the_term_before_the_first_is_empty():
    first, second = CALENDAR.periods("term", day(2026, 1, 1), day(2028, 1, 1))
    assert CALENDAR.before(second) == first
    assert CALENDAR.before(first) == Period("term", first.start, first.start)


def test_the_week_before_the_first_week_of_a_year_is_the_last_of_the_year_before():
    assert CALENDAR.name(CALENDAR.before(CALENDAR.named("2027-W01"))) == "2026-W53"
