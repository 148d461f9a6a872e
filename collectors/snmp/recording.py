"""What would a recorded device answer?

Reads ``.snmprec`` (snmpsim's format: ``OID|tag|value``, also packed as ``.snmprec.bz2``) and ``.snmpwalk``
(text of ``snmpwalk -On``); serves them through the same `Session` as a live device; writes ``.snmprec``.
Recordings are as untidy as the agents they came from: unsorted, with lines given twice, with cells that
have no value. A cell without a value is not there.
"""

import bz2
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from campus.errors import ConfigError, Fault
from collectors.snmp import ber
from collectors.snmp.column import ColumnBuilder
from collectors.snmp.snmpwalk_text import walk_cells
from collectors.snmp.walk import Column, Value, VarBind

Order = Literal["sorted", "file"]

_MAX_FAULTS = 100
_IP_OCTETS = 4
_PRIVATE = b"<private>"
_OCTETS = frozenset({ber.OCTET_STRING, ber.IP_ADDRESS, ber.OPAQUE, ber.NSAP_ADDRESS})
_PLAIN = {str(tag).encode(): tag for tag in {ber.NULL, ber.OBJECT_ID} | ber.NUMBERS | _OCTETS}
_HEX = {f"{tag}x".encode(): tag for tag in _OCTETS}


def read_recording(path: Path, prefixes: Sequence[str] = ()) -> list[VarBind]:
    """Read the cells of a recording in the order of the file; only those at or below ``prefixes`` if any are given.

    Raises:
        ConfigError: the file cannot be read, or names each line that is broken (the first 100).
    """
    cells: list[VarBind] = []
    faults: list[Fault] = []
    reader = walk_cells if path.suffix == ".snmpwalk" else _snmprec_cells
    try:
        for cell in reader(_lines(path), tuple(prefix.removeprefix(".") for prefix in prefixes)):
            if isinstance(cell, VarBind):
                cells.append(cell)
            elif len(faults) < _MAX_FAULTS:
                faults.append(Fault(str(path), cell[0], cell[1]))
    except (OSError, EOFError) as error:
        raise ConfigError([Fault(str(path), 0, f"cannot be read: {error}")]) from None
    if faults:
        raise ConfigError(faults)
    return cells


def write_recording(path: Path, columns: Iterable[Column]) -> None:
    """Write the cells of ``columns`` that have a value as ``.snmprec``, packed if ``path`` ends in ``.bz2``.

    Raises:
        OSError: the file cannot be written.
    """
    lines = (_line(varbind) for column in columns for varbind in column.varbinds if varbind.value is not None)
    text = "".join(lines).encode()
    path.write_bytes(bz2.compress(text) if path.suffix == ".bz2" else text)


class RecordedSession:
    """A recording that answers like a device.

    ``order="sorted"`` is the device as it should be; ``"file"`` walks in the order of the recording, as the
    device did: misordered tables, and a last cell that follows itself.
    """

    def __init__(self, cells: Sequence[VarBind], order: Order = "sorted") -> None:
        self._cells = cells
        self._order = order
        self._by_oid = {cell.oid: cell for cell in cells}

    @classmethod
    def load(cls, path: Path, *, prefixes: Sequence[str] = (), order: Order = "sorted") -> Self:
        """Read ``path`` as `read_recording` does.

        Raises:
            ConfigError: as `read_recording`.
        """
        return cls(read_recording(path, prefixes), order)

    async def get(self, oids: Sequence[str]) -> list[VarBind]:
        """GET: one varbind for each OID, in order; noSuchInstance where the recording has none."""
        asked = [ber.encode_oid(oid) for oid in oids]
        return [self._by_oid.get(oid) or VarBind(oid, ber.NO_SUCH_INSTANCE, None) for oid in asked]

    async def get_next(self, oid: str) -> VarBind | None:
        """GETNEXT: the first cell after ``oid``; ``None`` at the end."""
        return next(self._after(ber.encode_oid(oid)), None)

    async def walk(self, oid: str) -> Column:
        """All cells below ``oid``."""
        builder = ColumnBuilder(oid, max_rows=len(self._cells))
        for cell in self._after(ber.encode_oid(oid)):
            builder.take((cell,))
            if builder.next is None:
                break
        return builder.column()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    @cached_property
    def _sorted(self) -> tuple[list[tuple[int, ...]], list[VarBind]]:
        pairs = sorted(((ber.arcs(oid), cell) for oid, cell in self._by_oid.items()), key=lambda pair: pair[0])
        return [key for key, _cell in pairs], [cell for _key, cell in pairs]

    @cached_property
    def _places(self) -> dict[bytes, int]:
        places: dict[bytes, int] = {}
        for place, cell in enumerate(self._cells):
            places.setdefault(cell.oid, place)
        return places

    def _after(self, oid: bytes) -> Iterator[VarBind]:
        """Give what follows ``oid``, in the session's order."""
        if self._order == "file":
            start = self._places[oid] + 1 if oid in self._places else self._first_below(oid)
            if start is not None:
                return iter(self._cells[start:])
        keys, cells = self._sorted
        at = bisect_right(keys, ber.arcs(oid))
        if self._order == "sorted":
            return iter(cells[at:])
        return iter(self._cells[self._places[cells[at].oid] :] if at < len(cells) else ())

    def _first_below(self, oid: bytes) -> int | None:
        """Find where an agent with an order of its own begins a column."""
        return next((place for place, cell in enumerate(self._cells) if cell.oid.startswith(oid)), None)


def _lines(path: Path) -> Iterator[bytes]:
    with bz2.open(path) if path.suffix == ".bz2" else path.open("rb") as file:
        for line in file:
            yield line.rstrip(b"\r\n")


def _snmprec_cells(lines: Iterable[bytes], prefixes: Sequence[str]) -> Iterator[VarBind | tuple[int, str]]:
    starts = tuple(f"{prefix}{end}".encode() for prefix in prefixes for end in ".|")
    for number, line in enumerate(lines, 1):
        if not line or line.startswith(b"#") or (starts and not line.startswith(starts)):
            continue
        try:
            cell = _snmprec_cell(line)
        except ValueError as error:
            yield number, f"no OID|tag|value: {error}"
        else:
            if cell is not None:
                yield cell


def _snmprec_cell(line: bytes) -> VarBind | None:
    """Read one line; ``None`` where it gives no value: a variation (``67:numeric|rate=100``) or a mask."""
    dotted, kind, text = line.split(b"|", 2)
    oid = ber.encode_arcs(map(int, dotted.split(b".")))
    if b":" in kind:
        return None
    if kind in _HEX:
        tag = _HEX[kind]
        return VarBind(oid, tag, ber.decode_value(tag, bytes.fromhex(text.decode("ascii"))))
    tag = _PLAIN.get(kind, 0)
    if not tag:
        raise ValueError(f"unknown tag {kind.decode('ascii', 'replace')!r}")
    if text == _PRIVATE and tag != ber.OCTET_STRING:
        return None
    return VarBind(oid, tag, _plain_value(tag, text))


def _plain_value(tag: int, text: bytes) -> Value | None:
    if tag in ber.NUMBERS:
        return int(text)
    if tag == ber.OBJECT_ID:
        return ber.decode_oid(ber.encode_oid(text.decode("ascii")))
    if tag == ber.IP_ADDRESS and len(text) != _IP_OCTETS:  # an address whose octets are printable stands as them
        return ber.encode_ip(text.decode("ascii"))
    return ber.decode_value(tag, text)


def _line(varbind: VarBind) -> str:
    oid, tag, value = varbind
    if isinstance(value, float):
        kind, text = f"{tag}x", ber.encode_opaque(value).hex()
    elif not isinstance(value, bytes):
        kind, text = str(tag), str(value)
    elif tag == ber.OCTET_STRING and value.isascii() and value.decode().isprintable() and value.strip() == value:
        kind, text = str(tag), value.decode()
    else:
        kind, text = f"{tag}x", value.hex()
    return f"{ber.decode_oid(oid)}|{kind}|{text}\n"
