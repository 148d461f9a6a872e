"""How are SNMP v2c messages read and written on an agent's side? (RFC 3416, RFC 1906, X.690)

A second opinion on purpose: it shares no line with the collectors' codec. It reads only what a manager
sends and refuses anything else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

Oid = tuple[int, ...]
Plain = int | bytes | Oid | None

INTEGER, OCTETS, NULL, OBJECT_ID, SEQUENCE = 0x02, 0x04, 0x05, 0x06, 0x30
IP_ADDRESS, COUNTER32, GAUGE32, TICKS, COUNTER64 = 0x40, 0x41, 0x42, 0x43, 0x46
NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW = 0x80, 0x81, 0x82
GET, GET_NEXT, RESPONSE, GET_BULK = 0xA0, 0xA1, 0xA2, 0xA5
V2C = 1


class Garbled(ValueError):
    """The octets are no request that this agent understands."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question; ``first`` and ``second`` are non-repeaters and max-repetitions of a GETBULK."""

    version: int
    community: bytes
    kind: int
    request_id: int
    first: int
    second: int
    oids: tuple[Oid, ...]


class _Reader:
    """Takes one element after the other from octets; what goes beyond its bounds is `Garbled`."""

    def __init__(self, octets: bytes) -> None:
        self.octets = octets
        self.at = 0

    def element(self) -> tuple[int, bytes]:
        """Take the next element: tag and contents."""
        tag, size = self._octet(), self._octet()
        if size & 0x80:
            size = int.from_bytes(self._take(size & 0x7F), "big")
        return tag, self._take(size)

    def expect(self, tag: int) -> bytes:
        """Take the next element, which must have ``tag``."""
        found, contents = self.element()
        if found != tag:
            raise Garbled(f"tag {tag:#x} expected, {found:#x} found")
        return contents

    def integer(self) -> int:
        """Take an INTEGER."""
        return int.from_bytes(self.expect(INTEGER), "big", signed=True)

    def _octet(self) -> int:
        return self._take(1)[0]

    def _take(self, count: int) -> bytes:
        taken = self.octets[self.at : self.at + count]
        if len(taken) < count:
            raise Garbled("the message ends too early")
        self.at += count
        return taken


def decode(datagram: bytes) -> Request:
    """Read a request.

    Raises:
        Garbled: it is none.
    """
    message = _Reader(_Reader(datagram).expect(SEQUENCE))
    version, community = message.integer(), message.expect(OCTETS)
    kind, contents = message.element()
    pdu = _Reader(contents)
    request_id, first, second = pdu.integer(), pdu.integer(), pdu.integer()
    binds, oids = _Reader(pdu.expect(SEQUENCE)), []
    while binds.at < len(binds.octets):
        oids.append(read_oid(_Reader(binds.expect(SEQUENCE)).expect(OBJECT_ID)))
    return Request(version, community, kind, request_id, first, second, tuple(oids))


def read_oid(octets: bytes) -> Oid:
    """Read an OBJECT IDENTIFIER's contents (X.690 8.19).

    Raises:
        Garbled: it is empty or ends inside a number.
    """
    if not octets or octets[-1] & 0x80:
        raise Garbled("an object identifier is cut off")
    parts, number = [], 0
    for octet in octets:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            parts.append(number)
            number = 0
    head = min(parts[0] // 40, 2)
    return (head, parts[0] - 40 * head, *parts[1:])


def _base128(number: int) -> bytes:
    octets = bytearray((number & 0x7F,))
    while number := number >> 7:
        octets.insert(0, number & 0x7F | 0x80)
    return bytes(octets)


@lru_cache(maxsize=65536)
def write_oid(oid: Oid) -> bytes:
    """Write an OBJECT IDENTIFIER's contents."""
    return b"".join(_base128(part) for part in (40 * oid[0] + oid[1], *oid[2:]))


def element(tag: int, contents: bytes) -> bytes:
    """Write one element."""
    size = len(contents)
    if size < 0x80:
        return bytes((tag, size)) + contents
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + contents


def integer(tag: int, number: int) -> bytes:
    """Write a number in as few octets as its sign allows (X.690 8.3)."""
    bits = (number + (number < 0)).bit_length()
    return element(tag, number.to_bytes(bits // 8 + 1, "big", signed=True))


def bind(oid: Oid, tag: int, value: Plain) -> bytes:
    """Write one variable binding."""
    match value:
        case None:
            contents = element(tag, b"")
        case int():
            contents = integer(tag, value)
        case bytes():
            contents = element(tag, value)
        case _:
            contents = element(tag, write_oid(value))
    return element(SEQUENCE, element(OBJECT_ID, write_oid(oid)) + contents)


def encode(request: Request, binds: Sequence[bytes], status: int = 0, index: int = 0) -> bytes:
    """Write the response to ``request`` from encoded bindings."""
    pdu = (
        integer(INTEGER, request.request_id)
        + integer(INTEGER, status)
        + integer(INTEGER, index)
        + element(SEQUENCE, b"".join(binds))
    )
    head = integer(INTEGER, request.version) + element(OCTETS, request.community)
    return element(SEQUENCE, head + element(RESPONSE, pdu))
