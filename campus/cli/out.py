"""How are results printed? Tables for people, JSON for programs; stdout carries nothing else."""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from campus.cli.texts import say


class Format(StrEnum):
    """The ways to print a table."""

    TABLE = "table"
    JSON = "json"


def emit(rows: Sequence[Mapping[str, object]], columns: Iterable[str], style: Format) -> None:
    """Print ``rows``; ``columns`` are keys of the rows, titled by the texts ``column.<key>``."""
    if style is Format.JSON:
        print_json(list(rows))
        return
    if not rows:
        print(say("nothing"))
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    names = list(columns)
    for name in names:
        numeric = all(isinstance(row.get(name), int | float | None) for row in rows)
        table.add_column(say(f"column.{name}"), justify="right" if numeric else "left")
    for row in rows:
        table.add_row(*(_plain(cell(row.get(name))) for name in names))
    console = Console()
    console.print(table) if console.is_terminal else Console(width=200).print(table)


def cell(value: object) -> str:
    """One value as a person reads it; nothing known is a dash."""
    if value is None or value == "":
        return "—"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


def _plain(text: str) -> Text:
    """Take brackets for brackets, not for rich's markup; no control character of a device reaches the terminal."""
    return Text("".join(char if char.isprintable() else " " for char in text))


def print_json(data: object) -> None:
    """Print plain data as one JSON document."""
    print(json.dumps(data, ensure_ascii=False, indent=1))
