"""Requests and expectations are raw octets or made by the small writer below, never by the agent's own encoder."""

import pytest

from lab.agent import REPLY_LIMIT, answer

SYS_DESCR = "2b06010201010100"
GET, GET_NEXT, SET, GET_BULK = 0xA0, 0xA1, 0xA3, 0xA5
TOO_BIG = 1


def tlv(tag, contents):
    size = len(contents)
    return bytes([tag]) + (bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2, "big")) + contents


def ask(kind, *oids, first=0, second=0, community=b"lab", version=1):
    binds = b"".join(tlv(0x30, tlv(6, bytes.fromhex(oid)) + b"\x05\x00") for oid in oids)
    pdu = b"\x02\x02\x12\x34" + tlv(2, bytes([first])) + tlv(2, bytes([second])) + tlv(0x30, binds)
    return tlv(0x30, tlv(2, bytes([version])) + tlv(4, community) + tlv(kind, pdu))


def children(octets):
    found, at = [], 0
    while at < len(octets):
        size, head = octets[at + 1], 2
        if size & 0x80:
            head = 2 + (size & 0x7F)
            size = int.from_bytes(octets[at + 2 : at + head], "big")
        found.append((octets[at], octets[at + head : at + head + size]))
        at += head + size
    return found


def read(reply):
    """Give error-status and the (oid octets, tag, value octets) of a reply."""
    ((_, message),) = children(reply)
    (_, _, (tag, pdu)) = children(message)
    ((_, request_id), (_, status), _, (_, binds)) = children(pdu)
    assert (tag, request_id) == (0xA2, b"\x12\x34")
    cells = [children(bind) for _, bind in children(binds)]
    return status[0], [(oid[1].hex(), value[0], value[1]) for oid, value in cells]


@pytest.fixture
def ask_controller(look):
    snapshot = look("ac-1a")
    return lambda *args, **more: answer(ask(*args, **more), snapshot, b"lab")


def test_get_gives_the_cell(ask_controller):
    status, [(oid, tag, value)] = read(ask_controller(GET, SYS_DESCR))
    assert (status, oid, tag) == (0, SYS_DESCR, 4)
    assert b"software, no real device" in value


def test_get_tells_a_missing_instance_from_a_missing_object(ask_controller):
    _, cells = read(ask_controller(GET, "2b06010201010107", "2b06010201040100"))
    assert [tag for _, tag, _ in cells] == [0x81, 0x80]


def test_get_next_of_the_last_cell_is_the_end_of_the_mib(ask_controller):
    assert read(ask_controller(GET_NEXT, "2c")) == (0, [("2c", 0x82, b"")])


def test_get_bulk_goes_on_in_several_columns(ask_controller):
    _, cells = read(ask_controller(GET_BULK, "2b060102010101", "2b06010201020201", first=1, second=2))
    assert [oid for oid, _, _ in cells] == [SYS_DESCR, "2b0601020102020101" + "01", "2b0601020102020101" + "02"]


def test_get_bulk_stops_at_the_end_of_the_mib(ask_controller):
    assert read(ask_controller(GET_BULK, "2c", second=50)) == (0, [("2c", 0x82, b"")])


def test_a_long_bulk_is_trimmed_to_one_frame(ask_controller):
    reply = ask_controller(GET_BULK, "2b0601040181c722024b03", second=120)
    status, cells = read(reply)
    assert REPLY_LIMIT - 60 < len(reply) <= REPLY_LIMIT
    assert (status, 25 < len(cells) < 120) == (0, True)


def test_a_get_whose_answer_exceeds_one_frame_is_too_big(ask_controller):
    assert read(ask_controller(GET, *[SYS_DESCR] * 20)) == (TOO_BIG, [])


@pytest.mark.parametrize(
    "request_octets",
    [
        ask(GET, SYS_DESCR, community=b"public"),
        ask(GET, SYS_DESCR, version=0),
        ask(SET, SYS_DESCR),
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        ask(GET, SYS_DESCR)[:-1],
    ],
    ids=["wrong community", "version 1", "a write", "nothing", "no SNMP", "cut off"],
)
def test_what_the_agent_does_not_serve_meets_silence(look, request_octets):
    assert answer(request_octets, look("ac-1a"), b"lab") is None
