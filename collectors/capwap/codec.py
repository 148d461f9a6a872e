"""How do CAPWAP datagrams and messages turn into each other?

RFC 5415 §4. Sans-IO. `decode` gives what one datagram is, or `CapwapError`, nothing else. It is lenient:
where the octets can still be told apart it reads on and names what is wrong in ``anomalies``; a message
without anomalies is written back octet by octet as it came. DTLS records are recognised, never opened.

::

    datagram ─▶ DtlsRecord                     the preamble says DTLS
             ├▶ Fragment ─▶ Reassembler ─▶ ┐   the F flag is set
             ├▶ ControlMessage             ◀┘   channel CONTROL (UDP 5246)
             └▶ DataPacket                     channel DATA (UDP 5247)
"""

import struct
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum

from campus.errors import CampusError
from collectors.capwap import elements
from collectors.capwap.shapes import Element

_PREAMBLE_DTLS = 1
_HEADER, _CONTROL, _ELEMENT = struct.Struct("!IHH"), struct.Struct("!IBHB"), struct.Struct("!HH")
_DTLS_HEADER = 4
_T, _F, _L, _W, _M, _K, _RESERVED = 0x100, 0x80, 0x40, 0x20, 0x10, 0x08, 0x07
_UNCOUNTED = 3
"""Message Element Length counts from behind the sequence number: itself and the flags too."""
BINDING_80211 = 1

DISCOVERY_REQUEST, DISCOVERY_RESPONSE = 1, 2

_REQUESTS = (
    *("Discovery", "Join", "Configuration Status", "Configuration Update", "WTP Event", "Change State Event", "Echo"),
    *("Image Data", "Reset", "Primary Discovery", "Data Transfer", "Clear Configuration", "Station Configuration"),
)
# What a message must hold (RFC 5415 §5.1, §5.2; RFC 5416 §5): one element of each row.
_MANDATORY: Mapping[int, Collection[frozenset[int]]] = {
    DISCOVERY_REQUEST: tuple(frozenset({kind}) for kind in (20, 38, 39, 41, 44, 1048)),
    DISCOVERY_RESPONSE: (frozenset({1}), frozenset({4}), frozenset({10, 11}), frozenset({1048})),
}


class CapwapError(CampusError):
    """Octets from outside are not CAPWAP. The codec, the reassembler and the reader of captures raise nothing else."""


class Channel(IntEnum):
    """The two channels, by their UDP ports."""

    CONTROL = 5246
    DATA = 5247


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the payload (§4.3). ``radio_mac`` and ``wireless`` are absent where empty."""

    radio: int = 0
    binding: int = BINDING_80211
    radio_mac: bytes = b""
    wireless: bytes = b""
    native: bool = False
    keep_alive: bool = False


@dataclass(frozen=True, slots=True)
class ControlMessage:
    """A control message (§4.5); ``truncated`` = some elements announced were not there."""

    kind: int
    sequence: int
    elements: tuple[Element, ...] = ()
    header: Header = Header()
    anomalies: tuple[str, ...] = field(default=(), compare=False)
    truncated: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class DataPacket:
    """What came over the data channel in clear (§4.4): a frame of a station, or a keep-alive of the WTP."""

    payload: bytes
    header: Header = Header()
    anomalies: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a message (§3.4): ``offset`` in octets, a multiple of 8."""

    id: int
    offset: int
    last: bool
    payload: bytes
    header: Header = Header()
    anomalies: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class DtlsRecord:
    """What is encrypted: the octets behind the CAPWAP DTLS header (§4.2)."""

    payload: bytes


Message = ControlMessage | DataPacket | Fragment | DtlsRecord


def name_of(kind: int) -> str:
    """Give the RFC's name of a control message (§4.5.1.1), or its number; requests are odd, responses even."""
    if 1 <= kind <= 2 * len(_REQUESTS):
        return f"{_REQUESTS[(kind - 1) // 2]} {'Request' if kind % 2 else 'Response'}"
    return f"message {kind}"


# ── reading ──────────────────────────────────────────────────────────────────────────────────────────────────


def decode(datagram: bytes, channel: Channel = Channel.CONTROL) -> Message:
    """Read one datagram of ``channel``.

    Raises:
        CapwapError: too short, another version or type, or a header that does not fit.
    """
    if not datagram:
        raise CapwapError("an empty datagram")
    version, kind = datagram[0] >> 4, datagram[0] & 0x0F
    if version or kind > _PREAMBLE_DTLS:
        raise CapwapError(f"version {version}, preamble type {kind}: not CAPWAP as RFC 5415 has it")
    if kind == _PREAMBLE_DTLS:
        if len(datagram) < _DTLS_HEADER:
            raise CapwapError("ends inside the DTLS header")
        return DtlsRecord(datagram[_DTLS_HEADER:])
    return _behind_header(datagram, channel)


def _behind_header(datagram: bytes, channel: Channel) -> Message:
    if len(datagram) < _HEADER.size:
        raise CapwapError("ends inside the header")
    word, fragment_id, offset = _HEADER.unpack_from(datagram)
    end = (word >> 19 & 0x1F) * 4
    if not _HEADER.size <= end <= len(datagram):
        raise CapwapError(f"a header of {end} octets in a datagram of {len(datagram)}")
    odd: list[str] = []
    header = _header(word, datagram[_HEADER.size : end], odd)
    if word & _RESERVED or offset & 0x07:
        odd.append("reserved bits of the header are set")
    payload = datagram[end:]
    if word & _F:
        return Fragment(fragment_id, offset & 0xFFF8, bool(word & _L), payload, header, tuple(odd))
    if word & _L or fragment_id or offset & 0xFFF8:
        odd.append("fields of a fragment are set, but it is none")
    return whole(header, payload, channel, odd)


def whole(header: Header, payload: bytes, channel: Channel, odd: Collection[str] = ()) -> ControlMessage | DataPacket:
    """Read what stands behind the header of an unfragmented or reassembled message; ``odd`` are anomalies so far.

    Raises:
        CapwapError: it ends inside the control header.
    """
    if channel is Channel.DATA:
        return DataPacket(payload, header, tuple(odd))
    return _control(header, payload, list(odd))


def _header(word: int, options: bytes, odd: list[str]) -> Header:
    radio_mac = wireless = b""
    if word & _M:
        radio_mac, options = _option(options, "radio MAC", odd)
    if word & _W:
        wireless, options = _option(options, "wireless information", odd)
    if options:
        odd.append(f"{len(options)} octets of the header fit nowhere")
    return Header(word >> 14 & 0x1F, word >> 9 & 0x1F, radio_mac, wireless, bool(word & _T), bool(word & _K))


def _option(options: bytes, name: str, odd: list[str]) -> tuple[bytes, bytes]:
    """Take an option: a length octet, so many octets, and zeros up to a multiple of 4."""
    size = options[0] if options else 0
    end = _padded(1 + size)
    if not size or end > len(options):
        odd.append(f"the {name} is announced but not there")
        return b"", options
    if any(options[1 + size : end]):
        odd.append(f"the {name} is not padded with zeros")
    return options[1 : 1 + size], options[end:]


def _padded(size: int) -> int:
    return (size + 3) // 4 * 4


def _control(header: Header, payload: bytes, odd: list[str]) -> ControlMessage:
    if len(payload) < _CONTROL.size:
        raise CapwapError("ends inside the control header")
    kind, sequence, length, flags = _CONTROL.unpack_from(payload)
    end = _CONTROL.size - _UNCOUNTED + length
    if flags:
        odd.append("flags of the control header are set")
    if end < _CONTROL.size:
        odd.append(f"the element length {length} does not even count itself")
    if end < len(payload):
        odd.append(f"{len(payload) - max(end, _CONTROL.size)} octets behind the last element")
    found, cut = _elements(payload[_CONTROL.size : max(end, _CONTROL.size)], odd)
    truncated = cut or end > len(payload)
    if truncated:
        odd.append("ends before its last element does")
    odd += (anomaly for element in found for anomaly in elements.anomalies(element))
    odd += _missing(kind, found)
    return ControlMessage(kind, sequence, found, header, tuple(odd), truncated)


def _elements(data: bytes, odd: list[str]) -> tuple[tuple[Element, ...], bool]:
    """Read elements to the end; ``True`` = the last one is cut off, and left out."""
    found: list[Element] = []
    at = 0
    while at + _ELEMENT.size <= len(data):
        kind, size = _ELEMENT.unpack_from(data, at)
        start = at + _ELEMENT.size
        at = start + size
        if at > len(data):
            odd.append(f"{elements.name_of(kind)} reaches beyond the message")
            return tuple(found), True
        found.append(elements.read(kind, data[start:at]))
    return tuple(found), at < len(data)


def _missing(kind: int, found: Collection[Element]) -> Iterator[str]:
    there = {elements.type_of(element) for element in found}
    for either in _MANDATORY.get(kind, ()):
        if not either & there:
            yield f"{' or '.join(elements.name_of(one) for one in sorted(either))} is missing"


# ── writing ──────────────────────────────────────────────────────────────────────────────────────────────────


def encode(message: Message) -> bytes:
    """Write one datagram.

    Raises:
        struct.error: a number does not fit its field, or an element has more than 65535 octets.
    """
    if isinstance(message, DtlsRecord):
        return bytes((_PREAMBLE_DTLS, 0, 0, 0)) + message.payload
    if isinstance(message, DataPacket):
        return _write_header(message.header) + message.payload
    if isinstance(message, Fragment):
        flags = _F | (_L if message.last else 0)
        return _write_header(message.header, flags, message.id, message.offset) + message.payload
    return _write_header(message.header) + _write_control(message)


def _write_header(header: Header, flags: int = 0, fragment_id: int = 0, offset: int = 0) -> bytes:
    options = b"".join(_write_option(one) for one in (header.radio_mac, header.wireless) if one)
    words = (_HEADER.size + len(options)) // 4
    flags |= _M if header.radio_mac else 0
    flags |= _W if header.wireless else 0
    flags |= _T if header.native else 0
    flags |= _K if header.keep_alive else 0
    return _HEADER.pack(words << 19 | header.radio << 14 | header.binding << 9 | flags, fragment_id, offset) + options


def _write_option(octets: bytes) -> bytes:
    return (bytes((len(octets),)) + octets).ljust(_padded(1 + len(octets)), b"\0")


def _write_control(message: ControlMessage) -> bytes:
    values = [(elements.type_of(element), elements.write(element)) for element in message.elements]
    body = b"".join(_ELEMENT.pack(kind, len(value)) + value for kind, value in values)
    return _CONTROL.pack(message.kind, message.sequence, len(body) + _UNCOUNTED, 0) + body


def split(message: ControlMessage | DataPacket, fragment_id: int, size: int) -> list[Fragment]:
    """Cut a message into fragments of ``size`` octets of payload, a multiple of 8 (RFC 5415 §3.4)."""
    payload = _write_control(message) if isinstance(message, ControlMessage) else message.payload
    starts = range(0, len(payload), size)
    pieces = [Fragment(fragment_id, at, last=False, payload=payload[at : at + size]) for at in starts]
    return [replace(one, last=one.offset + size >= len(payload), header=message.header) for one in pieces]
