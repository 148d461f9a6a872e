"""Do the rules of intervals say the same as counting instant by instant?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campus.store.intervals import Stretch, apart, clipped, extended, filled, painted, repainted

LAST = 30
LONGEST = 8

one_by_start = st.dictionaries(
    st.integers(0, LAST), st.tuples(st.integers(1, LONGEST), st.integers(0, 1)), min_size=1, max_size=12
)


def readings_of(drawn: dict[int, tuple[int, int]]) -> list[Stretch]:
    return [Stretch(start, start + holds, value) for start, (holds, value) in sorted(drawn.items())]


def grid(stretches: list[Stretch]) -> dict[int, float]:
    """The value at each instant; an instant that is told twice is a fault."""
    told = [(instant, one.value) for one in stretches for instant in range(one.start, one.until)]
    assert len(told) == len({instant for instant, _ in told})
    return dict(told)


@pytest.mark.parametrize(
    ("reading", "after"),
    [
        pytest.param(Stretch(10, 20, 1), [(0, 20, 1)], id="equal and touching: one interval"),
        pytest.param(Stretch(5, 8, 1), [(0, 10, 1)], id="equal and inside: nothing new"),
        pytest.param(Stretch(11, 20, 1), [(0, 10, 1), (11, 20, 1)], id="equal after a gap: the gap stays"),
        pytest.param(Stretch(5, 8, 0), [(0, 5, 1), (5, 8, 0)], id="other value: cut, and the rest does not return"),
        pytest.param(Stretch(10, 20, 0), [(0, 10, 1), (10, 20, 0)], id="other value, touching: two intervals"),
    ],
)
def test_what_a_newer_reading_does_to_the_newest_interval(reading, after):
    assert list(extended(Stretch(0, 10, 1), reading)) == after


@given(one_by_start)
def test_painting_keeps_each_instant_of_the_newest_reading_that_reaches_it_uncontradicted(drawn):
    expected = {}
    for instant in range(LAST + LONGEST + 1):
        for start, (holds, value) in drawn.items():
            later = [other for begin, (_, other) in drawn.items() if start < begin <= instant]
            if start <= instant < start + holds and all(other == value for other in later):
                expected[instant] = value
    assert grid(painted(readings_of(drawn))) == expected


@given(one_by_start, st.data())
def test_a_late_reading_repainted_gives_what_all_readings_in_order_give(drawn, data):
    readings = readings_of(drawn)
    late = data.draw(st.sampled_from(readings))
    known = painted(one for one in readings if one != late)
    until = late.start + LONGEST
    around = [one for one in readings if late.start - LONGEST <= one.start < until]
    touching = [one for one in known if one.start <= until and one.until >= late.start]
    others = [one for one in known if one not in touching]
    assert sorted(others + repainted(touching, around, late.start, until)) == painted(readings)


@given(one_by_start, st.integers(0, LAST), st.integers(1, LONGEST))
def test_filling_adds_only_where_nothing_is_known_and_only_up_to_what_is_known(drawn, start, holds):
    known = painted(readings_of(drawn))
    before, after = grid(known), grid(filled(known, Stretch(start, start + holds, 0)))
    added = after.keys() - before.keys()
    assert before.items() <= after.items()
    assert added == set(range(start, start + len(added)))
    assert len(added) == next((n for n in range(holds) if start + n in before), holds)


@given(one_by_start, st.integers(0, LAST), st.integers(0, LAST))
def test_clipping_keeps_what_lies_inside(drawn, start, until):
    known = painted(readings_of(drawn))
    inside = {instant: value for instant, value in grid(known).items() if start <= instant < until}
    assert grid(clipped(known, start, until)) == inside


@given(one_by_start)
def test_readings_set_apart_tell_each_instant_once_and_keep_their_beginnings(drawn):
    readings = readings_of(drawn)
    cut = apart(readings)
    grid(cut)
    assert [(one.start, one.value) for one in cut] == [(one.start, one.value) for one in readings]
    assert all(after.until <= before.until for before, after in zip(readings, cut, strict=True))
