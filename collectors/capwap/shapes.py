"""Which CAPWAP message elements have a shape of their own, and what do their fields mean?

RFC 5415 §4.6, RFC 5416 §6; `collectors.capwap.elements` reads and writes them.
"""

import ipaddress
import struct
from dataclasses import dataclass

PART, VENDOR_PART, ENCRYPTION = struct.Struct("!HH"), struct.Struct("!IHH"), struct.Struct("!BH")
"""What stands before the data of a `Part` and a `VendorPart`, and the whole of an `Encryption`."""

MODEL, SERIAL, BASE_MAC = 0, 1, 4
"""Types of the parts of `BoardData`."""
WTP_HARDWARE, WTP_SOFTWARE, WTP_BOOT = 0, 1, 2
"""Types of the parts of `WtpDescriptor`."""
AC_HARDWARE, AC_SOFTWARE = 4, 5
"""Types of the parts of `AcDescriptor`."""


@dataclass(frozen=True, slots=True)
class RawElement:
    """An element as it came: one that we have no form for, or that does not fit its form."""

    type: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of `BoardData`."""

    type: int
    data: bytes

    def octets(self) -> bytes:
        """Write it."""
        return PART.pack(self.type, len(self.data)) + self.data


@dataclass(frozen=True, slots=True)
class VendorPart:
    """One piece of a descriptor, in the words of ``vendor`` (IANA enterprise number; Cisco shifts its OUI)."""

    vendor: int
    type: int
    data: bytes

    def octets(self) -> bytes:
        """Write it."""
        return VENDOR_PART.pack(self.vendor, self.type, len(self.data)) + self.data


@dataclass(frozen=True, slots=True)
class Encryption:
    """What a WTP can encrypt for one wireless binding; the upper three bits of ``binding`` are reserved."""

    binding: int
    capabilities: int

    def octets(self) -> bytes:
        """Write it."""
        return ENCRYPTION.pack(self.binding, self.capabilities)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An element of the table; ``rest`` are octets behind what its form can read."""

    rest: bytes = b""


@dataclass(frozen=True, slots=True)
class AcDescriptor(Known):
    """Load and limits of an AC (RFC 5415 §4.6.1). The counts are what the AC says, which may be a setting."""

    stations: int
    station_limit: int
    wtps: int
    wtp_limit: int
    security: int
    r_mac: int
    reserved: int
    dtls_policy: int
    parts: tuple[VendorPart, ...] = ()


@dataclass(frozen=True, slots=True)
class AcName(Known):
    """The name of an AC (§4.6.4), as octets: not all are UTF-8."""

    name: bytes


@dataclass(frozen=True, slots=True)
class AcNameWithPriority(Known):
    """An AC that a WTP should join, 1 first (§4.6.5)."""

    priority: int
    name: bytes


@dataclass(frozen=True, slots=True)
class ControlIpv4(Known):
    """A control address of the AC, 4 octets, and how many WTPs use it (§4.6.9)."""

    address: bytes
    wtps: int


@dataclass(frozen=True, slots=True)
class ControlIpv6(Known):
    """A control address of the AC, 16 octets, and how many WTPs use it (§4.6.10)."""

    address: bytes
    wtps: int


@dataclass(frozen=True, slots=True)
class DiscoveryType(Known):
    """How the WTP came to ask this AC (§4.6.21): 0 unknown, 1 static, 2 DHCP, 3 DNS, 4 referral."""

    how: int


@dataclass(frozen=True, slots=True)
class VendorPayload(Known):
    """What a vendor adds (§4.6.39)."""

    vendor: int
    id: int
    data: bytes


@dataclass(frozen=True, slots=True)
class BoardData(Known):
    """What a WTP is (§4.6.40): model and serial at least."""

    vendor: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class WtpDescriptor(Known):
    """What a WTP can do and runs (§4.6.41)."""

    radio_limit: int
    radios: int
    encryptions: tuple[Encryption, ...]
    parts: tuple[VendorPart, ...]


@dataclass(frozen=True, slots=True)
class FrameTunnelMode(Known):
    """How a WTP tunnels frames (§4.6.43), as bits."""

    modes: int


@dataclass(frozen=True, slots=True)
class MacType(Known):
    """Which MAC a WTP has (§4.6.44): 0 local, 1 split, 2 both."""

    mac: int


@dataclass(frozen=True, slots=True)
class MtuPadding(Known):
    """Filling by which a WTP finds its path's MTU (RFC 5415 §4.6.32)."""

    padding: bytes


@dataclass(frozen=True, slots=True)
class RadioInformation(Known):
    """Which 802.11 a radio speaks (RFC 5416 §6.25): 1 = b, 2 = a, 4 = g, 8 = n, added."""

    radio: int
    types: int


Element = Known | RawElement


def text(octets: bytes) -> str:
    """Read a name: UTF-8, else GB18030 as on Chinese gear, else UTF-8 with marks for what is neither."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return octets.decode(encoding)
        except UnicodeDecodeError:
            continue
    return octets.decode(errors="replace")


def address_text(element: ControlIpv4 | ControlIpv6) -> str:
    """Write a control address as people do."""
    return str(ipaddress.ip_address(element.address))
