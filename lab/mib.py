"""Which cells does a device's agent hold at an instant, and which one follows an OID?

A device's MIB is a list of tables; a table is made the first time somebody asks for a cell in it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple, TypeVar

from lab.ber import Oid
from lab.model import Moment
from lab.plan import Device

Row = TypeVar("Row")


class Cell(NamedTuple):
    """One instance: full OID, the tag of its type, its value (an OID for OBJECT IDENTIFIER)."""

    oid: Oid
    tag: int
    value: int | bytes | Oid


Field = tuple[int, Callable[[Row], int | bytes | Oid]]
Rows = Callable[[Moment, Device], Iterable[Cell]]


@dataclass(frozen=True, slots=True)
class Table:
    """All cells below ``prefix``; ``rows`` makes them in any order."""

    prefix: Oid
    rows: Rows


def table(
    entry: Oid, fields: Mapping[int, Field[Row]], rows: Callable[[Moment, Device], Iterable[tuple[Oid, Row]]]
) -> Table:
    """Give a conceptual table: its cells are ``entry``.column.index, one index and row for each of ``rows``."""

    def cells(moment: Moment, device: Device) -> Iterable[Cell]:
        listed = sorted(rows(moment, device), key=itemgetter(0))
        return [
            Cell((*entry, column, *index), tag, take(row))
            for column, (tag, take) in fields.items()
            for index, row in listed
        ]

    return Table(entry, cells)


def scalars(arc: Oid, values: Mapping[Oid, tuple[int, int | bytes | Oid]]) -> Iterable[Cell]:
    """Give the cells of objects that have one instance, ``.0``."""
    for end, (tag, value) in values.items():
        yield Cell((*arc, *end, 0), tag, value)


def text(words: str) -> bytes:
    """Give text as agents of this campus send it, UTF-8."""
    return words.encode()


def counted(octets: bytes) -> Oid:
    """Give an index part of variable length: the length, then one number per octet (RFC 2578 7.7)."""
    return (len(octets), *octets)


class Snapshot:
    """One device's MIB at one instant; ``changed`` cells replace those that the model made."""

    def __init__(
        self, tables: Sequence[Table], moment: Moment, device: Device, changed: Mapping[Oid, int | bytes | Oid]
    ) -> None:
        self._tables = sorted(tables, key=lambda table: table.prefix)
        self._starts = [table.prefix for table in self._tables]
        self._made: dict[int, tuple[list[Oid], list[Cell]]] = {}
        self._moment, self._device, self._changed = moment, device, changed

    def get(self, oid: Oid) -> Cell | None:
        """Give the cell of exactly this OID."""
        number = bisect_right(self._starts, oid) - 1
        if number < 0:
            return None
        oids, cells = self._cells(number)
        place = bisect_left(oids, oid)
        return cells[place] if place < len(oids) and oids[place] == oid else None

    def following(self, oid: Oid) -> Cell | None:
        """Give the first cell after this OID in the order of the MIB, ``None`` at its end."""
        for number in range(max(0, bisect_right(self._starts, oid) - 1), len(self._tables)):
            oids, cells = self._cells(number)
            place = bisect_right(oids, oid)
            if place < len(cells):
                return cells[place]
        return None

    def holds(self, oid: Oid) -> bool:
        """Is the OID below a table that this device knows? Tells noSuchInstance from noSuchObject."""
        return any(oid[: len(start)] == start for start in self._starts)

    def below(self, prefix: Oid = ()) -> list[Cell]:
        """Give all cells below ``prefix`` in order, making no table that lies outside it."""
        found: list[Cell] = []
        for number, start in enumerate(self._starts):
            if start[: len(prefix)] == prefix[: len(start)]:
                oids, cells = self._cells(number)
                end = bisect_left(oids, (*prefix[:-1], prefix[-1] + 1)) if prefix else None
                found += cells[bisect_left(oids, prefix) : end]
        return found

    def _cells(self, number: int) -> tuple[list[Oid], list[Cell]]:
        if number not in self._made:
            cells = sorted(self._tables[number].rows(self._moment, self._device))
            if self._changed:
                cells = [cell._replace(value=self._changed.get(cell.oid, cell.value)) for cell in cells]
            self._made[number] = ([cell.oid for cell in cells], cells)
        return self._made[number]
