"""What cells stand in a CSV or xlsx file? Text only: what they mean is said in `identity.people.source`."""

import csv
import io
import os
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from openpyxl import load_workbook  # type: ignore[import-untyped]  # it ships no types

UTF8_BOM = b"\xef\xbb\xbf"


class Unreadable(ValueError):
    """Nothing of the file can be believed; ``code`` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Line:
    """One row below the head line: the number of its line, its cells without blanks around them."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The head line, and every row that is not blank. ``changed_at`` is when the file was last written."""

    head: tuple[str, ...]
    lines: tuple[Line, ...]
    changed_at: datetime


def read(path: Path, encoding: str, sheet: str | None) -> Table:
    """Read a whole file; ``.xlsx`` by its name, anything else is CSV in ``encoding`` (``utf-8`` or ``gb18030``).

    Raises:
        Unreadable: there is no file, it is written at this moment, it has another encoding or form, no head line.
    """
    try:
        before = path.stat()
        rows = list(_xlsx(path, sheet) if path.suffix.lower() == ".xlsx" else _csv(path.read_bytes(), encoding))
        after = path.stat()
    except OSError:
        raise Unreadable("away") from None
    if _state(before) != _state(after):
        raise Unreadable("being_written")
    if not rows or not any(rows[0].cells):
        raise Unreadable("no_head")
    lines = tuple(line for line in rows[1:] if any(line.cells))
    return Table(rows[0].cells, lines, datetime.fromtimestamp(after.st_mtime, UTC))


def _state(found: os.stat_result) -> tuple[int, int]:
    return found.st_size, found.st_mtime_ns


def _csv(content: bytes, encoding: str) -> Iterator[Line]:
    try:
        text = _decoded(content, encoding)
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        for cells in reader:
            yield Line(reader.line_num, tuple(cell.strip() for cell in cells))
    except UnicodeDecodeError:
        raise Unreadable("encoding") from None
    except csv.Error:
        raise Unreadable("not_csv") from None


def _decoded(content: bytes, encoding: str) -> str:
    """Decode strictly. GB18030 reads almost anything, so that what is good UTF-8 is not taken for it."""
    if encoding != "utf-8" and not content.isascii() and (content.startswith(UTF8_BOM) or _is_utf8(content)):
        raise Unreadable("encoding")
    text = content.removeprefix(UTF8_BOM).decode(encoding)
    if "\0" in text or "\ufffd" in text:  # another encoding of 16 bits; or damaged by an earlier conversion
        raise Unreadable("encoding")
    return text


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _xlsx(path: Path, sheet: str | None) -> Iterator[Line]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells of styles that we do not read
            book = load_workbook(path, read_only=True, data_only=True)
        try:
            page = book[sheet] if sheet else book.worksheets[0]
            page.reset_dimensions()  # some programs write wrong ones, and rows would be lost
            rows = [tuple(_text(value) for value in row) for row in page.iter_rows(values_only=True)]
        finally:
            book.close()
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, SyntaxError):
        raise Unreadable("not_xlsx") from None
    width = max(map(len, rows), default=0)
    yield from (Line(number, _padded(row, width)) for number, row in enumerate(rows, 1))


def _padded(row: Sequence[str], width: int) -> tuple[str, ...]:
    return (*row, *[""] * (width - len(row)))


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
