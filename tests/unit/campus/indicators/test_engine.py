"""Are value, completeness, grade and attainment right at every border?"""

from datetime import UTC, date, datetime

import pytest

from campus import catalogue
from campus.indicators import definition, engine
from campus.model import CAMPUS, Grade, Lines, Period, Tally

W01 = definition.load(catalogue.load())["W01"]
LINES = Lines(0.995, 0.99, 0.98, "2026.1")
DAY = Period("day", datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "previous", "expected"),
    [
        (1.0, None, Grade.GREEN),
        (0.995, None, Grade.GREEN),
        (0.99499, None, Grade.BLUE),
        (0.99, None, Grade.BLUE),
        (0.98999, None, Grade.YELLOW),
        (0.98, 0.5, Grade.YELLOW),
        (0.97999, None, Grade.ORANGE),
        (0.97999, 0.98, Grade.ORANGE),
        (0.97999, 0.97999, Grade.RED),
        (0.0, 0.0, Grade.RED),
        (None, 0.0, Grade.GREY),
    ],
)
def test_grade_borders(value, previous, expected):
    assert engine.grade(value, LINES, previous) is expected


@pytest.mark.parametrize(
    ("tally", "value"),
    [
        (Tally(good=90, unknown=10), 1.0),
        (Tally(good=89, unknown=11), None),
        (Tally(good=45, bad=45, unknown=10), 0.5),
        (Tally(), None),
        (Tally(maintenance=60, excluded=60), None),
        (Tally(good=1, maintenance=1000, excluded=1000), 1.0),
    ],
)
def test_unknown_time_is_never_good(tally, value):
    judged = engine.judge(W01, CAMPUS, DAY, tally)
    assert judged.value == value
    assert (judged.grade is Grade.GREY) == (value is None)


def test_attainment():
    assert engine.attainment_score(0.98, LINES) == 0
    assert engine.attainment_score(0.995, LINES) == 100
    assert engine.attainment_score(0.9875, LINES) == pytest.approx(50)
    assert engine.attainment_score(0.5, LINES) == 0
    assert engine.attainment_ratio(0.995, LINES) == 1
    assert engine.deviation(0.99, LINES) == pytest.approx(-0.005)


def test_lines_in_force_depend_on_the_day():
    old, new = LINES, Lines(0.999, 0.99, 0.98, "2027.1")
    fields = {name: getattr(W01, name) for name in W01.__slots__} | {
        "lines": ((date(2026, 1, 1), old), (date(2027, 1, 1), new))
    }
    changed = definition.Indicator(**fields)
    assert changed.lines_on(date(2026, 12, 31)) is old
    assert changed.lines_on(date(2027, 1, 1)) is new
    assert changed.lines_on(date(2020, 1, 1)) is old
