"""Do conditions answer yes, no and unknown as they should?"""

import pytest

from campus.indicators.expression import parse

BUSY = {"lt": ["radio.channel_use_ratio", 0.7]}
QUIET = {"lt": ["radio.noise_dbm", -80]}


@pytest.mark.parametrize(
    ("tree", "values", "answer"),
    [
        (BUSY, {"radio.channel_use_ratio": 0.69}, True),
        (BUSY, {"radio.channel_use_ratio": 0.7}, False),
        (BUSY, {}, None),
        ({"not": BUSY}, {"radio.channel_use_ratio": 0.7}, True),
        ({"not": BUSY}, {}, None),
        ({"all": [BUSY, QUIET]}, {"radio.channel_use_ratio": 0.1}, None),
        ({"all": [BUSY, QUIET]}, {"radio.channel_use_ratio": 0.9}, False),
        ({"all": [BUSY, QUIET]}, {"radio.channel_use_ratio": 0.1, "radio.noise_dbm": -90}, True),
        ({"any": [BUSY, QUIET]}, {"radio.channel_use_ratio": 0.1}, True),
        ({"any": [BUSY, QUIET]}, {"radio.channel_use_ratio": 0.9}, None),
        ({"any": [BUSY, QUIET]}, {"radio.channel_use_ratio": 0.9, "radio.noise_dbm": -70}, False),
    ],
)
def test_answers(tree, values, answer):
    assert parse(tree).holds(values) is answer


@pytest.mark.parametrize(
    "tree",
    [
        None,
        "ap.up",
        [],
        {},
        {"eq": ["ap.up", 1], "ne": ["ap.up", 0]},
        {"eval": "1"},
        {"eq": ["ap.up"]},
        {"eq": [1, "ap.up"]},
        {"eq": ["ap.up", True]},
        {"all": []},
        {"all": {}},
        {"not": 1},
    ],
    ids=str,
)
def test_a_wrong_tree_is_refused(tree):
    with pytest.raises(ValueError, match=r"operator|compares"):
        parse(tree)


def test_names_what_it_reads():
    assert parse({"any": [BUSY, {"not": QUIET}]}).metrics() == {"radio.channel_use_ratio", "radio.noise_dbm"}
