"""How do SNMP v1 and v2c messages look on the wire, and what does an answer say?

RFC 1157 §4, RFC 3416 §3, RFC 1901. Sans-IO: octets in, a `Response` or `Malformed` out. PDUs are shared
with SNMPv3, which wraps them by `collectors.snmp.usm`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from collectors.snmp import ber
from collectors.snmp.ber import Malformed
from collectors.snmp.credential import Community
from collectors.snmp.walk import VarBind

GET, GET_NEXT, RESPONSE, GET_BULK, REPORT = 0xA0, 0xA1, 0xA2, 0xA5, 0xA8
V1, V2C, V3 = 0, 1, 3

TOO_BIG, NO_SUCH_NAME, GEN_ERR, NO_ACCESS, AUTHORIZATION_ERROR = 1, 2, 5, 6, 16
_STATUS_NAMES = (
    *("noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength"),
    *("wrongEncoding", "wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable", "commitFailed"),
    *("undoFailed", "authorizationError", "notWritable", "inconsistentName"),
)

# A sixth faster than VarBind(…), in the one place where that shows.
_cell = partial(tuple.__new__, VarBind)

_NULL = b"\x05\x00"


@dataclass(frozen=True, slots=True)
class Response:
    """An agent's answer: ``status`` and ``index`` (from 1, 0 = none) as in RFC 3416, and the cells.

    A varbind that cannot be read keeps its place: with its OID and ``value`` ``None`` where the OID is
    readable, else with an empty OID and the tag `ber.UNREADABLE`.
    """

    kind: int
    request_id: int
    status: int
    index: int
    varbinds: list[VarBind]


def status_name(status: int) -> str:
    """Give the word of RFC 3416 for an error-status, like ``genErr (5)``."""
    word = _STATUS_NAMES[status] if 0 <= status < len(_STATUS_NAMES) else "unknown error-status"
    return f"{word} ({status})"


def encode_pdu(kind: int, request_id: int, oids: Sequence[bytes], repetitions: int = 0) -> bytes:
    """Write a request for ``oids`` (BER content octets); ``repetitions`` is GETBULK's max-repetitions."""
    varbinds = b"".join(ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_ID, oid) + _NULL) for oid in oids)
    head = ber.encode_integer(request_id) + b"\x02\x01\x00" + ber.encode_integer(repetitions)
    return ber.tlv(kind, head + ber.tlv(ber.SEQUENCE, varbinds))


class CommunityWire:
    """The message format of v1 and v2c: a community in clear around the PDU."""

    def __init__(self, credential: Community) -> None:
        self.version = V1 if credential.version == "1" else V2C
        self._head = ber.encode_integer(self.version) + ber.tlv(ber.OCTET_STRING, credential.name.encode())

    def encode(self, _message_id: int, pdu: bytes, _now: float) -> bytes:
        """Wrap a request."""
        return ber.tlv(ber.SEQUENCE, self._head + pdu)

    def decode(self, data: bytes, _now: float) -> tuple[int, Response]:
        """Read a v1 or v2c datagram; give its request-id and what it says.

        Raises:
            Malformed: it is neither, or it carries no response.
        """
        at, end = ber.expect(data, 0, len(data), ber.SEQUENCE)
        version, at = ber.integer(data, at, end)
        if version not in {V1, V2C}:
            raise Malformed("neither v1 nor v2c")
        _community, at = ber.octets(data, at, end)
        response = decode_pdu(data, at, end)
        if response.kind != RESPONSE:
            raise Malformed("a report outside SNMPv3")
        return response.request_id, response


def decode_pdu(data: bytes, at: int, end: int) -> Response:
    """Read the PDU at ``at``.

    Raises:
        Malformed: it is not a response or report, or its envelope is broken.
    """
    kind, at, end = ber.header(data, at, end)
    if kind not in {RESPONSE, REPORT}:
        raise Malformed(f"PDU {kind:#04x} is no answer")
    request_id, at = ber.integer(data, at, end)
    status, at = ber.integer(data, at, end)
    index, at = ber.integer(data, at, end)
    start, stop = ber.expect(data, at, end, ber.SEQUENCE)
    return Response(kind, request_id, status, index, _varbinds(data, start, stop))


def _varbinds(data: bytes, at: int, end: int) -> list[VarBind]:
    """Read the list; one broken varbind does not cost the others."""
    found: list[VarBind] = []
    while at < end:
        if at + 4 <= end and data[at] == ber.SEQUENCE and data[at + 2] == ber.OBJECT_ID:
            # Nearly every varbind: no length needs more than one octet, and the value fills the rest.
            size, value = data[at + 1], at + 4 + data[at + 3]
            stop = at + 2 + size
            if size < 0x80 and value + 2 <= stop <= end and data[value + 1] == stop - value - 2:
                tag, content = data[value], data[value + 2 : stop]
                reader = ber.READERS.get(tag)
                found.append(_cell((data[at + 4 : value], tag, reader(content) if reader else content)))
                at = stop
                continue
        try:
            start, at = ber.expect(data, at, end, ber.SEQUENCE)
        except Malformed:
            # Where a varbind ends is unknown, so are those behind it.
            found.append(VarBind(b"", ber.UNREADABLE, None))
            break
        found.append(_varbind(data, start, at))
    return found


def _varbind(data: bytes, at: int, end: int) -> VarBind:
    oid = b""
    try:
        start, at = ber.expect(data, at, end, ber.OBJECT_ID)
        oid = data[start:at]
        tag, start, stop = ber.header(data, at, end)
    except Malformed:
        return VarBind(oid, ber.NULL, None) if oid else VarBind(b"", ber.UNREADABLE, None)
    return VarBind(oid, tag, ber.decode_value(tag, data[start:stop]))
