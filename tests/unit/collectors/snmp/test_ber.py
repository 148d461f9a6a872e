"""BER octets written by hand, read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.snmp import ber

OIDS = {
    "1.3": "2b",
    "0.0": "00",
    "0.39": "27",
    "1.0.8802.1.1.2": "28 c4 62 01 01 02",
    "2.100.3": "81 34 03",
    "1.3.6.1.2.1.1.1.0": "2b 06 01 02 01 01 01 00",
    "1.3.6.1.4.1.25506.2.75": "2b 06 01 04 01 81 c7 22 02 4b",
    "1.3.6.1.4.1.127.128.16383.16384": "2b 06 01 04 01 7f 81 00 ff 7f 81 80 00",
    "1.3.4294967295": "2b 8f ff ff ff 7f",
}


@pytest.mark.parametrize(("dotted", "octets"), OIDS.items(), ids=OIDS)
def test_an_oid_is_read_and_written(dotted, octets):
    assert ber.encode_oid(dotted) == bytes.fromhex(octets)
    assert ber.decode_oid(bytes.fromhex(octets)) == dotted


def test_a_leading_dot_is_allowed():
    assert ber.encode_oid(".1.3.6") == ber.encode_oid("1.3.6")


@pytest.mark.parametrize("text", ["", "1", "1.40", "3.1", "1.3.-6", "1..3", "one.three", "-1.3"])
def test_no_oid_is_a_value_error(text):
    with pytest.raises(ValueError):
        ber.encode_oid(text)


VALUES = {
    "integer": (0x02, "05", 5),
    "integer below zero": (0x02, "ff", -1),
    "integer of four octets": (0x02, "80 00 00 00", -(2**31)),
    "integer of nine octets": (0x02, "01 00 00 00 00 00 00 00 00", 2**64),
    "integer of a thousand octets is no value": (0x02, "7f" * 1000, None),
    "counter of a thousand octets is no value": (0x41, "7f" * 1000, None),
    "empty integer is no value": (0x02, "", None),
    "octets": (0x04, "00 ff 41", b"\x00\xffA"),
    "no octets": (0x04, "", b""),
    "null": (0x05, "", None),
    "oid": (0x06, "2b 06 01", "1.3.6.1"),
    "empty oid is zeroDotZero": (0x06, "", "0.0"),
    "oid that is cut off": (0x06, "2b 86", "1.3.6"),
    "ip address": (0x40, "0a 00 00 01", b"\x0a\x00\x00\x01"),
    "empty ip address": (0x40, "", b""),
    "counter32 with its leading zero": (0x41, "00 ff ff ff ff", 4294967295),
    "counter32 without it is not -1": (0x41, "ff ff ff ff", 4294967295),
    "empty counter is no value": (0x41, "", None),
    "gauge": (0x42, "00 80", 128),
    "time ticks": (0x43, "01 00", 256),
    "opaque float": (0x44, "9f 78 04 42 28 00 00", 42.0),
    "opaque double": (0x44, "9f 79 08 40 45 00 00 00 00 00 00", 42.0),
    "opaque float that is not a number": (0x44, "9f 78 04 7f c0 00 00", None),
    "opaque float that is cut off": (0x44, "9f 78 04 42", b"\x9f\x78\x04\x42"),
    "opaque of another kind": (0x44, "04 01 41", b"\x04\x01A"),
    "counter64 above 63 bits without leading zero": (0x46, "ff ff ff ff ff ff ff ff", 2**64 - 1),
    "unsigned32": (0x47, "07", 7),
    "noSuchObject": (0x80, "", None),
    "noSuchInstance": (0x81, "", None),
    "endOfMibView": (0x82, "", None),
    "a tag that nobody knows": (0x5F, "01 02", b"\x01\x02"),
}


@pytest.mark.parametrize(("tag", "octets", "value"), VALUES.values(), ids=VALUES)
def test_a_value_is_read(tag, octets, value):
    assert ber.decode_value(tag, bytes.fromhex(octets)) == value


HEADERS = {
    "short length": ("04 02 41 42", (0x04, 2, 4)),
    "long length": ("04 81 02 41 42", (0x04, 3, 5)),
    "length with needless zeros": ("04 84 00 00 00 02 41 42", (0x04, 6, 8)),
}


@pytest.mark.parametrize(("octets", "found"), HEADERS.values(), ids=HEADERS)
def test_a_header_is_read(octets, found):
    data = bytes.fromhex(octets)
    assert ber.header(data, 0, len(data)) == found


BROKEN = {
    "nothing": "",
    "only a tag": "04",
    "content is cut off": "04 03 41 42",
    "length is cut off": "04 82 01",
    "indefinite length": "30 80 00 00",
    "a length of 127 octets": "04 ff 01 02",
    "a length beyond any datagram": "04 84 ff ff ff ff 41",
}


@pytest.mark.parametrize("octets", BROKEN.values(), ids=BROKEN)
def test_a_broken_header_is_malformed(octets):
    data = bytes.fromhex(octets)
    with pytest.raises(ber.Malformed):
        ber.header(data, 0, len(data))


def test_a_header_never_reaches_beyond_what_holds_it():
    with pytest.raises(ber.Malformed):
        ber.header(bytes.fromhex("04 04 41 42 43 44"), 0, 4)


INTEGERS = {0: "02 01 00", 127: "02 01 7f", 128: "02 02 00 80", -128: "02 01 80", 2**31 - 1: "02 04 7f ff ff ff"}


@pytest.mark.parametrize(("number", "octets"), INTEGERS.items(), ids=INTEGERS)
def test_an_integer_is_written_in_the_fewest_octets(number, octets):
    assert ber.encode_integer(number) == bytes.fromhex(octets)


def test_lengths_are_written_in_both_forms():
    assert ber.tlv(0x04, b"A" * 127)[:3] == b"\x04\x7fA"
    assert ber.tlv(0x04, b"A" * 128)[:3] == b"\x04\x81\x80"
    assert ber.tlv(0x04, b"A" * 300)[:4] == b"\x04\x82\x01\x2c"


@pytest.mark.parametrize(("text", "octets"), [("10.0.0.1", "0a000001"), ("192.168.042.006", "c0a82a06")])
def test_an_ip_address_is_written_even_with_leading_zeros(text, octets):
    assert ber.encode_ip(text).hex() == octets


@pytest.mark.parametrize("text", ["1.2.3", "1.2.3.4.5", "1.2.3.256", "a.b.c.d", ""])
def test_no_ip_address_is_a_value_error(text):
    with pytest.raises(ValueError):
        ber.encode_ip(text)


@given(st.tuples(st.integers(0, 1), st.integers(0, 39)), st.lists(st.integers(0, 2**32 - 1)))
def test_every_oid_survives_the_way_there_and_back(root, rest):
    arcs = (*root, *rest)
    assert ber.arcs(ber.encode_arcs(arcs)) == arcs


def test_a_sub_identifier_of_sixty_thousand_octets_can_still_be_printed():
    assert ber.decode_oid(b"\x2b" + b"\xff" * 60_000 + b"\x7f") == f"1.3.{2**64 - 1}"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_opaque_double_survives_the_way_there_and_back(number):
    assert ber.decode_value(ber.OPAQUE, ber.encode_opaque(number)) == number


@given(st.integers(0, 255), st.binary(max_size=40))
def test_no_content_of_any_tag_raises(tag, content):
    ber.decode_value(tag, content)
