"""How is the report filed? The evidence set as a workbook: result, items, findings, objects, waivers, statements."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from openpyxl import Workbook  # type: ignore[import-untyped]  # it ships no types
from openpyxl.styles import Alignment, Font, PatternFill  # type: ignore[import-untyped]  # as above
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]  # as above
from openpyxl.worksheet.worksheet import Worksheet  # type: ignore[import-untyped]  # as above

from campus.strict_yaml import Plain
from playbooks.report.evidence import EvidenceSet
from playbooks.report.html import percent
from playbooks.report.texts import Language, texts

Cell = str | int | float | None
Sheet = tuple[str, Sequence[str], list[list[Cell]]]

HEAD = PatternFill("solid", fgColor="1F3A5F")
COLOURS = {
    "met": "DDF0E0",
    "pass": "DDF0E0",
    "unmet": "F8D9D6",
    "fail": "F8D9D6",
    "partly": "FCEBCB",
    "error": "FCEBCB",
}
WIDEST = 70


def write(evidence: EvidenceSet, language: Language, out: Path) -> None:
    """Write the workbook. Text that begins like a formula stays text."""
    words = texts(language)
    book = Workbook()
    book.remove(book.active)
    sheets = (_result, _items, _findings, _objects, _waivers, _statements, _policy)
    for title, head, rows in (sheet(evidence, words, language) for sheet in sheets):
        _fill(book.create_sheet(title), [words[name] for name in head], rows)
        _colour(book[title], {words[name]: colour for name, colour in COLOURS.items()})
    book.save(out)


def _result(evidence: EvidenceSet, words: Mapping[str, str], _: Language) -> Sheet:
    result = _map(evidence["result"])
    counts = [[words[name], _cell(count)] for name, count in _map(result["counts"]).items()]
    hazards = _map(result["hazards"])
    rows: list[list[Cell]] = [
        [words["conclusion"], words[str(result["word"])] if result["word"] else words["undecided"]],
        [words["strict"], percent(_ratio(result["strict"]))],
        [words["lenient"], percent(_ratio(result["lenient"]))],
        [words["hazards"], words["hazards_value"].format(**hazards)],
        *counts,
        [words["standard"], str(evidence["standard"])],
        [words["rule"], str(evidence["rule"])],
        [words["made_at"], str(evidence["at"])],
        [words["hash"], str(evidence["sha256"])],
        [words["self_check"], ""],
    ]
    return words["conclusion"], ("name", "value"), rows


def _items(evidence: EvidenceSet, words: Mapping[str, str], language: Language) -> Sheet:
    rows: list[list[Cell]] = []
    for item in _maps(evidence["items"]):
        missing = (words["statement_missing"] if name == "statement" else str(name) for name in _list(item["wants"]))
        text, met = str(item[language]), words[str(item["met"])]
        rows.append([str(item["id"]), text, met, "、".join(missing), _cell(item["case"])])
    return words["items"], ("item", "text", "state", "wants", "case"), rows


def _findings(evidence: EvidenceSet, words: Mapping[str, str], language: Language) -> Sheet:
    titles = {check["id"]: str(check[language]) for check in _maps(evidence["checks"])}
    rows: list[list[Cell]] = [
        [
            str(one["object"]),
            str(one["platform"]),
            titles[one["check"]],
            " ".join(str(clause) for clause in _list(one["clauses"])),
            words[str(one["verdict"])],
            str(one["expected"]),
            str(one["actual"]),
            words["waived"] if one["waiver"] else "",
        ]
        for one in _maps(evidence["findings"])
    ]
    head = ("object", "platform", "name", "item", "state", "expected", "actual", "waivers")
    return words["findings"], head, rows


def _objects(evidence: EvidenceSet, words: Mapping[str, str], _: Language) -> Sheet:
    verdicts = ("pass", "fail", "partial", "error", "manual", "not_applicable")
    objects = _maps(evidence["objects"])
    rows = [[str(one["name"]), str(one["platform"]), *(_cell(one[name]) for name in verdicts)] for one in objects]
    return words["objects"], ("object", "platform", *verdicts), rows


def _waivers(evidence: EvidenceSet, words: Mapping[str, str], _: Language) -> Sheet:
    names = ("check", "objects", "reason", "compensation", "approver", "until", "covers")
    rows = [[_cell(one[name]) for name in names] for one in _maps(evidence["waivers"])]
    return words["waivers"], ("name", "object", "reason", "compensation", "approver", "until", "covers"), rows


def _statements(evidence: EvidenceSet, words: Mapping[str, str], _: Language) -> Sheet:
    names = ("who", "on", "document", "sha256", "note")
    rows: list[list[Cell]] = []
    for item in _maps(evidence["items"]):
        if item["statement"]:
            said = _map(item["statement"])
            rows.append([str(item["id"]), words[str(said["verdict"])], *(_cell(said[name]) for name in names)])
    return words["statements"], ("item", "state", "who", "when", "document", "hash_of_document", "note"), rows


def _policy(evidence: EvidenceSet, words: Mapping[str, str], language: Language) -> Sheet:
    rows: list[list[Cell]] = []
    for one in _maps(_map(evidence["policy"])["variables"]):
        value = one["value"]
        text = " ".join(str(part) for part in value) if isinstance(value, list) else _cell(value)
        rows.append([str(one["name"]) + ("✱" if one["own"] else ""), text, str(one[language])])
    return words["policy"], ("name", "value", "meaning"), rows


def _fill(sheet: Worksheet, head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    sheet.append(head)
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if isinstance(value, str):
                cell.data_type = "s"
    for column, cell in enumerate(sheet[1], 1):
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), HEAD
        longest = max(_width(str(other.value or "")) for other in sheet[get_column_letter(column)])
        sheet.column_dimensions[get_column_letter(column)].width = min(WIDEST, longest + 2)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True


def _colour(sheet: Worksheet, colours: Mapping[str, str]) -> None:
    for row in sheet.iter_rows(min_row=2):
        for cell in row:
            if cell.value in colours:
                cell.fill = PatternFill("solid", fgColor=colours[cell.value])


def _width(text: str) -> int:
    """Columns that a text takes: a Chinese character takes two."""
    return max((sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) for line in text.splitlines()), default=0)


def _map(value: Plain) -> Mapping[str, Plain]:
    return value if isinstance(value, dict) else {}


def _list(value: Plain) -> Sequence[Plain]:
    return value if isinstance(value, list) else []


def _maps(value: Plain) -> list[Mapping[str, Plain]]:
    return [_map(one) for one in _list(value)]


def _cell(value: Plain) -> Cell:
    return value if isinstance(value, str | int | float | None) else str(value)


def _ratio(value: Plain) -> float | None:
    return value if isinstance(value, float) else None
