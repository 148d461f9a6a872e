"""How does a device of the lab answer one SNMP v2c datagram? (RFC 3416 section 4.2)

Bytes in, bytes or silence out. A wrong community, another version, a write and octets that are no SNMP are
met with silence, as by the agents of most controllers.
"""

from collections.abc import Iterator

from lab import ber
from lab.ber import Oid, Request
from lab.h3c import controller
from lab.host import HOST
from lab.mib import Snapshot, Table
from lab.plan import Device
from lab.standard import CHASSIS, LLDP, STANDARD

REPLY_LIMIT = 1472
"""Octets of the largest reply: one Ethernet frame without fragments."""
_LENGTHS = 6
"""Octets by which the outer length fields grow when the list of bindings is no longer empty."""
_TOO_BIG = 1


def tables(device: Device) -> tuple[Table, ...]:
    """Give the tables that a device holds."""
    own = {"ac": CHASSIS + controller(device.arc), "switch": CHASSIS + LLDP, "host": HOST}
    return STANDARD + own[device.kind]


def answer(datagram: bytes, snapshot: Snapshot, community: bytes) -> bytes | None:
    """Give the reply to a datagram; ``None`` = say nothing."""
    try:
        request = ber.decode(datagram)
    except ber.Garbled:
        return None
    if request.version != ber.V2C or request.community != community:
        return None
    match request.kind:
        case ber.GET:
            return _whole(request, [_get(snapshot, oid) for oid in request.oids])
        case ber.GET_NEXT:
            return _whole(request, [_next(snapshot, oid)[1] for oid in request.oids])
        case ber.GET_BULK:
            return _trimmed(request, _repeated(request, snapshot))
        case _:
            return None


def _get(snapshot: Snapshot, oid: Oid) -> bytes:
    cell = snapshot.get(oid)
    if cell is None:
        return ber.bind(oid, ber.NO_SUCH_INSTANCE if snapshot.holds(oid) else ber.NO_SUCH_OBJECT, None)
    return ber.bind(*cell)


def _next(snapshot: Snapshot, oid: Oid) -> tuple[Oid, bytes]:
    cell = snapshot.following(oid)
    return (oid, ber.bind(oid, ber.END_OF_MIB_VIEW, None)) if cell is None else (cell.oid, ber.bind(*cell))


def _repeated(request: Request, snapshot: Snapshot) -> Iterator[bytes]:
    once = max(0, request.first)
    for oid in request.oids[:once]:
        yield _next(snapshot, oid)[1]
    oids = request.oids[once:]
    for _ in range(max(0, request.second)):
        found = [_next(snapshot, oid) for oid in oids]
        yield from (bound for _, bound in found)
        following = tuple(oid for oid, _ in found)
        if following == oids:
            return
        oids = following


def _whole(request: Request, binds: list[bytes]) -> bytes:
    reply = ber.encode(request, binds)
    return reply if len(reply) <= REPLY_LIMIT else ber.encode(request, (), _TOO_BIG)


def _trimmed(request: Request, binds: Iterator[bytes]) -> bytes:
    """As many bindings as were asked for and fit; where not even one fits, tooBig."""
    room = REPLY_LIMIT - len(ber.encode(request, ())) - _LENGTHS
    fitting: list[bytes] = []
    for bound in binds:
        room -= len(bound)
        if room < 0:
            return ber.encode(request, fitting, 0 if fitting else _TOO_BIG)
        fitting.append(bound)
    return ber.encode(request, fitting)
