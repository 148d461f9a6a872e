"""How does a controller of the lab answer a CAPWAP Discovery Request? (RFC 5415 sections 5.1 and 5.2)

A second opinion on purpose: it shares no line with the collectors' codec. Bytes in, bytes or silence out; it
answers a whole Discovery Request and nothing else, as the strictest controllers do, with the same counts that
the agent tells over SNMP.
"""

from lab.model import Moment
from lab.plan import AP_LIMIT, STATION_LIMIT, Device

PORT = 5246
_REQUEST, _RESPONSE = 1, 2
_VENDOR = 25506
_MANDATORY = frozenset({20, 38, 39, 41, 44, 1048})
_PRE_SHARED_KEY, _RADIO_MAC, _CLEAR_DATA = 4, 1, 2
_RADIOS = ((1, 0x0A), (2, 0x0D))
"""Radio 1 speaks 802.11 a and n, radio 2 speaks b, g and n."""


def answer(datagram: bytes, moment: Moment, device: Device, address: str) -> bytes | None:
    """Give the Discovery Response of a controller at ``address``; ``None`` = say nothing."""
    asked = _asked(datagram)
    if asked is None:
        return None
    sequence, binding = asked
    body = b"".join(_element(kind, value) for kind, value in _elements(moment, device, address))
    control = _u(4, _RESPONSE) + _u(1, sequence) + _u(2, len(body) + 3) + b"\0"
    return bytes((0, 2 << 3, binding << 1, 0)) + bytes(4) + control + body


def _asked(datagram: bytes) -> tuple[int, int] | None:
    """Give sequence number and wireless binding of a whole Discovery Request."""
    if len(datagram) < 16 or datagram[0] != 0 or datagram[3] & 0x80:
        return None
    at = (datagram[1] >> 3) * 4
    control = datagram[at : at + 8]
    if at < 8 or len(control) < 8 or int.from_bytes(control[:4], "big") != _REQUEST:
        return None
    body = datagram[at + 8 :]
    if int.from_bytes(control[5:7], "big") != len(body) + 3 or not _kinds(body) >= _MANDATORY:
        return None
    return control[4], datagram[2] >> 1 & 0x1F


def _kinds(body: bytes) -> set[int]:
    """Name the elements; none of a body in which one reaches beyond the end."""
    found: set[int] = set()
    while body:
        found.add(int.from_bytes(body[:2], "big"))
        size = 4 + int.from_bytes(body[2:4], "big")
        if len(body) < size:
            return set()
        body = body[size:]
    return found


def _elements(moment: Moment, device: Device, address: str) -> list[tuple[int, bytes]]:
    states = moment.ap_states(device)
    connected = sum(state.connected for state in states)
    counts = (sum(state.stations for state in states), STATION_LIMIT, connected, AP_LIMIT)
    load = b"".join(_u(2, count) for count in counts) + bytes((_PRE_SHARED_KEY, _RADIO_MAC, 0, _CLEAR_DATA))
    load += _version(4, "LAB-AC") + _version(5, "Release LAB")
    here = bytes(map(int, address.split("."))) + _u(2, connected)
    radios = [(1048, _u(1, number) + _u(4, modes)) for number, modes in _RADIOS]
    return [(1, load), (4, device.zh.encode()), *radios, (10, here)]


def _version(kind: int, text: str) -> bytes:
    return _u(4, _VENDOR) + _element(kind, text.encode())


def _element(kind: int, value: bytes) -> bytes:
    return _u(2, kind) + _u(2, len(value)) + value


def _u(size: int, number: int) -> bytes:
    return number.to_bytes(size, "big")
