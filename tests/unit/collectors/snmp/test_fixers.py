"""What do the fixers make of odd cells?"""

import pytest

from collectors.snmp.fixers import BY_NAME
from inventory.profile_language import FIXERS

CASES = [
    ("text", b" AP-1\x00", "AP-1"),
    ("text", "食堂".encode("gb18030"), "食堂"),
    ("text", "图书馆".encode(), "图书馆"),
    ("text", b"\x00\x00", None),
    ("text", 7, None),
    ("mac", bytes.fromhex("02005E1000FF"), "02:00:5e:10:00:ff"),
    ("mac", bytes(6), None),
    ("mac", b"\xff" * 6, None),
    ("mac", b"\x02\x00\x5e", None),
    ("ip", bytes((10, 0, 0, 1)), "10.0.0.1"),
    ("ip", bytes(4), None),
    ("ip", b"\xff" * 4, None),
    ("ip", bytes.fromhex("20010db8000000000000000000000001"), "2001:db8::1"),
    ("ip", b"10.0.0.1", None),
    ("number", b"58.000000 C", 58.0),
    ("number", b"-4 C", -4.0),
    ("number", 58, 58),
    ("number", b"none", None),
    ("numbers", b"16,13,10,-1", (16.0, 13.0, 10.0, -1.0)),
    ("numbers", b"", None),
    ("dhms", b"58:14:26:01", ((58 * 24 + 14) * 60 + 26) * 60 + 1),
    ("dhms", b"14:26:01", None),
    ("uint32", -1, 4294967295),
    ("uint32", 5, 5),
    ("minus", 97, -97),
    ("minus", -97, -97),
    ("band", 11, "2.4"),
    ("band", 149, "5"),
    ("band", 0, None),
    ("mw_dbm", 100, 20.0),
    ("mw_dbm", 0, None),
]


@pytest.mark.parametrize(("name", "cell", "value"), CASES)
def test_a_fixer_gives_a_plain_value_or_nothing(name, cell, value) -> None:
    assert BY_NAME[name](cell) == value


def test_the_language_names_just_these_fixers() -> None:
    assert BY_NAME.keys() == FIXERS == {name for name, _, _ in CASES}
