"""Which row do the sub-ids of an OID name?"""

import pytest

from collectors.snmp.index import decode
from inventory.profile_language import INDEX_TYPES

AB = [2, 97, 98]
MAC = [2, 0, 94, 16, 0, 255]

READABLE = [
    ([("n", "integer")], [70000], {"n": 70000}),
    ([("mac", "mac")], MAC, {"mac": "02:00:5e:10:00:ff"}),
    ([("mac", "mac"), ("radio", "integer")], [*MAC, 1], {"mac": "02:00:5e:10:00:ff", "radio": 1}),
    ([("mac", "mac_counted"), ("radio", "integer")], [6, *MAC, 0], {"mac": "02:00:5e:10:00:ff", "radio": 0}),
    ([("serial", "string"), ("radio", "integer")], [*AB, 2], {"serial": "ab", "radio": 2}),
    ([("a", "string"), ("b", "string")], [*AB, 1, 99], {"a": "ab", "b": "c"}),
    ([("name", "string_implied")], [97, 98, 99], {"name": "abc"}),
    ([("name", "string")], [3, 228, 184, 173], {"name": "中"}),
    ([("ip", "ip"), ("n", "integer")], [10, 0, 0, 1, 7], {"ip": "10.0.0.1", "n": 7}),
    ([("n", "integer"), ("more", "rest")], [1, 2, 3], {"n": 1, "more": "2.3"}),
]


@pytest.mark.parametrize(("index", "arcs", "parts"), READABLE)
def test_sub_ids_are_read_in_the_order_of_the_index(index, arcs, parts) -> None:
    assert decode(arcs, index) == parts


UNREADABLE = [
    ([("n", "integer")], []),
    ([("n", "integer")], [1, 2]),
    ([("mac", "mac")], MAC[:5]),
    ([("mac", "mac")], [*MAC[:5], 256]),
    ([("mac", "mac")], [0] * 6),
    ([("mac", "mac_counted")], [5, *MAC[:5]]),
    ([("mac", "mac_counted")], MAC),
    ([("serial", "string"), ("radio", "integer")], AB),
    ([("radio", "integer"), ("serial", "string")], [*AB, 2]),
    ([("name", "string")], [0]),
    ([("name", "string")], []),
]


@pytest.mark.parametrize(("index", "arcs"), UNREADABLE)
def test_sub_ids_that_do_not_fit_are_no_row(index, arcs) -> None:
    assert decode(arcs, index) is None


def test_every_index_type_of_the_language_is_tried_here() -> None:
    assert {kind for index, _, _ in READABLE for _, kind in index} == INDEX_TYPES
