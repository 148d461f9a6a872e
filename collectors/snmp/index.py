"""Which row is this? Decodes the instance part of an OID by the index that a profile names (RFC 2578 §7.7).

``string`` and ``mac_counted`` carry their length first, ``mac`` and ``ip`` are plain sub-ids of fixed number,
``string_implied`` and ``rest`` take what is left.
"""

from collections.abc import Callable, Mapping, Sequence

from collectors.snmp import fixers

Part = int | str
Taken = tuple[Part, Sequence[int]]


class _Unfit(Exception):
    """The sub-ids do not fit the index."""


def decode(arcs: Sequence[int], index: Sequence[tuple[str, str]]) -> dict[str, Part] | None:
    """Read the sub-ids of one row as named index parts; ``None`` if they do not fit or something is left over."""
    parts: dict[str, Part] = {}
    try:
        for name, kind in index:
            parts[name], arcs = _TAKE[kind](arcs)
    except _Unfit:
        return None
    return None if arcs else parts


def _octets(arcs: Sequence[int], count: int) -> tuple[bytes, Sequence[int]]:
    if len(arcs) < count or any(arc > 255 for arc in arcs[:count]):
        raise _Unfit
    return bytes(arcs[:count]), arcs[count:]


def _counted(arcs: Sequence[int]) -> tuple[bytes, Sequence[int]]:
    if not arcs:
        raise _Unfit
    return _octets(arcs[1:], arcs[0])


def _integer(arcs: Sequence[int]) -> Taken:
    if not arcs:
        raise _Unfit
    return arcs[0], arcs[1:]


def _mac_of(octets: bytes) -> str:
    address = fixers.mac(octets)
    if address is None:
        raise _Unfit
    return address


def _mac(arcs: Sequence[int]) -> Taken:
    octets, rest = _octets(arcs, 6)
    return _mac_of(octets), rest


def _mac_counted(arcs: Sequence[int]) -> Taken:
    octets, rest = _counted(arcs)
    return _mac_of(octets), rest


def _ip(arcs: Sequence[int]) -> Taken:
    octets, rest = _octets(arcs, 4)
    return ".".join(map(str, octets)), rest


def _string(arcs: Sequence[int]) -> Taken:
    octets, rest = _counted(arcs)
    return _text(octets), rest


def _string_implied(arcs: Sequence[int]) -> Taken:
    octets, rest = _octets(arcs, len(arcs))
    return _text(octets), rest


def _text(octets: bytes) -> str:
    found = fixers.text(octets)
    if found is None:
        raise _Unfit
    return found


def _rest(arcs: Sequence[int]) -> Taken:
    return ".".join(map(str, arcs)), ()


_TAKE: Mapping[str, Callable[[Sequence[int]], Taken]] = {
    "integer": _integer,
    "mac": _mac,
    "mac_counted": _mac_counted,
    "ip": _ip,
    "string": _string,
    "string_implied": _string_implied,
    "rest": _rest,
}
