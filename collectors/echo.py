"""What does an echo look like on the wire, and what did the answers tell? Pure."""

import socket
import statistics
import struct
from dataclasses import dataclass
from typing import Protocol

_HEADER = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence number: RFC 792, RFC 4443 §4.1
_REQUEST = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY = {socket.AF_INET: 0, socket.AF_INET6: 129}


@dataclass(frozen=True, slots=True)
class Echo:
    """What ``sent`` echoes to one address gave: the round trips in seconds of those that were answered."""

    sent: int
    rtts: tuple[float, ...]

    @property
    def up(self) -> bool:
        """Whether any echo was answered."""
        return bool(self.rtts)

    @property
    def loss_ratio(self) -> float:
        """The share of echoes that were not answered."""
        return 1 - len(self.rtts) / self.sent

    @property
    def rtt_s(self) -> float | None:
        """The median round trip; ``None`` where nothing was answered."""
        return statistics.median(self.rtts) if self.rtts else None


class Frame(Protocol):
    """How a payload travels over one kind of socket."""

    def wrap(self, payload: bytes) -> bytes:
        """Make a request."""
        ...

    def unwrap(self, packet: bytes) -> bytes | None:
        """Give the payload of an answer; ``None`` where the packet is something else."""
        ...


class PlainFrame:
    """The payload is the datagram, as UDP echo has it (RFC 862)."""

    def wrap(self, payload: bytes) -> bytes:
        """Give the payload as it is."""
        return payload

    def unwrap(self, packet: bytes) -> bytes | None:
        """Give the datagram as it is."""
        return packet


@dataclass(frozen=True, slots=True)
class IcmpFrame:
    """ICMP echo (RFC 792, RFC 4443 §4); the sequence number is the payload's last two octets.

    A ``raw`` socket hands over everybody's packets, and for IPv4 their headers too; on the others the kernel
    hands over what carries ``identifier`` only.
    """

    family: socket.AddressFamily
    identifier: int
    raw: bool

    def wrap(self, payload: bytes) -> bytes:
        """Make an echo request. The kernel fills in the checksum of ICMPv6, which covers the addresses."""
        sequence = int.from_bytes(payload[-2:], "big")
        blank = _HEADER.pack(_REQUEST[self.family], 0, 0, self.identifier, sequence) + payload
        return blank[:2] + checksum(blank).to_bytes(2, "big") + blank[4:]

    def unwrap(self, packet: bytes) -> bytes | None:
        """Give the payload of an echo reply to this socket whose sequence number fits; else ``None``."""
        has_ip_header = self.raw and self.family == socket.AF_INET and packet
        icmp = packet[(packet[0] & 0x0F) * 4 :] if has_ip_header else packet
        if len(icmp) < _HEADER.size:
            return None
        kind, code, _, identifier, sequence = _HEADER.unpack_from(icmp)
        payload = icmp[_HEADER.size :]
        told = (kind, code, identifier, sequence.to_bytes(2, "big"))
        return payload if told == (_REPLY[self.family], 0, self.identifier, payload[-2:]) else None


def checksum(data: bytes) -> int:
    """Give the Internet checksum (RFC 1071) of ``data``."""
    total = sum(data[0::2]) * 256 + sum(data[1::2])
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
