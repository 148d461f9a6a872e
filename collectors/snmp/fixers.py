"""How does an odd cell become a plain value? The closed list of fixers that profiles may name.

A fixer gives ``None`` for what says nothing: an empty text, an all-zero MAC, a broadcast address.
"""

import ipaddress
import math
import re
from collections.abc import Callable, Mapping

Fixed = int | float | str | tuple[float, ...]
"""A cell after its fixer."""

_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")
_NO_MAC = frozenset({b"\x00" * 6, b"\xff" * 6})
_NO_IP = frozenset({"0.0.0.0", "255.255.255.255", "::"})  # noqa: S104  (addresses that devices use for "none")


def text(value: object) -> str | None:
    """UTF-8, else GB18030 (AP locations in Chinese firmware); NULs and blanks at the ends are dropped."""
    decoded = _decoded(value) if isinstance(value, bytes) else value
    return decoded.strip("\x00 \t\r\n") or None if isinstance(decoded, str) else None


def _decoded(octets: bytes) -> str:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("gb18030", errors="replace")


def mac(value: object) -> str | None:
    """Six octets as lower-case text with colons; all zero and all one say that there is none."""
    if not isinstance(value, bytes) or len(value) != 6 or value in _NO_MAC:
        return None
    return value.hex(":")


def ip(value: object) -> str | None:
    """Four or sixteen octets as text."""
    if not isinstance(value, bytes) or len(value) not in {4, 16}:
        return None
    address = str(ipaddress.ip_address(value))
    return None if address in _NO_IP else address


def numbers(value: object) -> tuple[float, ...] | None:
    """Every number in a text: ``16,13,10`` (transmit powers by level)."""
    words = _NUMBER.findall(text(value) or "")
    return tuple(map(float, words)) or None


def number(value: object) -> float | None:
    """The first number in a text: ``58.000000 C``."""
    if isinstance(value, int | float):
        return value
    found = numbers(value)
    return found[0] if found else None


def dhms(value: object) -> float | None:
    """``days:hours:minutes:seconds`` as seconds."""
    parts = (text(value) or "").split(":")
    if len(parts) != 4 or not all(part.isdigit() for part in parts):
        return None
    days, hours, minutes, seconds = map(int, parts)
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds


def uint32(value: object) -> int | None:
    """A size beyond 2^31 that the MIB's signed type turned negative."""
    return value % 2**32 if isinstance(value, int) else None


def minus(value: object) -> float | None:
    """A level in dBm that the device sends without its sign."""
    return -abs(value) if isinstance(value, int | float) else None


def band(value: object) -> str | None:
    """The band of a channel number below 6 GHz."""
    if not isinstance(value, int):
        return None
    if 1 <= value <= 14:
        return "2.4"
    return "5" if 32 <= value <= 177 else None


def mw_dbm(value: object) -> float | None:
    """Milliwatts as dBm."""
    return 10 * math.log10(value) if isinstance(value, int | float) and value > 0 else None


BY_NAME: Mapping[str, Callable[[object], Fixed | None]] = {
    "text": text,
    "mac": mac,
    "ip": ip,
    "number": number,
    "numbers": numbers,
    "dhms": dhms,
    "uint32": uint32,
    "minus": minus,
    "band": band,
    "mw_dbm": mw_dbm,
}
