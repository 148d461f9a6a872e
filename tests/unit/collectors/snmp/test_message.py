"""Datagrams written by hand: what do they say, and which of them are no answers?"""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp import ber, message
from collectors.snmp.ber import Malformed
from collectors.snmp.credential import Community
from collectors.snmp.message import CommunityWire, Response
from collectors.snmp.walk import VarBind

V2C = CommunityWire(Community("2c", "public"))
SYS_DESCR = bytes.fromhex("2b06010201010100")
SYS_UP_TIME = bytes.fromhex("2b06010201010300")

HEAD = "30 26 02 01 01 04 06 70 75 62 6c 69 63"
GET = HEAD + "a0 19 02 01 05 02 01 00 02 01 00 30 0e 30 0c 06 08 2b 06 01 02 01 01 01 00 05 00"
BULK = HEAD + "a5 19 02 01 05 02 01 00 02 01 19 30 0e 30 0c 06 08 2b 06 01 02 01 01 01 00 05 00"
ANSWER = (
    "30 36 02 01 01 04 06 70 75 62 6c 69 63 a2 29 02 01 05 02 01 00 02 01 00 30 1e"
    "30 0d 06 08 2b 06 01 02 01 01 01 00 04 01 41 30 0d 06 08 2b 06 01 02 01 01 03 00 43 01 63"
)


def test_a_get_is_written():
    assert V2C.encode(5, message.encode_pdu(message.GET, 5, [SYS_DESCR]), 0.0) == bytes.fromhex(GET)


def test_a_getbulk_carries_max_repetitions():
    assert V2C.encode(5, message.encode_pdu(message.GET_BULK, 5, [SYS_DESCR], 25), 0.0) == bytes.fromhex(BULK)


def test_version_1_is_written_as_0():
    wire = CommunityWire(Community("1", "public"))
    assert wire.encode(5, message.encode_pdu(message.GET, 5, [SYS_DESCR]), 0.0)[:5] == bytes.fromhex("3026020100")


def test_an_answer_is_read():
    cells = [VarBind(SYS_DESCR, ber.OCTET_STRING, b"A"), VarBind(SYS_UP_TIME, ber.TIME_TICKS, 99)]
    assert V2C.decode(bytes.fromhex(ANSWER), 0.0) == (5, Response(message.RESPONSE, 5, 0, 0, cells))


def test_octets_behind_the_message_are_ignored():
    assert V2C.decode(bytes.fromhex(ANSWER) + b"trailing", 0.0) == V2C.decode(bytes.fromhex(ANSWER), 0.0)


def answer(varbinds: str) -> list[VarBind]:
    body = bytes.fromhex(varbinds)
    pdu = bytes.fromhex("02 01 05 02 01 00 02 01 00") + b"\x30" + bytes([len(body)]) + body
    datagram = bytes.fromhex("02 01 01 04 00") + b"\xa2" + bytes([len(pdu)]) + pdu
    return V2C.decode(b"\x30" + bytes([len(datagram)]) + datagram, 0.0)[1].varbinds


GOOD = "30 08 06 03 2b 06 01 02 01 07"
GOOD_CELL = VarBind(b"\x2b\x06\x01", ber.INTEGER, 7)
LOST = VarBind(b"", ber.UNREADABLE, None)
ONE_BAD = {
    "value reaches beyond its varbind": ("30 08 06 03 2b 06 01 02 05 07", VarBind(b"\x2b\x06\x01", ber.NULL, None)),
    "no value": ("30 05 06 03 2b 06 01", VarBind(b"\x2b\x06\x01", ber.NULL, None)),
    "oid reaches beyond its varbind": ("30 08 06 0f 2b 06 01 02 01 07", LOST),
    "no oid": ("30 03 02 01 07", LOST),
    "zero-length oid": ("30 05 06 00 02 01 07", VarBind(b"", ber.INTEGER, 7)),
    "empty varbind": ("30 00", LOST),
    "counter32 without leading zero": (
        "30 0b 06 03 2b 06 01 41 04 ff ff ff ff",
        VarBind(b"\x2b\x06\x01", 0x41, 2**32 - 1),
    ),
    "zero-length oid value": ("30 07 06 03 2b 06 01 06 00", VarBind(b"\x2b\x06\x01", 0x06, "0.0")),
}


@pytest.mark.parametrize(("octets", "cell"), ONE_BAD.values(), ids=ONE_BAD)
def test_one_bad_varbind_does_not_lose_its_neighbours(octets, cell):
    assert answer(GOOD + octets + GOOD) == [GOOD_CELL, cell, GOOD_CELL]


def test_a_varbind_without_end_costs_only_what_stands_behind_it():
    assert answer(GOOD + "30 7f 06 03 2b 06 01" + GOOD) == [GOOD_CELL, LOST]


def test_an_empty_list_is_an_answer_without_cells():
    assert answer("") == []


NO_ANSWERS = {
    "nothing": "",
    "text": b"HTTP/1.1 400 Bad Request".hex(),
    "a request": GET,
    "snmpv3": "30 05 02 01 03 04 00",
    "version 2": ANSWER.replace("02 01 01", "02 01 02", 1),
    "cut off": ANSWER[:-6],
    "a report": ANSWER.replace("a2 29", "a8 29"),
    "a trap of version 1": ANSWER.replace("a2 29", "a4 29"),
    "a pdu that reaches beyond the message": ANSWER.replace("a2 29", "a2 2a"),
    "a list that reaches beyond the pdu": ANSWER.replace("30 1e", "30 1f"),
    "a request-id of text": ANSWER.replace("a2 29 02", "a2 29 04"),
    "a request-id without octets": "30 0b 02 01 01 04 00 a2 04 02 00 02 00",
    "no community": "30 05 02 01 01 a2 00",
}


@pytest.mark.parametrize("octets", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_what_is_no_answer_is_malformed(octets):
    with pytest.raises(Malformed):
        V2C.decode(bytes.fromhex(octets), 0.0)


@pytest.mark.parametrize(("status", "word"), [(1, "tooBig (1)"), (5, "genErr (5)"), (16, "authorizationError (16)")])
def test_an_error_status_has_the_word_of_the_rfc(status, word):
    assert message.status_name(status) == word


@pytest.mark.parametrize("status", [-1, 19, 4711])
def test_an_error_status_that_no_rfc_knows_keeps_its_number(status):
    assert message.status_name(status) == f"unknown error-status ({status})"


@given(st.binary(max_size=300))
def test_any_octets_are_a_message_or_malformed(octets):
    with contextlib.suppress(Malformed):
        V2C.decode(octets, 0.0)


@given(st.data())
def test_any_damage_to_an_answer_gives_a_message_or_malformed(data):
    octets = bytearray.fromhex(ANSWER)
    for place in data.draw(st.lists(st.integers(0, len(octets) - 1), min_size=1, max_size=6)):
        octets[place] = data.draw(st.integers(0, 255))
    try:
        _message_id, response = V2C.decode(bytes(octets), 0.0)
    except Malformed:
        return
    assert len(response.varbinds) <= len(octets) // 2


def test_a_community_is_never_shown():
    assert "s3cret" not in repr(Community("2c", "s3cret"))
