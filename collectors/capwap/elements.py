"""What do CAPWAP message elements hold? One table, `FORMS`, both for reading and for writing.

RFC 5415 §4.6, RFC 5416 §6. An element that is not in the table, or too short for its form, stays a
`RawElement`; octets that a form has no place for are kept as its ``rest``. So each element is written back
exactly as it was read, and nothing in this module raises on foreign octets.
"""

import struct
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from collectors.capwap.shapes import (
    ENCRYPTION,
    PART,
    VENDOR_PART,
    AcDescriptor,
    AcName,
    AcNameWithPriority,
    BoardData,
    ControlIpv4,
    ControlIpv6,
    DiscoveryType,
    Element,
    Encryption,
    FrameTunnelMode,
    Known,
    MacType,
    MtuPadding,
    Part,
    RadioInformation,
    RawElement,
    VendorPart,
    VendorPayload,
    WtpDescriptor,
)

# ── lists behind the fixed fields ────────────────────────────────────────────────────────────────────────────


class _Short(Exception):
    """The octets end inside what the form needs."""


@dataclass(frozen=True, slots=True)
class _Tail:
    """Something of variable length: how to read it (value, octets left over), and how to write it."""

    read: Callable[[bytes], tuple[object, bytes]]
    write: Callable[..., bytes]


def _read_parts(data: bytes) -> tuple[tuple[Part, ...], bytes]:
    found: list[Part] = []
    while len(data) >= PART.size:
        kind, size = PART.unpack_from(data)
        if PART.size + size > len(data):
            break
        found.append(Part(kind, data[PART.size : PART.size + size]))
        data = data[PART.size + size :]
    return tuple(found), data


def _read_vendor_parts(data: bytes) -> tuple[tuple[VendorPart, ...], bytes]:
    found: list[VendorPart] = []
    while len(data) >= VENDOR_PART.size:
        vendor, kind, size = VENDOR_PART.unpack_from(data)
        if VENDOR_PART.size + size > len(data):
            break
        found.append(VendorPart(vendor, kind, data[VENDOR_PART.size : VENDOR_PART.size + size]))
        data = data[VENDOR_PART.size + size :]
    return tuple(found), data


def _read_encryptions(data: bytes) -> tuple[tuple[Encryption, ...], bytes]:
    """A count in one octet, then as many entries."""
    end = 1 + ENCRYPTION.size * data[0] if data else 1
    if end > len(data):
        raise _Short
    return tuple(Encryption(*entry) for entry in ENCRYPTION.iter_unpack(data[1:end])), data[end:]


def _write_encryptions(entries: Sequence[Encryption]) -> bytes:
    return bytes((len(entries),)) + b"".join(entry.octets() for entry in entries)


def _write_parts(parts: Sequence[Part | VendorPart]) -> bytes:
    return b"".join(part.octets() for part in parts)


_OCTETS = _Tail(lambda data: (data, b""), bytes)
_PARTS = _Tail(_read_parts, _write_parts)
_VENDOR_PARTS = _Tail(_read_vendor_parts, _write_parts)
_ENCRYPTIONS = _Tail(_read_encryptions, _write_encryptions)

# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Form:
    """One element: its name in the RFC, its class, the fixed fields, what follows them, and which values are sane."""

    name: str
    shape: type[Known]
    fixed: struct.Struct
    tails: tuple[_Tail, ...] = ()
    sane: Mapping[str, Container[object]] = field(default_factory=dict)

    def names(self) -> list[str]:
        """The names of the shape's fields in the order of the wire."""
        return [one.name for one in fields(self.shape) if one.name != "rest"]


_BITS_2_4 = range(2, 8, 2)

FORMS: Mapping[int, Form] = {
    1: Form(
        "AC Descriptor",
        AcDescriptor,
        struct.Struct("!4H4B"),
        (_VENDOR_PARTS,),
        {"security": _BITS_2_4, "r_mac": (1, 2), "reserved": (0,), "dtls_policy": _BITS_2_4},
    ),
    4: Form("AC Name", AcName, struct.Struct("!"), (_OCTETS,)),
    5: Form("AC Name With Priority", AcNameWithPriority, struct.Struct("!B"), (_OCTETS,)),
    10: Form("CAPWAP Control IPv4 Address", ControlIpv4, struct.Struct("!4sH")),
    11: Form("CAPWAP Control IPv6 Address", ControlIpv6, struct.Struct("!16sH")),
    20: Form("Discovery Type", DiscoveryType, struct.Struct("!B"), (), {"how": range(5)}),
    37: Form("Vendor Specific Payload", VendorPayload, struct.Struct("!IH"), (_OCTETS,)),
    38: Form("WTP Board Data", BoardData, struct.Struct("!I"), (_PARTS,)),
    39: Form("WTP Descriptor", WtpDescriptor, struct.Struct("!BB"), (_ENCRYPTIONS, _VENDOR_PARTS)),
    41: Form("WTP Frame Tunnel Mode", FrameTunnelMode, struct.Struct("!B"), (), {"modes": range(2, 16, 2)}),
    44: Form("WTP MAC Type", MacType, struct.Struct("!B"), (), {"mac": range(3)}),
    52: Form("MTU Discovery Padding", MtuPadding, struct.Struct("!"), (_OCTETS,)),
    1048: Form(
        "IEEE 802.11 WTP Radio Information",
        RadioInformation,
        struct.Struct("!BI"),
        (),
        {"radio": range(1, 32), "types": range(1, 16)},
    ),
}
_TYPES = {form.shape: kind for kind, form in FORMS.items()}


def type_of(element: Element) -> int:
    """Give the number that an element has on the wire."""
    return element.type if isinstance(element, RawElement) else _TYPES[type(element)]


def name_of(kind: int) -> str:
    """Give the RFC's name of an element, or its number."""
    return FORMS[kind].name if kind in FORMS else f"element {kind}"


def read(kind: int, value: bytes) -> Element:
    """Read the value of an element of type ``kind``."""
    form = FORMS.get(kind)
    if form is None or len(value) < form.fixed.size:
        return RawElement(kind, value)
    given: list[object] = list(form.fixed.unpack_from(value))
    rest = value[form.fixed.size :]
    try:
        for tail in form.tails:
            found, rest = tail.read(rest)
            given.append(found)
    except _Short:
        return RawElement(kind, value)
    return form.shape(**dict(zip(form.names(), given, strict=True)), rest=rest)


def write(element: Element) -> bytes:
    """Write the value of an element.

    Raises:
        struct.error: a number does not fit its field.
    """
    if isinstance(element, RawElement):
        return element.value
    form = FORMS[type_of(element)]
    given = [getattr(element, name) for name in form.names()]
    fixed = len(given) - len(form.tails)
    tails = (tail.write(value) for tail, value in zip(form.tails, given[fixed:], strict=True))
    return form.fixed.pack(*given[:fixed]) + b"".join(tails) + element.rest


def anomalies(element: Element) -> Iterator[str]:
    """Say what an element breaks of its RFC; real controllers break some."""
    if isinstance(element, RawElement):
        if element.type in FORMS:
            yield f"{name_of(element.type)}: {len(element.value)} octets are too few"
        return
    form = FORMS[type_of(element)]
    if element.rest:
        yield f"{form.name}: {len(element.rest)} octets at its end fit nowhere"
    for name, sane in form.sane.items():
        if getattr(element, name) not in sane:
            yield f"{form.name}: {name} is {getattr(element, name)}"
