"""Which rows did the device answer? Columns of cells to rows of plain fields, filtered, joined, every hole named.

In a row a field is missing if its cell was not answered, ``None`` if a sentinel said that there is nothing,
`REFUSED` if what was answered cannot be true.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from collectors.snmp import ber, fixers
from collectors.snmp.detect import Match
from collectors.snmp.fixers import Fixed
from collectors.snmp.index import decode
from collectors.snmp.walk import Column, Value, Walk
from inventory.profile_language import Column as ColumnSpec
from inventory.profile_language import Filter, Lookup, Table


class Refused(Enum):
    """Answered, but not believed: no other source is asked instead."""

    REFUSED = "refused"


REFUSED: Final = Refused.REFUSED

Cell = Fixed | Refused | None
Row = dict[str, Cell]

_SCALAR = b"\x00"


@dataclass(slots=True)
class Gaps:
    """What the device did not answer, one line each, in the order found; equal lines are counted."""

    _lines: dict[str, int] = field(default_factory=dict)

    def say(self, line: str) -> None:
        """Note a line once."""
        self._lines.setdefault(line, 0)

    def count(self, line: str, times: int = 1) -> None:
        """Note a line whose ``#`` stands for how often it happened."""
        if times:
            self._lines[line] = self._lines.get(line, 0) + times

    def lines(self) -> tuple[str, ...]:
        """Give the lines."""
        return tuple(line.replace("#", str(times), 1) if times else line for line, times in self._lines.items())


@dataclass(slots=True)
class Answered:
    """What one table gave: its rows, which columns answered at all, which did not end regularly."""

    spec: Table
    rows: list[Row] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()


def answered(walk: Walk, match: Match, used: Iterable[tuple[Table, str]], gaps: Gaps) -> dict[str, Answered]:
    """Read the ``used`` columns of the walk as tables, lookups resolved; tables not asked have no rows."""
    names: dict[str, list[str]] = {}
    for spec, name in used:
        names.setdefault(spec.name, []).append(name)
    tables = {name: _table(walk, match, spec, names.get(name, ()), gaps) for name, spec in match.profile.tables.items()}
    for table in tables.values():
        for name, lookups in table.spec.lookups.items():
            for lookup in lookups:
                _look_up(table.rows, name, lookup, tables[lookup.table].rows)
    return tables


def _table(walk: Walk, match: Match, spec: Table, names: Sequence[str], gaps: Gaps) -> Answered:
    asked: dict[str, Column] = {}
    for name in names:
        column = walk.columns.get(match.column(spec, name) or "")
        if column is not None:
            asked[name] = column
    if not asked:
        return Answered(spec)
    raw: dict[bytes, Row] = {}
    for name, column in asked.items():
        _add_column(raw, spec, spec.columns[name], column, gaps)
    found = frozenset(name for row in raw.values() for name in row)
    rows = _rows(raw, spec, gaps)
    _tell_gaps(spec, asked, found, rows, gaps)
    if spec.one_row and len(rows) > 1:
        gaps.say(f"{spec.name}: {len(rows)} rows where one was expected")
        rows = []
    return Answered(spec, rows, found, frozenset(name for name, column in asked.items() if column.problem))


def _add_column(raw: dict[bytes, Row], spec: Table, column: ColumnSpec, cells: Column, gaps: Gaps) -> None:
    prefix = len(ber.encode_oid(cells.oid))
    fix = fixers.BY_NAME[column.fix] if column.fix is not None else None
    wrong = f"{spec.name}.{column.name}: # cells refused"
    for oid, _tag, value in cells.varbinds:
        if value is None:
            continue
        row = raw.setdefault(oid[prefix:], {})
        fixed: Cell = None if value in column.absent else _plain(value) if fix is None else fix(value)
        if column.valid is not None and fixed is not None and not within(fixed, column.valid):
            gaps.count(wrong)
            fixed = REFUSED
        row[column.name] = fixed


def _plain(value: Value) -> Fixed | None:
    return fixers.text(value) if isinstance(value, bytes) else value


def within(value: Cell, valid: tuple[float, float]) -> bool:
    """Tell whether ``value`` is a number in the plausible range."""
    return isinstance(value, int | float) and valid[0] <= value <= valid[1]


def _rows(raw: Mapping[bytes, Row], spec: Table, gaps: Gaps) -> list[Row]:
    """Give the rows that have the table's index, its anchor cell, and pass its filters."""
    if not spec.index:
        return [raw[_SCALAR]] if _SCALAR in raw else []
    rows: list[Row] = []
    for suffix, cells in raw.items():
        if spec.exists is not None and spec.exists not in cells:
            gaps.count(f"{spec.name}: # rows without {spec.exists} left out")
            continue
        index = decode(_sub_ids(suffix), spec.index)
        if index is None:
            gaps.count(f"{spec.name}: # rows with an unreadable index left out")
            continue
        row: Row = {**index, **cells}
        if all(_passes(row, part, spec.name, gaps) for part in spec.where):
            rows.append(row)
    return rows


def _sub_ids(octets: bytes) -> tuple[int, ...]:
    if octets.isascii():
        return tuple(octets)
    found: list[int] = []
    arc = 0
    for octet in octets:
        arc = arc << 7 | octet & 0x7F
        if octet < 0x80:
            found.append(arc)
            arc = 0
    return tuple(found)


def _passes(row: Row, part: Filter, table: str, gaps: Gaps) -> bool:
    cell = row.get(part.field)
    if cell is None or cell is REFUSED:
        gaps.count(f"{table}: # rows without {part.field} left out")
        return False
    if part.unlike is not None:
        return part.unlike.search(str(cell)) is None
    return (str(cell) in part.values) != part.negated


def _tell_gaps(
    spec: Table, asked: Mapping[str, Column], found: Collection[str], rows: Sequence[Row], gaps: Gaps
) -> None:
    for name, column in asked.items():
        if column.problem:
            gaps.say(f"{spec.name}.{name}: incomplete: {column.problem} ({column.oid})")
        if column.backward:
            gaps.say(f"{spec.name}.{name}: {column.backward} cells out of order ({column.oid})")
    expected = [name for name in asked if not spec.columns[name].optional]
    if expected and not any(name in found or asked[name].problem for name in expected):
        gaps.say(f"{spec.name}: not answered ({_base(asked[expected[0]], spec.columns[expected[0]])})")
        return
    for name in expected:
        column = asked[name]
        if column.problem:
            continue
        if name not in found:
            gaps.say(f"{spec.name}.{name}: not answered ({column.oid})")
        elif holes := sum(name not in row for row in rows):
            gaps.say(f"{spec.name}.{name}: {holes} of {len(rows)} rows not answered ({column.oid})")


def _base(column: Column, spec: ColumnSpec) -> str:
    return column.oid.removesuffix(f".{spec.at}")


def _look_up(rows: Iterable[Row], name: str, lookup: Lookup, others: Iterable[Row]) -> None:
    """Join one field; where two rows of the other table say different things, neither is believed."""
    mine = [part for part, _ in lookup.match]
    theirs = [part for _, part in lookup.match]
    index: dict[tuple[Cell, ...], Cell] = {}
    for other in others:
        key = tuple(other.get(part) for part in theirs)
        taken = other.get(lookup.take)
        if None not in key and taken is not None:
            index[key] = taken if index.get(key, taken) == taken else REFUSED
    for row in rows:
        if row.get(name) is None:
            found = index.get(tuple(row.get(part) for part in mine))
            if found is not None and found is not REFUSED:
                row[name] = found
