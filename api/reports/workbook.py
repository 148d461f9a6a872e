"""How is a report written as an xlsx workbook? Rules first, then one sheet a table; numbers stay numbers."""

import io
from collections.abc import Iterator

from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]  # as above
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # type: ignore[import-untyped]  # as above
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # as above
from openpyxl.worksheet._write_only import WriteOnlyWorksheet  # type: ignore[import-untyped]  # as above

from api.reports.content import Cell, Column, Report, Row, Table, guarded
from campus.model import Grade

FILLS = {
    Grade.GREEN: "DDEFD9",
    Grade.BLUE: "D6E6F5",
    Grade.YELLOW: "FFF3C4",
    Grade.ORANGE: "FBDDBF",
    Grade.RED: "F6C9C5",
    Grade.GREY: "E4E4E4",
}
_HEAD = PatternFill("solid", start_color="22405E")
_RULE = Border(bottom=Side("thin", "C8CED6"))
A4 = 9  # the paper's number in ECMA-376, ST_PaperSize
_FORMATS = {0: "#,##0", 1: "0.0", 2: "0.00", 4: "0.0000"}


def as_xlsx(report: Report) -> bytes:
    """The whole workbook."""
    book = Workbook(write_only=True)
    book.properties.title = f"{report.title} {report.subtitle}"
    book.properties.creator = "campusops"
    _about(book.create_sheet(report.labels.about), report)
    for table in (report.values, report.worst, report.measures):
        _sheet(book.create_sheet(table.title), table, report.labels.nothing)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _about(sheet: WriteOnlyWorksheet, report: Report) -> None:
    _paper(sheet)
    for letter, width in zip("ABCDEFGHIJ", (24, 30, 16, 10, 10, 10, 12, 10, 10, 48), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_cell(sheet, report.title, font=Font(size=16, bold=True))])
    sheet.append([_cell(sheet, report.subtitle, font=Font(size=12, color="555555"))])
    sheet.append([])
    for name, text in report.about:
        sheet.append([_cell(sheet, name, font=Font(bold=True)), _cell(sheet, text)])
    sheet.append([])
    sheet.append([_cell(sheet, report.labels.rules, font=Font(size=12, bold=True))])
    for number, rule in enumerate(report.rules, 1):
        sheet.append([_cell(sheet, f"{number}. {rule}")])
    for table in (report.grades, report.definitions, report.awaited):
        sheet.append([])
        sheet.append([_cell(sheet, table.title, font=Font(size=12, bold=True))])
        for cells in _rows(sheet, table):
            sheet.append(cells)


def _sheet(sheet: WriteOnlyWorksheet, table: Table, nothing: str) -> None:
    _paper(sheet)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    for place, column in enumerate(table.columns, 1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    if table.rows:
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    for cells in _rows(sheet, table):
        sheet.append(cells)
    if not table.rows:
        sheet.append([nothing])


def _paper(sheet: WriteOnlyWorksheet) -> None:
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "&P / &N"


def _rows(sheet: WriteOnlyWorksheet, table: Table) -> Iterator[list[WriteOnlyCell]]:
    yield [_cell(sheet, column.title, font=Font(bold=True, color="FFFFFF"), fill=_HEAD) for column in table.columns]
    for row in table.rows:
        yield [_of(sheet, column, cell, row) for column, cell in zip(table.columns, row.cells, strict=True)]


def _of(sheet: WriteOnlyWorksheet, column: Column, value: Cell, row: Row) -> WriteOnlyCell:
    cell = _cell(sheet, value)
    cell.border = _RULE
    if column.decimals is not None:
        cell.number_format = _FORMATS[column.decimals]
    if column.key == "grade" and row.grade:
        cell.fill = PatternFill("solid", start_color=FILLS[row.grade])
    if column.width >= 34:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _cell(
    sheet: WriteOnlyWorksheet, value: Cell, font: Font | None = None, fill: PatternFill | None = None
) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, guarded(value))
    if font:
        cell.font = font
    if fill:
        cell.fill = fill
    return cell
