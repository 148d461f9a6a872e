"""Are CAPWAP datagrams read and written octet by octet, and is nothing but `CapwapError` raised on the others?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.capwap import elements
from collectors.capwap.codec import (
    CapwapError,
    Channel,
    ControlMessage,
    DataPacket,
    DtlsRecord,
    Fragment,
    Header,
    decode,
    encode,
    name_of,
)
from collectors.capwap.shapes import (
    AcDescriptor,
    AcName,
    AcNameWithPriority,
    FrameTunnelMode,
    MtuPadding,
    RawElement,
    text,
)
from tests.capwap_vectors import REQUEST, VECTORS

V1 = VECTORS["V1 request"].octets
RICH = VECTORS["V4 rich response"].octets


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_is_read(name):
    message = decode(VECTORS[name].octets)
    assert message == VECTORS[name].message
    assert message.anomalies == VECTORS[name].anomalies


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_is_written(name):
    assert encode(VECTORS[name].message) == VECTORS[name].octets


@pytest.mark.parametrize("name", VECTORS)
def test_a_vector_cut_off_anywhere_is_an_error_or_keeps_the_elements_before_the_cut(name):
    octets, message = VECTORS[name].octets, VECTORS[name].message
    for size in range(len(octets)):
        try:
            found = decode(octets[:size])
        except CapwapError:
            assert size < 24
            continue
        if isinstance(message, Fragment):
            assert found.payload == message.payload[: size - 8]
        else:
            assert found.truncated
            assert "ends before its last element does" in found.anomalies
            assert found.elements == message.elements[: len(found.elements)]


def test_all_elements_but_the_one_that_is_cut_survive():
    assert decode(RICH[:-1]).elements == VECTORS["V4 rich response"].message.elements[:-1]


# ── headers ──────────────────────────────────────────────────────────────────────────────────────────────────

HEADERS = {
    "radio 31, binding 3": (Header(radio=31, binding=3), "0017c600 0000 0000"),
    "a MAC of 8 octets": (Header(radio_mac=bytes(range(8))), "00280210 0000 0000 08 0001020304050607 000000"),
    "wireless information": (Header(wireless=b"\1\2\3\4"), "00200220 0000 0000 04 01020304 000000"),
    "both": (
        Header(radio_mac=b"\2\0\0\0\0\1", wireless=b"\7\7\7"),
        "00280230 0000 0000 06 020000000001 00 03 070707",
    ),
    "a native frame": (Header(native=True), "00100300 0000 0000"),
    "a keep-alive": (Header(keep_alive=True), "00100208 0000 0000"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_header_is_read_and_written(name):
    header, octets = HEADERS[name]
    packet = DataPacket(b"frame", header)
    assert encode(packet) == bytes.fromhex(octets) + b"frame"
    assert decode(bytes.fromhex(octets) + b"frame", Channel.DATA) == packet


def test_dtls_is_recognised_and_not_opened():
    octets = bytes.fromhex("01000000 16feff0000")
    assert decode(octets) == DtlsRecord(octets[4:])
    assert encode(DtlsRecord(octets[4:])) == octets


REFUSED = {
    "nothing": "",
    "another version": "10100200 0000 0000" + V1[8:].hex(),
    "a preamble of type 2": "02100200 0000 0000" + V1[8:].hex(),
    "a DTLS header of 3 octets": "010000",
    "7 octets": "00100200 0000 00",
    "a header of 4 octets": "00080200 0000 0000" + V1[8:].hex(),
    "a header longer than the datagram": "00f80200 0000 0000" + V1[8:40].hex(),
    "no control header": "00100200 0000 0000",
    "a control header of 7 octets": "00100200 0000 0000 00000001 07 0003",
    "40 times 0xff": "ff" * 40,
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_told_apart_is_refused(name):
    with pytest.raises(CapwapError):
        decode(bytes.fromhex(REFUSED[name]))


ODD = {
    "reserved bits of the header are set": "00100207 0000 0007",
    "fields of a fragment are set, but it is none": "00100200 0001 0008",
    "the radio MAC is announced but not there": "00100210 0000 0000",
    "the wireless information is announced but not there": "00180220 0000 0000 09 010203",
    "the radio MAC is not padded with zeros": "00200210 0000 0000 06 020000000001 01",
    "4 octets of the header fit nowhere": "00180200 0000 0000 00000000",
}


@pytest.mark.parametrize("anomaly", ODD)
def test_an_odd_header_is_read_and_its_oddity_named(anomaly):
    message = decode(bytes.fromhex(ODD[anomaly]) + V1[8:])
    assert message.elements == REQUEST
    assert message.anomalies[0] == anomaly


def control(length: int, body: str = "", kind: int = 13, flags: int = 0) -> ControlMessage:
    head = bytes.fromhex("00100200 0000 0000") + kind.to_bytes(4, "big") + b"\1"
    return decode(head + length.to_bytes(2, "big") + bytes([flags]) + bytes.fromhex(body))


def test_an_element_length_that_does_not_count_itself_means_no_elements():
    message = control(0, "0014 0001 00")
    assert message.elements == ()
    assert message.anomalies[0] == "the element length 0 does not even count itself"


def test_octets_behind_the_last_element_are_left_out_and_named():
    assert control(3, "0014").anomalies == ("2 octets behind the last element",)


def test_flags_of_the_control_header_are_named():
    assert control(3, flags=1).anomalies == ("flags of the control header are set",)


def test_an_element_that_reaches_beyond_the_message_ends_the_reading():
    message = control(3 + 9, "0014 0001 00 0029 0005")
    assert message.truncated
    assert [elements.type_of(one) for one in message.elements] == [20]
    assert "WTP Frame Tunnel Mode reaches beyond the message" in message.anomalies


def test_messages_have_the_names_of_the_rfc():
    assert [name_of(kind) for kind in (1, 2, 13, 20, 26)] == [
        "Discovery Request",
        "Discovery Response",
        "Echo Request",
        "Primary Discovery Response",
        "Station Configuration Response",
    ]
    assert name_of(27) == "message 27"
    assert name_of(0) == "message 0"


# ── elements ─────────────────────────────────────────────────────────────────────────────────────────────────

ELEMENTS = {
    "unknown": (60000, "0102", RawElement(60000, b"\1\2"), ()),
    "too short for its form": (1, "0000", RawElement(1, b"\0\0"), ("AC Descriptor: 2 octets are too few",)),
    "too long for its form": (
        41,
        "0455",
        FrameTunnelMode(4, rest=b"\x55"),
        ("WTP Frame Tunnel Mode: 1 octets at its end fit nowhere",),
    ),
    "fewer encryptions than counted": (
        39,
        "0100 02 010000",
        RawElement(39, bytes.fromhex("010002010000")),
        ("WTP Descriptor: 6 octets are too few",),
    ),
    "a part that reaches beyond its descriptor": (
        1,
        "0001 0002 0003 0004 02 01 00 02 00000000 0004 0009 41",
        AcDescriptor(1, 2, 3, 4, 2, 1, 0, 2, (), rest=bytes.fromhex("000000000004000941")),
        ("AC Descriptor: 9 octets at its end fit nowhere",),
    ),
    "a name with a priority": (5, "01 41", AcNameWithPriority(1, b"A"), ()),
    "padding": (52, "ffff", MtuPadding(b"\xff\xff"), ()),
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_an_element_is_read_as_far_as_it_goes_and_written_back_exactly(name):
    kind, octets, element, anomalies = ELEMENTS[name]
    assert elements.read(kind, bytes.fromhex(octets)) == element
    assert elements.type_of(element) == kind
    assert elements.write(element) == bytes.fromhex(octets)
    assert tuple(elements.anomalies(element)) == anomalies


def test_a_broken_descriptor_still_tells_the_load():
    octets = RICH[:16] + bytes.fromhex("0001 000d 04d2 1000 00bb 0100 06 01 00 06 55") + RICH[62:]
    descriptor = decode(octets).elements[0]
    assert (descriptor.stations, descriptor.wtps) == (1234, 187)


@pytest.mark.parametrize(
    ("octets", "read"),
    [
        ("教学楼AC-1".encode(), "教学楼AC-1"),
        ("教学楼".encode("gb18030"), "教学楼"),
        (b" My AC", " My AC"),
        (b"AC\xff\xff", "AC\ufffd\ufffd"),
    ],
)
def test_a_name_is_read_in_the_encodings_that_are_met(octets, read):
    assert text(octets) == read


# ── anything ─────────────────────────────────────────────────────────────────────────────────────────────────


@given(st.binary(max_size=300), st.sampled_from(Channel))
def test_any_octets_give_a_message_or_a_capwap_error(octets, channel):
    try:
        message = decode(octets, channel)
    except CapwapError:
        return
    assert len(encode(message)) <= len(octets) + 3


@given(st.sampled_from(sorted(VECTORS)), st.lists(st.tuples(st.integers(0, 199), st.integers(0, 255)), max_size=4))
def test_a_message_without_anomalies_is_written_back_as_it_came(name, changes):
    octets = bytearray(VECTORS[name].octets)
    for place, octet in changes:
        octets[place % len(octets)] = octet
    try:
        message = decode(bytes(octets))
    except CapwapError:
        return
    if isinstance(message, DtlsRecord):
        assert message.payload == octets[4:]
    elif not message.anomalies:
        assert encode(message) == octets


@given(st.sampled_from([*sorted(elements.FORMS), 9, 1049]), st.binary(max_size=60))
def test_any_element_is_written_back_exactly(kind, value):
    assert elements.write(elements.read(kind, value)) == value


@given(st.binary(min_size=1, max_size=20))
def test_any_name_is_read_as_text(name):
    assert isinstance(text(AcName(name).name), str)
