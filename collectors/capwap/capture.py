"""Which CAPWAP messages are in a capture file?

Reads pcap (microseconds and nanoseconds, either byte order) and pcapng, of link types Ethernet (with VLAN
tags), raw IP, Linux cooked v1 and v2 and BSD loopback; IPv4 and IPv6; UDP 5246 and 5247. Bounded: what claims
to be larger than a packet can be ends the reading. Packets of other kinds are passed over.
"""

import ipaddress
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from collectors.capwap.codec import CapwapError, Channel, Fragment, Message, decode
from collectors.capwap.reassembly import Reassembler

_LARGEST = 1 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PCAP = {b"\xd4\xc3\xb2\xa1": ("<", 6), b"\xa1\xb2\xc3\xd4": (">", 6), b"\x4d\x3c\xb2\xa1": ("<", 9)}
_PCAP |= {b"\xa1\xb2\x3c\x4d": (">", 9)}
_SECTION, _INTERFACE, _SIMPLE, _ENHANCED = 0x0A0D0D0A, 1, 3, 6
_BYTE_ORDER = {b"\x4d\x3c\x2b\x1a": "<", b"\x1a\x2b\x3c\x4d": ">"}
_IF_TSRESOL = 9
_UDP = 17
_IPV4, _IPV6 = 0x0800, 0x86DD
_VLAN = frozenset({0x8100, 0x88A8, 0x9100})


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A datagram at a CAPWAP port that is none, or that cannot be read: why."""

    why: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What travelled when, from where to where (``address:port``)."""

    at: datetime
    source: str
    target: str
    channel: Channel
    what: Message | Unreadable


@dataclass(frozen=True, slots=True)
class _Frame:
    at: datetime
    link: int
    data: bytes


@dataclass(frozen=True, slots=True)
class _Datagram:
    """A UDP datagram; ``data`` is ``None`` where only a part of it was captured."""

    source: tuple[str, int]
    target: tuple[str, int]
    data: bytes | None


def read(file: BinaryIO) -> Iterator[Seen]:
    """Give the messages in their order, those in fragments where their last fragment came.

    Raises:
        CapwapError: no capture file, one of another kind, or one that ends in mid-packet (after all before it).
    """
    reassemblers = {channel: Reassembler(channel) for channel in Channel}
    for frame in _frames(file):
        datagram = _datagram(frame)
        channel = _channel(datagram) if datagram else None
        if datagram is None or channel is None:
            continue
        what = _what(datagram, channel, reassemblers[channel], (frame.at - _EPOCH).total_seconds())
        if what is not None:
            yield Seen(frame.at, _end(datagram.source), _end(datagram.target), channel, what)


def _channel(datagram: _Datagram) -> Channel | None:
    ports = {datagram.source[1], datagram.target[1]}
    return next((channel for channel in Channel if channel in ports), None)


def _end(end: tuple[str, int]) -> str:
    return f"[{end[0]}]:{end[1]}" if ":" in end[0] else f"{end[0]}:{end[1]}"


def _what(datagram: _Datagram, channel: Channel, pieces: Reassembler, now_s: float) -> Message | Unreadable | None:
    if datagram.data is None:
        return Unreadable("only a part of it was captured")
    try:
        message = decode(datagram.data, channel)
        if isinstance(message, Fragment):
            return pieces.take(f"{_end(datagram.source)} {_end(datagram.target)}", message, now_s)
    except CapwapError as error:
        return Unreadable(str(error))
    return message


# ── the file ─────────────────────────────────────────────────────────────────────────────────────────────────


def _frames(file: BinaryIO) -> Iterator[_Frame]:
    magic = _take(file, 4)
    if magic in _PCAP:
        return _pcap(file, *_PCAP[magic])
    if magic == _SECTION.to_bytes(4, "big"):
        return _pcapng(file)
    raise CapwapError("neither pcap nor pcapng")


def _take(file: BinaryIO, size: int) -> bytes:
    if size > _LARGEST:
        raise CapwapError(f"{size} octets are more than any packet has")
    data = file.read(size)
    if len(data) < size:
        raise CapwapError("the capture file ends in the middle of something")
    return data


def _pcap(file: BinaryIO, order: str, digits: int) -> Iterator[_Frame]:
    """After the magic: 20 octets of which the last 4 are the link type; then packets behind 16 octets each."""
    link = struct.unpack(f"{order}I", _take(file, 20)[16:])[0] & 0xFFFF
    record = struct.Struct(f"{order}4I")
    while head := file.read(record.size):
        if len(head) < record.size:
            raise CapwapError("the capture file ends in the middle of something")
        seconds, fraction, size, _ = record.unpack(head)
        yield _Frame(_instant(seconds * 10**digits + fraction, 10**digits), link, _take(file, size))


def _pcapng(file: BinaryIO) -> Iterator[_Frame]:
    order, links = _section(file)
    while head := file.read(8):
        if len(head) < 8:
            raise CapwapError("the capture file ends in the middle of something")
        kind, size = struct.unpack(f"{order}2I", head)
        if kind == _SECTION:
            order, links = _section(file, head[4:])
            continue
        if size < 12 or size % 4:
            raise CapwapError(f"a block of {size} octets")
        body = _take(file, size - 8)[:-4]
        if kind == _INTERFACE:
            links.append(_interface(body, order))
        elif kind == _ENHANCED:
            yield _enhanced(body, order, links)
        elif kind == _SIMPLE:
            raise CapwapError("packets without time are not read")


Links = list[tuple[int, int]]


def _section(file: BinaryIO, length: bytes = b"") -> tuple[str, Links]:
    """Read what is left of a section header; give its byte order, and interfaces as (link type, ticks a second)."""
    length = length or _take(file, 4)
    order = _BYTE_ORDER.get(_take(file, 4))
    if order is None:
        raise CapwapError("a section of unknown byte order")
    _take(file, max(0, struct.unpack(f"{order}I", length)[0] - 12))
    return order, []


def _interface(body: bytes, order: str) -> tuple[int, int]:
    if len(body) < 8:
        raise CapwapError("an interface without a link type")
    link = struct.unpack_from(f"{order}H", body)[0]
    options, ticks = body[8:], 10**6
    while len(options) >= 4:
        code, size = struct.unpack_from(f"{order}HH", options)
        if code == _IF_TSRESOL and len(options) > 4:
            ticks = (2 if options[4] & 0x80 else 10) ** (options[4] & 0x7F)
        options = options[4 + (size + 3) // 4 * 4 :]
    return link, ticks


def _enhanced(body: bytes, order: str, links: Links) -> _Frame:
    if len(body) < 20:
        raise CapwapError("a packet without its head")
    interface, high, low, size, _ = struct.unpack_from(f"{order}5I", body)
    if interface >= len(links) or size > len(body) - 20:
        raise CapwapError("a packet of no interface, or larger than its block")
    link, ticks = links[interface]
    return _Frame(_instant(high << 32 | low, ticks), link, body[20 : 20 + size])


def _instant(ticks: int, a_second: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=ticks * 10**6 // a_second)
    except OverflowError:
        raise CapwapError("a packet beyond the end of time") from None


# ── the packet ───────────────────────────────────────────────────────────────────────────────────────────────


def _datagram(frame: _Frame) -> _Datagram | None:
    open_link = _LINKS.get(frame.link)
    if open_link is None:
        raise CapwapError(f"link type {frame.link} is not read")
    packet = open_link(frame.data)
    version = packet[0] >> 4 if packet else 0
    found = _ipv4(packet) if version == 4 else _ipv6(packet) if version == 6 else None
    return _udp(*found) if found else None


def _ethernet(data: bytes) -> bytes:
    at = 12
    while int.from_bytes(data[at : at + 2], "big") in _VLAN:
        at += 4
    return _ip(data[at : at + 2], data[at + 2 :])


def _ip(protocol: bytes, packet: bytes) -> bytes:
    return packet if int.from_bytes(protocol, "big") in (_IPV4, _IPV6) else b""


_LINKS: Mapping[int, Callable[[bytes], bytes]] = {
    0: lambda data: data[4:],  # BSD loopback
    1: _ethernet,
    101: bytes,  # raw IP
    113: lambda data: _ip(data[14:16], data[16:]),  # Linux cooked v1
    228: bytes,  # raw IPv4
    229: bytes,  # raw IPv6
    276: lambda data: _ip(data[:2], data[20:]),  # Linux cooked v2
}


def _ipv4(packet: bytes) -> tuple[str, str, bytes] | None:
    """Give source, target and the UDP datagram as far as it was captured; nothing of a later IP fragment."""
    start = (packet[0] & 0x0F) * 4
    if len(packet) < 20 or start < 20 or packet[9] != _UDP or int.from_bytes(packet[6:8], "big") & 0x1FFF:
        return None
    return _text(packet[12:16]), _text(packet[16:20]), packet[start:]


def _ipv6(packet: bytes) -> tuple[str, str, bytes] | None:
    if len(packet) < 40 or packet[6] != _UDP:
        return None
    return _text(packet[8:24]), _text(packet[24:40]), packet[40:]


def _text(address: bytes) -> str:
    return str(ipaddress.ip_address(address))


def _udp(source: str, target: str, data: bytes) -> _Datagram | None:
    if len(data) < 8:
        return None
    source_port, target_port, size = struct.unpack_from("!HHH", data)
    whole = 8 <= size <= len(data)
    return _Datagram((source, source_port), (target, target_port), data[8:size] if whole else None)
