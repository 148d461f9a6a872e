"""What do the lines of ``snmpwalk -On`` say?

net-snmp's print forms: ``.1.3.6… = KIND: value``, with values that run over several lines, enumerations as
``up(1)``, units behind numbers, and ``""`` for an empty string.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from collectors.snmp import ber
from collectors.snmp.walk import Value, VarBind

_HEAD = re.compile(r"\.?(\d+(?:\.\d+)+) = ?(.*)", re.DOTALL)
_NUMBER = re.compile(r"(?:[^\s(]*\((-?\d+)\)|(-?\d+))")
_HINTED_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}")
_WRONG_TYPE = re.compile(r"Wrong Type \(should be [^)]*\): ")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ABSENT = ("No Such Object", "No Such Instance", "No more variables", "NULL")


def walk_cells(lines: Iterable[bytes], prefixes: Sequence[str]) -> Iterator[VarBind | tuple[int, str]]:
    """Give the cells at or below ``prefixes`` (all if none), or line and fault where a line cannot be read.

    Lines that say that there is nothing give no cell.
    """
    for number, text in _joined(lines):
        match = _HEAD.fullmatch(text)
        if match is None:
            yield number, "no '.OID = KIND: value'"
            continue
        dotted, said = match.groups()
        if prefixes and not f"{dotted}.".startswith(tuple(f"{prefix}." for prefix in prefixes)):
            continue
        try:
            read = _read(said)
            if read is not None:
                yield VarBind(ber.encode_arcs(map(int, dotted.split("."))), *read)
        except ValueError as error:
            yield number, f"{said[:40]!r} is no value: {error}"


def _joined(lines: Iterable[bytes]) -> Iterator[tuple[int, str]]:
    """Put values that run over several lines together; Latin-1 keeps every octet."""
    start, parts = 0, list[str]()
    for number, line in enumerate(lines, 1):
        text = line.decode("latin-1")
        if _HEAD.match(text) or not parts:
            if parts:
                yield start, "\n".join(parts)
            start, parts = number, [text] if text else []
        else:
            parts.append(text)
    if parts:
        yield start, "\n".join(parts)


def _read(said: str) -> tuple[int, Value] | None:
    said = _WRONG_TYPE.sub("", said, count=1)
    if said.startswith(_ABSENT):
        return None
    kind, colon, rest = said.partition(": ") if said.rstrip() != '""' else ("STRING", ": ", '""')
    if kind.endswith(":") and not colon:
        kind = kind[:-1]
    if kind not in _READERS:
        raise ValueError("unknown kind")
    tag, reader = _READERS[kind]
    return tag, reader(rest)


def _string(text: str) -> bytes:
    """Read quoted octets; unquoted text is what a DISPLAY-HINT made, for a MAC ``0:1a:2b:…``."""
    text = text.rstrip("\n")
    if len(text) > 1 and text[0] == text[-1] == '"':
        return _ESCAPED.sub(r"\1", text[1:-1]).encode("latin-1")
    if _HINTED_MAC.fullmatch(text):
        return bytes(int(part, 16) for part in text.split(":"))
    return text.encode("latin-1")


def _hex(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", " "))


def _bits(text: str) -> bytes:
    """Read the octets of BITS; the names of the bits follow them."""
    return bytes.fromhex(" ".join(re.findall(r"\b[0-9A-F]{2}(?=\s|$)", text.partition("(")[0])))


def _number(text: str) -> int:
    match = _NUMBER.match(text)
    if match is None:
        raise ValueError("no number")
    return int(match[1] or match[2])


def _oid(text: str) -> str:
    return ber.decode_oid(ber.encode_oid(text.strip()))


def _opaque(text: str) -> float:
    kind, _colon, number = text.partition(": ")
    if kind not in {"Float", "Double"}:
        raise ValueError("unknown kind of Opaque")
    return float(number)


_READERS: dict[str, tuple[int, Callable[[str], Value]]] = {
    "STRING": (ber.OCTET_STRING, _string),
    "Hex-STRING": (ber.OCTET_STRING, _hex),
    "BITS": (ber.OCTET_STRING, _bits),
    "INTEGER": (ber.INTEGER, _number),
    "Counter32": (ber.COUNTER32, _number),
    "Counter64": (ber.COUNTER64, _number),
    "Gauge32": (ber.GAUGE32, _number),
    "UInteger32": (ber.UNSIGNED32, _number),
    "Timeticks": (ber.TIME_TICKS, _number),
    "OID": (ber.OBJECT_ID, _oid),
    "IpAddress": (ber.IP_ADDRESS, ber.encode_ip),
    "Network Address": (ber.IP_ADDRESS, _hex),
    "Opaque": (ber.OPAQUE, _opaque),
}
