"""Do fragments make their message in every order, and nothing else?"""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.capwap.codec import CapwapError, Channel, ControlMessage, DataPacket, Fragment, decode, split
from collectors.capwap.reassembly import MAX_AGE_S, MAX_FRAGMENTS, MAX_OPEN, Reassembler
from tests.capwap_vectors import VECTORS

V3 = [decode(VECTORS[name].octets) for name in ("V3 first fragment", "V3 last fragment")]
RICH = VECTORS["V4 rich response"].message


def feed(pieces, reassembler=None, source="ac", now_s=0.0):
    reassembler = reassembler or Reassembler()
    return [reassembler.take(source, piece, now_s) for piece in pieces]


def test_five_fragments_make_their_message_in_every_order():
    orders = list(permutations(split(RICH, 9, 32)))
    assert len(orders) == 120
    assert [order for order in orders if feed(order) != [None, None, None, None, RICH]] == []


def test_the_vector_in_two_fragments_is_the_vector_in_one():
    assert feed(V3) == [None, VECTORS["V1 request"].message]


@given(st.integers(1, 20).map(lambda words: words * 8), st.randoms(use_true_random=False))
def test_fragments_of_any_size_in_any_order_make_their_message(size, random):
    pieces = split(RICH, 1, size)
    random.shuffle(pieces)
    if len(pieces) <= MAX_FRAGMENTS:
        assert feed(pieces)[-1] == RICH
    else:
        with pytest.raises(CapwapError):
            feed(pieces)


def test_a_fragment_that_comes_twice_counts_once():
    assert feed([V3[0], V3[0], V3[1]])[-1] == VECTORS["V1 request"].message


def test_sources_and_ids_are_kept_apart():
    reassembler = Reassembler()
    assert feed([V3[0]], reassembler, "one") == [None]
    assert feed([V3[1]], reassembler, "another") == [None]
    assert feed([replace(V3[1], id=6)], reassembler, "one") == [None]
    assert feed([V3[1]], reassembler, "one") == [VECTORS["V1 request"].message]


def piece(offset, octets, *, last=False):
    return Fragment(5, offset, last=last, payload=bytes(octets))


WRONG = {
    "overlap": [piece(0, 16), piece(8, 16)],
    "overlap within": [piece(0, 32), piece(8, 8)],
    "same place, other octets": [piece(0, 8), Fragment(5, 0, last=False, payload=b"differs!")],
    "no multiple of 8": [piece(0, 7)],
    "empty": [piece(0, 0)],
    "two last ones": [piece(16, 8, last=True), piece(32, 8, last=True)],
    "behind the last one": [piece(8, 8, last=True), piece(24, 8)],
    "before it what lies behind the last one": [piece(24, 8), piece(8, 8, last=True)],
    "too many": [piece(at * 16, 8) for at in range(MAX_FRAGMENTS + 1)],
    "too long": [piece(16384, 8)],
    "a whole that is no message": [piece(0, 7, last=True)],
}


@pytest.mark.parametrize("name", WRONG)
def test_fragments_that_fit_no_message_are_refused_and_forgotten(name):
    reassembler = Reassembler()
    with pytest.raises(CapwapError):
        feed(WRONG[name], reassembler)
    assert feed(V3, reassembler)[-1] == VECTORS["V1 request"].message


def test_what_stays_incomplete_is_forgotten():
    reassembler = Reassembler()
    feed([V3[0]], reassembler, now_s=100.0)
    assert feed([V3[1]], reassembler, now_s=100.1 + MAX_AGE_S) == [None]


def test_a_flood_of_beginnings_holds_so_many_and_no_more():
    reassembler = Reassembler()
    feed([replace(V3[0], id=number) for number in range(MAX_OPEN + 1)], reassembler)
    assert feed([replace(V3[1], id=0)], reassembler) == [None]
    assert isinstance(feed([replace(V3[1], id=MAX_OPEN)], reassembler)[0], ControlMessage)


def test_fragments_of_the_data_channel_make_a_packet():
    pieces = split(DataPacket(b"frame of a station"), 3, 8)
    assert feed(pieces, Reassembler(Channel.DATA))[-1] == DataPacket(b"frame of a station")
