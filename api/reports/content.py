"""Of what does a report consist, whatever it is written as?

A cell is a text, a number or nothing; percentages are numbers of per cent. What a reader would take for a formula is
guarded where it is a text.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from api.records import IndicatorRecord
from campus.model import Grade

Cell = str | int | float | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # Excel reads the wide ones likewise


@dataclass(frozen=True, slots=True)
class Column:
    """One column; ``decimals`` are those of its numbers, ``None`` = texts."""

    key: str
    title: str
    decimals: int | None = None
    width: int = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``grade`` colours it."""

    cells: tuple[Cell, ...]
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table with its title."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def only(self, *keys: str) -> "Table":
        """The table with these columns alone, in this order."""
        places = [next(place for place, column in enumerate(self.columns) if column.key == key) for key in keys]
        rows = (Row(tuple(row.cells[place] for place in places), row.grade) for row in self.rows)
        return Table(self.title, tuple(self.columns[place] for place in places), tuple(rows))


@dataclass(frozen=True, slots=True)
class Report:
    """The numbers of one period.

    ``about``, ``rules`` and ``definitions`` say how they came about, ``awaited`` what has no number.
    """

    language: str
    title: str
    subtitle: str
    about: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    grades: Table
    definitions: Table
    awaited: Table
    values: Table
    worst: Table
    measures: Table
    records: Sequence[IndicatorRecord]
    labels: "Labels"


@dataclass(frozen=True, slots=True)
class Labels:
    """The headings that a writer needs beside those of the tables."""

    about: str
    rules: str
    places: str
    nothing: str
    sign: str


def guarded(cell: Cell) -> Cell:
    """A cell that no spreadsheet takes for a formula: a text that begins like one gets an apostrophe before it."""
    if not isinstance(cell, str):
        return cell
    text = "".join(sign for sign in cell if sign.isprintable() or sign in "\n\t")
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
