"""Are CAPWAP messages found in captures of each kind, and do broken files end in `CapwapError`?"""

import io
import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.capwap.capture import Unreadable, read
from collectors.capwap.codec import CapwapError, Channel, DataPacket, DtlsRecord, Header, encode
from tests.capwap_vectors import VECTORS

V1 = VECTORS["V1 request"]
AT = datetime(2026, 11, 23, 4, 0, 0, 250000, tzinfo=UTC)
SECONDS = int(AT.timestamp())


def udp(payload: bytes, source: int = 40000, target: int = 5246) -> bytes:
    return struct.pack("!4H", source, target, 8 + len(payload), 0) + payload


def ipv4(segment: bytes, fragment: int = 0, protocol: int = 17) -> bytes:
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 1, fragment, 64, protocol, 0)
    return head + bytes((192, 0, 2, 1, 192, 0, 2, 2)) + segment


def ipv6(segment: bytes) -> bytes:
    head = struct.pack("!IHBB", 6 << 28, len(segment), 17, 64)
    return head + bytes.fromhex("20010db8000000000000000000000001 20010db8000000000000000000000002") + segment


def pcap(*packets: bytes, link: int = 1, order: str = "<", magic: int = 0xA1B2C3D4, fraction: int = 250000) -> bytes:
    file = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, link)
    records = (struct.pack(f"{order}4I", SECONDS, fraction, len(one), len(one)) + one for one in packets)
    return file + b"".join(records)


def block(kind: int, body: bytes, order: str) -> bytes:
    body += bytes(-len(body) % 4)
    size = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + size + body + size


def pcapng(*packets: bytes, link: int = 1, order: str = "<", options: bytes = b"", a_second: int = 10**6) -> bytes:
    file = block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1), order)
    file += block(1, struct.pack(f"{order}HHI", link, 0, 0) + options, order)
    ticks = SECONDS * a_second + a_second // 4
    for one in packets:
        head = struct.pack(f"{order}5I", 0, ticks >> 32, ticks & 0xFFFFFFFF, len(one), len(one))
        file += block(6, head + one, order) + block(4, b"\0" * 8, order)
    return file


ETHERNET = b"\0" * 12 + b"\x08\0"
PACKET = ETHERNET + ipv4(udp(V1.octets))
FILES = {
    "pcap": pcap(PACKET),
    "pcap, the other byte order": pcap(PACKET, order=">"),
    "pcap, nanoseconds": pcap(PACKET, magic=0xA1B23C4D, fraction=250000000),
    "pcapng": pcapng(PACKET),
    "pcapng, the other byte order": pcapng(PACKET, order=">"),
    "pcapng, nanoseconds": pcapng(PACKET, options=struct.pack("<HHB3x", 9, 1, 9), a_second=10**9),
    "pcapng, powers of two": pcapng(PACKET, options=struct.pack("<HHB3x", 9, 1, 0x94), a_second=2**20),
    "a VLAN": pcap(b"\0" * 12 + b"\x81\0\0\5\x08\0" + ipv4(udp(V1.octets))),
    "a VLAN in a VLAN": pcap(b"\0" * 12 + b"\x88\xa8\0\1\x81\0\0\5\x08\0" + ipv4(udp(V1.octets))),
    "raw IP": pcap(ipv4(udp(V1.octets)), link=101),
    "Linux cooked v1": pcap(b"\0" * 14 + b"\x08\0" + ipv4(udp(V1.octets)), link=113),
    "Linux cooked v2": pcap(b"\x08\0" + b"\0" * 18 + ipv4(udp(V1.octets)), link=276),
    "BSD loopback": pcap(b"\2\0\0\0" + ipv4(udp(V1.octets)), link=0),
}


def all_of(file: bytes):
    return list(read(io.BytesIO(file)))


@pytest.mark.parametrize("name", FILES)
def test_a_message_is_found_in_each_kind_of_file(name):
    (seen,) = all_of(FILES[name])
    assert seen.what == V1.message
    assert (seen.source, seen.target, seen.channel) == ("192.0.2.1:40000", "192.0.2.2:5246", Channel.CONTROL)
    assert abs((seen.at - AT).total_seconds()) < 0.000002


def test_two_sections_of_a_pcapng_file_are_read():
    assert [seen.what for seen in all_of(pcapng(PACKET) + pcapng(PACKET, order=">"))] == [V1.message] * 2


def test_ipv6_is_read():
    (seen,) = all_of(pcap(ipv6(udp(V1.octets)), link=229))
    assert (seen.source, seen.what) == ("[2001:db8::1]:40000", V1.message)


def test_fragments_of_one_message_become_one():
    pieces = [ETHERNET + ipv4(udp(VECTORS[name].octets)) for name in ("V3 last fragment", "V3 first fragment")]
    assert [seen.what for seen in all_of(pcap(*pieces))] == [V1.message]


def test_keep_alives_dtls_and_answers_are_told_apart():
    alive = DataPacket(b"\0\x16", Header(keep_alive=True))
    packets = [
        ipv4(udp(encode(alive), 40000, 5247)),
        ipv4(udp(b"\1\0\0\0record")),
        ipv4(udp(VECTORS["V4 rich response"].octets, 5246, 40000)),
        ipv4(udp(b"\xff" * 40)),
    ]
    found = [seen.what for seen in all_of(pcap(*packets, link=101))]
    assert found[:3] == [alive, DtlsRecord(b"record"), VECTORS["V4 rich response"].message]
    assert isinstance(found[3], Unreadable)


def test_a_packet_captured_in_part_says_so():
    (seen,) = all_of(pcap(PACKET[:-10]))
    assert seen.what == Unreadable("only a part of it was captured")


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        ETHERNET,
        b"\0" * 12 + b"\x08\x06" + b"\0" * 28,
        ETHERNET + ipv4(b"\0" * 20, protocol=6),
        ETHERNET + ipv4(udp(V1.octets), fragment=9),
        ETHERNET + ipv4(udp(V1.octets, 40000, 53)),
        ETHERNET + ipv4(b"\0" * 7),
    ],
)
def test_other_packets_are_passed_over(packet):
    assert [seen.what for seen in all_of(pcap(packet, PACKET))] == [V1.message]


BROKEN = {
    "no capture": b"GIF89a",
    "empty": b"",
    "an unknown link": pcap(PACKET, link=105),
    "an enormous packet": pcap() + struct.pack("<4I", 0, 0, 1 << 31, 1 << 31),
    "a small block": pcapng()[:28] + struct.pack("<II", 6, 8),
    "a packet of no interface": pcapng()[:28] + pcapng(PACKET)[48:],
    "a simple packet": pcapng() + block(3, b"\0\0\0\4abcd", "<"),
    "a section of no byte order": b"\x0a\x0d\x0d\x0a" + b"\0" * 40,
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_an_error(name):
    with pytest.raises(CapwapError):
        all_of(BROKEN[name])


@pytest.mark.parametrize("file", [pcap(PACKET, PACKET), pcapng(PACKET, PACKET)], ids=["pcap", "pcapng"])
def test_a_file_that_was_cut_off_gives_what_was_whole_before(file):
    messages = read(io.BytesIO(file[:-30]))
    assert next(messages).what == V1.message
    with pytest.raises(CapwapError):
        next(messages)


@given(st.sampled_from(sorted(FILES)), st.lists(st.tuples(st.integers(0, 299), st.integers(0, 255)), max_size=5))
def test_any_damage_gives_messages_or_a_capwap_error(name, changes):
    file = bytearray(FILES[name])
    for place, octet in changes:
        file[place % len(file)] = octet
    try:
        found = all_of(bytes(file))
    except CapwapError:
        return
    assert len(found) <= 2
