"""CAPWAP datagrams octet by octet, and what they say: read and written from this one table.

V1 to V4 were made by an encoder of their own and dissected by tshark; V5 to V7 are what two open-source
controllers answered (openCAPWAP; actube in two of its modes).
"""

from dataclasses import dataclass

from collectors.capwap.codec import ControlMessage, Fragment, Header, Message
from collectors.capwap.shapes import (
    AcDescriptor,
    AcName,
    BoardData,
    ControlIpv4,
    ControlIpv6,
    DiscoveryType,
    Encryption,
    FrameTunnelMode,
    MacType,
    Part,
    RadioInformation,
    VendorPart,
    VendorPayload,
    WtpDescriptor,
)

PROBE_MAC = bytes.fromhex("0200c0ffee01")
REQUEST = (
    DiscoveryType(0),
    BoardData(0, (Part(0, b"PROBE1"), Part(1, b"SN000001"), Part(4, PROBE_MAC))),
    WtpDescriptor(
        1, 0, (Encryption(1, 0),), (VendorPart(0, 0, b"hw1"), VendorPart(0, 1, b"sw1"), VendorPart(0, 2, b"bt1"))
    ),
    FrameTunnelMode(4),
    MacType(2),
    RadioInformation(1, 15),
)
REQUEST_OCTETS = (
    "00000001 07 006e 00 0014 0001 00 0026 0024 00000000 0000 0006 50524f424531 0001 0008 534e303030303031"
    "0004 0006 0200c0ffee01 0027 0027 01 00 01 01 0000 00000000 0000 0003 687731 00000000 0001 0003 737731"
    "00000000 0002 0003 627431 0029 0001 04 002c 0001 02 0418 0005 01 0000000f"
)
FIRST_HALF, SECOND_HALF = bytes.fromhex(REQUEST_OCTETS)[:56], bytes.fromhex(REQUEST_OCTETS)[56:]


@dataclass(frozen=True, slots=True)
class Vector:
    """One datagram: its octets, what it says, and what is odd about it."""

    octets: bytes
    message: Message
    anomalies: tuple[str, ...] = ()


def vector(octets: str, message: Message, *anomalies: str) -> Vector:
    return Vector(bytes.fromhex(octets), message, anomalies)


VECTORS = {
    "V1 request": vector("00100200 0000 0000" + REQUEST_OCTETS, ControlMessage(1, 7, REQUEST)),
    "V2 request with the radio's MAC": vector(
        "00200210 0000 0000 06 0200c0ffee01 00" + REQUEST_OCTETS,
        ControlMessage(1, 7, REQUEST, Header(radio_mac=PROBE_MAC)),
    ),
    "V3 first fragment": vector(
        "00100280 0005 0000" + FIRST_HALF.hex(), Fragment(5, 0, last=False, payload=FIRST_HALF)
    ),
    "V3 last fragment": vector(
        "001002c0 0005 0038" + SECOND_HALF.hex(), Fragment(5, 56, last=True, payload=SECOND_HALF)
    ),
    "V4 rich response": vector(
        "00100200000000000000000207008a000001002a04d2100000bb010006010006000063a20004000757583335343058000063a2"
        "00050007372e312e3036340004000de69599e5ada6e6a5bc41432d3104180005010000000d04180005020000000a000a0006c0"
        "00020a0064000a0006c000020b0057000b001220010db8000000000000000000000010000000250008000063a200070102",
        ControlMessage(
            2,
            7,
            (
                AcDescriptor(
                    1234,
                    4096,
                    187,
                    256,
                    6,
                    1,
                    0,
                    6,
                    (VendorPart(25506, 4, b"WX3540X"), VendorPart(25506, 5, b"7.1.064")),
                ),
                AcName("教学楼AC-1".encode()),
                RadioInformation(1, 13),
                RadioInformation(2, 10),
                ControlIpv4(bytes((192, 0, 2, 10)), 100),
                ControlIpv4(bytes((192, 0, 2, 11)), 87),
                ControlIpv6(bytes.fromhex("20010db8000000000000000000000010"), 0),
                VendorPayload(25506, 7, b"\1\2"),
            ),
        ),
    ),
    "V5 answer of openCAPWAP": vector(
        "0010020000000000000000020700480000010024000000c80000000f000200020000ff98000400040012dac80000ff980005"
        "00040031b29800040006204d79204143000a0006c00002010000041800050000000000",
        ControlMessage(
            2,
            7,
            (
                AcDescriptor(
                    0,
                    200,
                    0,
                    15,
                    0,
                    2,
                    0,
                    2,
                    (VendorPart(65432, 4, bytes.fromhex("0012dac8")), VendorPart(65432, 5, bytes.fromhex("0031b298"))),
                ),
                AcName(b" My AC"),
                ControlIpv4(bytes((192, 0, 2, 1)), 0),
                RadioInformation(0, 0),
            ),
        ),
        "AC Descriptor: security is 0",
        "IEEE 802.11 WTP Radio Information: radio is 0",
        "IEEE 802.11 WTP Radio Information: types is 0",
    ),
    "V6 answer of actube": vector(
        "001000000000000000000002070047000001002a000003e8000200c8020000010000000000040007302e302e302e31000000"
        "0000050007302e302e302e31000400086163747562655f58000a00067f0000010000",
        ControlMessage(
            2,
            7,
            (
                AcDescriptor(0, 1000, 2, 200, 2, 0, 0, 1, (VendorPart(0, 4, b"0.0.0.1"), VendorPart(0, 5, b"0.0.0.1"))),
                AcName(b"actube_X"),
                ControlIpv4(bytes((127, 0, 0, 1)), 0),
            ),
            Header(binding=0),
        ),
        "AC Descriptor: r_mac is 0",
        "AC Descriptor: dtls_policy is 1",
        "IEEE 802.11 WTP Radio Information is missing",
    ),
    "V7 answer of actube to a Cisco WTP": vector(
        "001000000000000000000002040050000001002a000003e8000200c8020000010000000000040007302e302e302e31000000"
        "0000050007302e302e302e31000400086163747562655f58000a00067f0000010000041800050000000005",
        ControlMessage(
            2,
            4,
            (
                AcDescriptor(0, 1000, 2, 200, 2, 0, 0, 1, (VendorPart(0, 4, b"0.0.0.1"), VendorPart(0, 5, b"0.0.0.1"))),
                AcName(b"actube_X"),
                ControlIpv4(bytes((127, 0, 0, 1)), 0),
                RadioInformation(0, 5),
            ),
            Header(binding=0),
        ),
        "AC Descriptor: r_mac is 0",
        "AC Descriptor: dtls_policy is 1",
        "IEEE 802.11 WTP Radio Information: radio is 0",
    ),
}
