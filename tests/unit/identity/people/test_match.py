"""Is everyone found again who is known, and is nobody taken for another?"""

from datetime import date

import pytest

from identity.people.match import Muddle, match
from identity.people.person import Person

TODAY = date(2026, 11, 23)


def known(uuid, username, **attributes):
    values = {name: (value,) for name, value in attributes.items() if name != "name"}
    marks = {"campus.managed": ("people",), "campus.sources": ("hr",)}
    return Person(uuid, username, name=attributes.get("name", ""), attributes=marks | values)


ONE, TWO = known("a", "t1", staff_no="T1", id_hash="x", name="赵六"), known("b", "t2", staff_no="T2", id_hash="y")


@pytest.fixture
def matched(college):
    def find(feeds, *people, **policy):
        return match(feeds, people, college(**policy).policy, TODAY)

    return find


def test_a_number_finds_its_account_whatever_the_name(matched, staff):
    feed = staff("T1 赵六 01", "T2 赵六 01")
    found = matched([feed], known("a", "t1", staff_no="T1", name="赵五"), known("b", "t2", staff_no="T2", name="赵六"))
    assert [one.person.uuid for one in found.matches] == ["a", "b"]


def test_an_account_is_found_by_its_number_and_not_by_its_sign_in_name(matched, staff):
    (one,) = matched([staff("T9 赵六 01")], known("a", "s1", staff_no="T9", student_no="S1")).matches
    assert one.person.uuid == "a"


def test_two_people_of_one_name_are_two(matched, staff, students):
    found = matched([staff("T1 赵六 01"), students("S1 赵六 01 1班")])
    assert [len(one.rows) for one in found.matches] == [1, 1]


def test_one_id_number_in_two_sources_is_one_human_being(matched, staff, students):
    (one,) = matched([staff("T1 赵六 01 id=x"), students("S1 赵六 02 1班 id=x")]).matches
    assert [row.source for row in one.rows] == ["hr", "students"]


def test_one_who_comes_back_under_a_new_number_is_found_by_the_id_number(matched, staff):
    (one,) = matched([staff("T9 赵六 01 id=x")], known("a", "t1", staff_no="T1", id_hash="x", name="赵六")).matches
    assert one.person.uuid == "a"


def test_of_two_numbers_in_one_source_the_one_that_holds_counts(matched, staff):
    (one,) = matched([staff("T1 赵六 01 id=x left", "T9 赵六 01 id=x")]).matches
    assert [row.person_id for row in one.rows] == ["T9"]


def test_a_corrected_id_number_is_the_same_person(matched, staff):
    (one,) = matched([staff("T1 赵六 01 id=y")], known("a", "t1", staff_no="T1", id_hash="x", name="赵六")).matches
    assert one.person.uuid == "a"


@pytest.mark.parametrize(
    ("rows", "people", "code"),
    [
        (["T1 赵六 01 id=x", "T2 赵六 01 id=x"], [], "two_numbers"),
        (["T1 钱七 01 id=y"], [ONE], "number_given_again"),
        (
            ["T1 赵六 01 id=y"],
            [known("a", "t1", staff_no="T1"), known("b", "t2", staff_no="T2", id_hash="y")],
            "two_accounts",
        ),
        (["T1 赵六 01"], [known("a", "t1", staff_no="T1"), known("b", "t2", staff_no="T1")], "two_accounts"),
        (["T1 赵六 01"], [Person("a", "t1")], "name_taken"),
    ],
)
def test_what_cannot_be_one_human_being_is_left_alone(matched, staff, rows, people, code):
    found = matched([staff(*rows)], *people)
    assert [muddle.code for muddle in found.muddles] == [code]
    assert found.matches == ()


def test_one_number_in_two_sources_does_not_join_two_people(matched, staff, students):
    found = matched([staff("1001 赵六 01 id=x"), students("1001 钱七 01 1班 id=y")])
    assert (found.matches, found.muddles) == ((), (Muddle("name_taken", ("1001",)),))


def test_an_account_that_was_there_before_is_taken_over_only_where_that_is_allowed(matched, staff):
    before = Person("a", "t1")
    assert matched([staff("T1 赵六 01")], before).strangers == (before,)
    (one,) = matched([staff("T1 赵六 01")], before, adopt=True).matches
    assert one.person == before
