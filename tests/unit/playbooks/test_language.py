"""Three answers: a condition says yes, no, or that it cannot know; and shows why."""

import pytest

from playbooks.language import row, table
from playbooks.language.table import Table, Unread

POLICY = {"least": 8, "names": ("a", "b"), "nets": ("10.0.0.0/8",)}


@pytest.mark.parametrize(
    ("tree", "cells", "answer"),
    [
        ({"ge": ["n", 8]}, {"n": "8"}, True),
        ({"ge": ["n", 8]}, {"n": "7"}, False),
        ({"ge": ["n", 8]}, {}, None),
        ({"ge": ["n", 8]}, {"n": "many"}, None),
        ({"ge": ["n", {"policy": "least"}]}, {"n": "10"}, True),
        ({"eq": ["n", 2]}, {"n": "2.0"}, True),
        ({"eq": ["n", "0"]}, {"n": "00"}, False),
        ({"ne": ["n", "root"]}, {"n": "toor"}, True),
        ({"in": ["n", {"policy": "names"}]}, {"n": "a"}, True),
        ({"in": ["n", ["x"]]}, {"n": "a"}, False),
        ({"match": ["n", "^a.c$"]}, {"n": "abc"}, True),
        ({"mode": ["n", "640"]}, {"n": "600"}, True),
        ({"mode": ["n", "640"]}, {"n": "4640"}, False),
        ({"mode": ["n", "640"]}, {"n": "644"}, False),
        ({"mode": ["n", "640"]}, {"n": "rw-"}, None),
        ({"inside": ["n", {"policy": "nets"}]}, {"n": "10.1.0.0", "wildcard": "0.0.255.255"}, True),
        ({"inside": ["n", {"policy": "nets"}]}, {"n": "10.1.2.3", "wildcard": "0"}, True),
        ({"inside": ["n", {"policy": "nets"}]}, {"n": "10.0.0.0", "wildcard": "63.255.255.255"}, False),
        ({"inside": ["n", {"policy": "nets"}]}, {"n": "10.0.0.0", "wildcard": "0.255.0.255"}, True),
        ({"inside": ["n", {"policy": "nets"}]}, {"n": "any"}, False),
        ({"inside": ["n", {"policy": "nets"}]}, {"n": "host-a"}, None),
        ({"given": "n"}, {}, False),
        ({"given": "n"}, {"n": ""}, False),
        ({"not": {"ge": ["n", 8]}}, {}, None),
        ({"all": [{"given": "m"}, {"ge": ["n", 8]}]}, {}, False),
        ({"any": [{"given": "m"}, {"ge": ["n", 8]}]}, {}, None),
        ({"any": [{"given": "m"}, {"ge": ["n", 8]}]}, {"m": "x"}, True),
    ],
)
def test_a_condition_over_a_row(tree, cells, answer):
    assert row.parse(tree).on(cells, POLICY) is answer


EVERY = {"every": {"of": "t", "where": {"eq": ["k", "a"]}, "holds": {"ge": ["n", 8]}}}
SOME = {"some": {"of": "t", "where": {"ge": ["n", 8]}}}
NONE = {"none": {"of": "t", "where": {"ge": ["n", 8]}}}


@pytest.mark.parametrize(
    ("tree", "rows", "answer"),
    [
        (EVERY, [{"k": "a", "n": "9"}, {"k": "b", "n": "1"}], True),
        (EVERY, [{"k": "a", "n": "9"}, {"k": "a", "n": "1"}], False),
        (EVERY, [{"k": "a", "n": "9"}, {"k": "a"}], None),
        (EVERY, [{"n": "9"}], True),
        (EVERY, [{"n": "1"}], None),
        (EVERY, [], True),
        (SOME, [{"n": "9"}, {}], True),
        (SOME, [{"n": "1"}, {}], None),
        (SOME, [{"n": "1"}], False),
        (SOME, [], False),
        (NONE, [{"n": "1"}], True),
        (NONE, [{"n": "9"}, {}], False),
        (NONE, [{"n": "1"}, {}], None),
        ({"unique": {"of": "t", "field": "n"}}, [{"n": "1"}, {"n": "2"}], True),
        ({"unique": {"of": "t", "field": "n"}}, [{"n": "1"}, {"n": "1"}], False),
        ({"all": [EVERY, SOME]}, [{"k": "b", "n": "1"}], False),
        ({"any": [EVERY, SOME]}, [{"k": "b", "n": "1"}], True),
    ],
)
def test_a_condition_over_a_table(tree, rows, answer):
    assert table.parse(tree).on({"t": Table(tuple(rows))}, POLICY).holds is answer


@pytest.mark.parametrize(("tree", "absent"), [(EVERY, False), (SOME, False), (NONE, True)])
def test_what_was_not_read_is_unknown_and_what_is_not_there_is_absent(tree, absent):
    condition = table.parse(tree)
    assert condition.on({"t": Unread("refused")}, POLICY).holds is None
    assert condition.on({"t": Unread("not there", absent=True)}, POLICY).holds is absent


def test_a_secret_field_is_never_shown():
    secret = Table(({"n": "9", "word": "planted"},), secret=frozenset({"word"}))
    answer = table.parse({"none": {"of": "t", "where": {"given": "word"}}}).on({"t": secret}, POLICY)
    assert answer.breaches == ("word=•••",)


def test_only_the_first_breaches_are_shown_and_the_rest_counted():
    rows = Table(tuple({"n": str(n)} for n in range(9, 20)))
    assert table.parse(NONE).on({"t": rows}, POLICY).breaches == ("n=9", "n=10", "n=11", "n=12", "n=13", "+6")


@pytest.mark.parametrize(
    "tree",
    [
        {"ge": ["n", 8]},
        {"every": {"of": "t"}},
        {"every": {"of": "t", "holds": {"ge": ["n"]}}},
        {"none": {"of": "t", "holds": {"given": "n"}}},
        {"some": {"of": "t", "wher": {"given": "n"}}},
        {"some": {"of": "t", "where": {"match": ["n", "("]}}},
        {"some": {"of": "t", "where": {"ge": ["n", True]}}},
        {"all": []},
        [],
    ],
)
def test_a_tree_of_another_shape_is_refused(tree):
    with pytest.raises(ValueError):
        table.parse(tree)


def test_a_condition_says_what_it_asks_for():
    tree = {
        "all": [EVERY, {"none": {"of": "t", "where": {"any": [{"given": "m"}, {"in": ["n", {"policy": "names"}]}]}}}]
    }
    assert table.parse(tree).tell(POLICY) == "every t [k = a]: n >= 8; none t [(m or n in a, b)]"
