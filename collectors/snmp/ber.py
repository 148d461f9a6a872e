"""How do BER octets and Python values turn into each other?

The subset of X.690 that SNMP uses (RFC 3417 §8, types of RFC 2578 §7). Reading is tolerant where agents
are sloppy, and bounded everywhere: a length never reaches beyond what holds it. Foreign octets give a
value or `Malformed`, nothing else.
"""

import math
import struct
from collections.abc import Callable, Iterable
from functools import lru_cache

from campus.errors import CampusError
from collectors.snmp.walk import Value

INTEGER, OCTET_STRING, NULL, OBJECT_ID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TIME_TICKS, OPAQUE = 0x40, 0x41, 0x42, 0x43, 0x44
NSAP_ADDRESS, COUNTER64, UNSIGNED32 = 0x45, 0x46, 0x47
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82
NUMBERS = frozenset({INTEGER, COUNTER32, GAUGE32, TIME_TICKS, COUNTER64, UNSIGNED32})
EXCEPTIONS = frozenset({NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW})
UNREADABLE = 0xFF
"""Never on the wire: marks a varbind of which not even the OID could be read."""

_ARC = 2**64 - 1
_NUMBER_OCTETS = 16  # no SNMP number needs more than 9; one of thousands could not even be printed
_OPAQUE_FLOATS = {b"\x9f\x78\x04": (7, struct.Struct(">f")), b"\x9f\x79\x08": (11, struct.Struct(">d"))}


class Malformed(CampusError):
    """Octets from outside are not what X.690 or the SNMP message formats allow. The codecs raise nothing else."""


def header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Read the tag and length at ``at``; give the tag and where its content starts and stops.

    Raises:
        Malformed: the header or the content would reach beyond ``end``, or the length is indefinite.
    """
    start = at + 2
    if start > end:
        raise Malformed("ends inside a header")
    length = data[at + 1]
    if length >= 0x80:
        start += length & 0x7F
        if length == 0x80 or start > end:
            raise Malformed("ends inside a length, or has none")
        length = int.from_bytes(data[at + 2 : start], "big")
    stop = start + length
    if stop > end:
        raise Malformed("a length reaches beyond what holds it")
    return data[at], start, stop


def expect(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Read a header that must carry ``tag``; give where its content starts and stops.

    Raises:
        Malformed: another tag stands there, or `header` fails.
    """
    found, start, stop = header(data, at, end)
    if found != tag:
        raise Malformed(f"tag {found:#04x} stands where {tag:#04x} must")
    return start, stop


def integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Read a signed INTEGER of the envelope; give it and where it stops.

    Raises:
        Malformed: no INTEGER, an empty one, or one of more than 32 bits.
    """
    start, stop = expect(data, at, end, INTEGER)
    if not 0 < stop - start <= 5:
        raise Malformed("an INTEGER of the envelope has no octets, or too many")
    return int.from_bytes(data[start:stop], "big", signed=True), stop


def octets(data: bytes, at: int, end: int) -> tuple[bytes, int]:
    """Read an OCTET STRING; give its content and where it stops.

    Raises:
        Malformed: as `expect`.
    """
    start, stop = expect(data, at, end, OCTET_STRING)
    return data[start:stop], stop


def tlv(tag: int, content: bytes) -> bytes:
    """Put tag and length before ``content``."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def encode_integer(number: int) -> bytes:
    """Write an INTEGER whole, in as few octets as two's complement allows."""
    size = (number if number >= 0 else ~number).bit_length() // 8 + 1
    return bytes((INTEGER, size)) + number.to_bytes(size, "big", signed=True)


def encode_arcs(arcs: Iterable[int]) -> bytes:
    """Write the sub-identifiers of an OID as BER content octets.

    Raises:
        ValueError: fewer than two, or one that X.690 cannot say.
    """
    first, second, *rest = arcs
    if not 0 <= first <= 2 or second < 0 or (first < 2 and second > 39):
        raise ValueError("an OID begins with 0, 1 or 2, and after 0 and 1 comes at most 39")
    packed = bytearray()
    for arc in (first * 40 + second, *rest):
        if arc < 0x80:
            packed.append(arc)  # a negative one is a ValueError here
        else:
            septets = (arc.bit_length() + 6) // 7
            packed.extend(0x80 | (arc >> 7 * place) & 0x7F for place in range(septets - 1, 0, -1))
            packed.append(arc & 0x7F)
    return bytes(packed)


@lru_cache(maxsize=16384)
def encode_oid(dotted: str) -> bytes:
    """Write a dotted OID (a leading dot is allowed) as BER content octets; the jobs' OIDs stay cached.

    Raises:
        ValueError: not a dotted OID of at least two sub-identifiers.
    """
    return encode_arcs(map(int, dotted.removeprefix(".").split(".")))


def arcs(oid: bytes) -> tuple[int, ...]:
    """Read the sub-identifiers of BER content octets; compares as OIDs do. No octets = zeroDotZero, as net-snmp reads.

    A last sub-identifier that is cut off is read as far as it goes; of one with more than 64 bits the low ones.
    """
    found: list[int] = []
    arc = 0
    for octet in oid:
        arc = (arc << 7 | octet & 0x7F) & _ARC
        if octet < 0x80:
            found.append(arc)
            arc = 0
    if oid and oid[-1] >= 0x80:
        found.append(arc)
    first = found[0] if found else 0
    root = min(first // 40, 2)
    return (root, first - 40 * root, *found[1:])


def decode_oid(oid: bytes) -> str:
    """Write BER content octets as a dotted OID without leading dot."""
    return ".".join(map(str, arcs(oid)))


def encode_ip(dotted: str) -> bytes:
    """Write a dotted IPv4 address as four octets; leading zeros are allowed.

    Raises:
        ValueError: not four numbers of one octet.
    """
    packed = bytes(map(int, dotted.split(".")))
    if len(packed) != 4:
        raise ValueError(f"{dotted!r} is no IPv4 address")
    return packed


def encode_opaque(number: float) -> bytes:
    """Write the content octets of net-snmp's double inside Opaque."""
    return b"\x9f\x79\x08" + struct.pack(">d", number)


def _signed(content: bytes) -> int | None:
    return int.from_bytes(content, "big", signed=True) if 0 < len(content) <= _NUMBER_OCTETS else None


def _unsigned(content: bytes) -> int | None:
    """Agents send Counter32 4294967295 as FF FF FF FF, without the leading zero; it is never negative."""
    return int.from_bytes(content, "big") if 0 < len(content) <= _NUMBER_OCTETS else None


def _opaque(content: bytes) -> Value | None:
    """Read net-snmp's float and double inside Opaque; an infinite or undefined one is no value."""
    size, form = _OPAQUE_FLOATS.get(content[:3], (0, None))
    if form is None or len(content) != size:
        return content
    number = float(form.unpack_from(content, 3)[0])
    return number if math.isfinite(number) else None


def _nothing(_content: bytes) -> None:
    return None


READERS: dict[int, Callable[[bytes], Value | None]] = {
    INTEGER: _signed,
    NULL: _nothing,
    OBJECT_ID: decode_oid,
    COUNTER32: _unsigned,
    GAUGE32: _unsigned,
    TIME_TICKS: _unsigned,
    OPAQUE: _opaque,
    COUNTER64: _unsigned,
    UNSIGNED32: _unsigned,
    NO_SUCH_OBJECT: _nothing,
    NO_SUCH_INSTANCE: _nothing,
    END_OF_MIB_VIEW: _nothing,
}
"""How the content of each tag becomes a value; of every other tag the octets are the value."""


def decode_value(tag: int, content: bytes) -> Value | None:
    """Read the content octets of a value; ``None`` where they say "no value" or say nothing."""
    return READERS.get(tag, bytes)(content)
