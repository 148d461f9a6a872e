"""Is an echo put on the wire as the RFCs say, and is only its own answer taken for one?"""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.echo import Echo, IcmpFrame, PlainFrame, checksum

PAYLOAD = bytes.fromhex("0102030405060708") + (0x10203).to_bytes(8, "big")
REQUEST = bytes.fromhex("0800 a1a2 4242 0203") + PAYLOAD  # type 8, code 0, checksum, identifier, sequence number
REPLY = bytes.fromhex("0000 a9a2 4242 0203") + PAYLOAD
IP_HEADER = bytes.fromhex("45000028 00000000 40010000 7f000001 7f000001")
IP_HEADER_WITH_OPTIONS = bytes.fromhex("46000028 00000000 40010000 7f000001 7f000001 94040000")

unprivileged = IcmpFrame(socket.AF_INET, 0x4242, raw=False)
raw = IcmpFrame(socket.AF_INET, 0x4242, raw=True)
raw6 = IcmpFrame(socket.AF_INET6, 0x4242, raw=True)


def test_a_request_has_the_header_of_rfc_792_and_a_sound_checksum():
    assert unprivileged.wrap(PAYLOAD) == REQUEST
    assert checksum(REQUEST) == 0


def test_the_checksum_is_that_of_the_example_in_rfc_1071():
    assert checksum(bytes.fromhex("0001 f203 f4f5 f6f7")) == ~0xDDF2 & 0xFFFF
    assert checksum(bytes.fromhex("0001 f2")) == checksum(bytes.fromhex("0001 f200"))


def test_the_answer_gives_the_payload_back():
    assert unprivileged.unwrap(REPLY) == PAYLOAD
    assert raw.unwrap(IP_HEADER + REPLY) == PAYLOAD
    assert raw.unwrap(IP_HEADER_WITH_OPTIONS + REPLY) == PAYLOAD
    assert raw6.unwrap(bytes([129]) + REPLY[1:]) == PAYLOAD


@pytest.mark.parametrize(
    "packet",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(REPLY[:7], id="cut off"),
        pytest.param(REQUEST, id="our own request, as loopback shows it"),
        pytest.param(b"\x03\x03" + REPLY[2:], id="destination unreachable"),
        pytest.param(REPLY[:4] + b"\x42\x43" + REPLY[6:], id="another process's identifier"),
        pytest.param(REPLY[:6] + b"\x02\x04" + REPLY[8:], id="another sequence number"),
    ],
)
def test_what_is_not_our_answer_is_nothing(packet):
    assert unprivileged.unwrap(packet) is None
    assert raw.unwrap(IP_HEADER + packet) is None


@given(st.binary(max_size=64))
def test_no_packet_whatever_breaks_the_witness(packet):
    for frame in (unprivileged, raw, raw6, PlainFrame()):
        payload = frame.unwrap(packet)
        assert payload is None or payload in packet


def test_loss_is_the_share_of_what_was_sent_and_the_round_trip_is_the_median():
    some = Echo(3, (0.5, 0.001))
    assert (some.up, some.loss_ratio, some.rtt_s) == (True, pytest.approx(1 / 3), pytest.approx(0.2505))
    none = Echo(3, ())
    assert (none.up, none.loss_ratio, none.rtt_s) == (False, 1.0, None)
