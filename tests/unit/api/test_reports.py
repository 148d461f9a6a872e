"""Does no text of a report become a formula, and no number a text?"""

import pytest

from api.reports.content import guarded


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "＋1"])
def test_a_text_that_begins_like_a_formula_is_guarded(text):
    assert guarded(text).startswith("'")


@pytest.mark.parametrize("cell", [-0.38, 0, None, "图书馆", "B1-1F", "—", "a=b", ""])
def test_what_is_none_stays_as_it_is(cell):
    assert guarded(cell) == cell


def test_signs_that_no_sheet_can_hold_are_left_out():
    assert guarded("a\x00b\x1bc") == "abc"
