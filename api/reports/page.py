"""How is a report written as one HTML page that prints well on A4?

Built as a tree, so every text is escaped; nothing is loaded from elsewhere and nothing runs.
"""

from collections.abc import Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from api.records import IndicatorRecord
from api.reports.content import Cell, Column, Report, Row, Table
from api.reports.style import CSS

OVERALL = (
    "indicator",
    "name",
    "actual",
    "previous",
    "target",
    "deviation",
    "grade",
    "completeness",
    "state",
    "revision",
)
PLACES = ("place", "actual", "previous", "deviation", "grade", "completeness", "state", "revision", "measures")
WORST = ("indicator", "name", "part", "actual", "standard")
MEASURES = ("id", "indicator", "place", "period", "text", "owner", "due", "state", "proof")
DEFINITIONS = ("indicator", "name", "class", "target", "standard", "warning", "minimum", "rules_version", "source")
_ZONES = ("#f6c9c5", "#fff3c4", "#d6e6f5", "#ddefd9")
_BAR = (96.0, 9.0)


def as_html(report: Report) -> bytes:
    """The whole page."""
    root = Element("html", lang="zh-CN" if report.language == "zh" else "en")
    head = SubElement(root, "head")
    SubElement(head, "meta", charset="utf-8")
    _text(head, "title", f"{report.title} {report.subtitle}")
    _text(head, "style", CSS)
    body = SubElement(root, "body")
    _head(body, report)
    _summary(body, report)
    _rules(body, report)
    _places(body, report)
    for table, keys in ((report.worst, WORST), (report.measures, MEASURES)):
        _text(body, "h2", table.title)
        _table(body, table.only(*keys), report.labels.nothing)
    sign = SubElement(body, "div", {"class": "sign"})
    for label in report.labels.sign.split(" / "):
        _text(sign, "div", label)
    return f"<!doctype html>\n{tostring(root, encoding='unicode', method='html')}\n".encode()


def _head(body: Element, report: Report) -> None:
    header = SubElement(body, "header")
    _text(header, "h1", report.title)
    _text(header, "p", report.subtitle, "sub")


def _summary(body: Element, report: Report) -> None:
    """The asked place as a whole comes first: one row an indicator."""
    firsts = [pairs[0] for pairs in _by_indicator(report)]
    table = Table("", report.values.columns, tuple(row for row, _ in firsts)).only(*OVERALL)
    _text(body, "h2", report.values.title)
    _table(body, table, report.labels.nothing, [record for _, record in firsts])
    _text(body, "h2", report.labels.about)
    facts = SubElement(body, "table", {"class": "facts"})
    for name, told in report.about:
        line = SubElement(facts, "tr")
        _text(line, "th", name)
        _text(line, "td", told)


def _rules(body: Element, report: Report) -> None:
    _text(body, "h2", report.labels.rules)
    rules = SubElement(body, "ol")
    for rule in report.rules:
        _text(rules, "li", rule)
    _text(body, "h2", report.definitions.title)
    _table(body, report.definitions.only(*DEFINITIONS), report.labels.nothing)
    for table in (report.awaited, report.grades):
        _text(body, "h2", table.title)
        _table(body, table, report.labels.nothing)


def _places(body: Element, report: Report) -> None:
    """One table an indicator, its places in the order of the estate."""
    _text(body, "h2", report.labels.places, "new")
    for pairs in _by_indicator(report):
        first, one = pairs[0]
        heading = _text(body, "h3", f"{one.indicator} {first.cells[1]}")
        lines = " / ".join(_shown(line, 2) for line in (one.target, one.standard, one.warning))
        _text(heading, "small", f"{lines} {one.unit}")
        table = Table("", report.values.columns, tuple(row for row, _ in pairs)).only(*PLACES)
        _table(body, table, report.labels.nothing, [record for _, record in pairs])


def _by_indicator(report: Report) -> list[list[tuple[Row, IndicatorRecord]]]:
    pairs = zip(report.values.rows, report.records, strict=True)
    return [list(group) for _, group in groupby(pairs, key=lambda pair: pair[1].indicator)]


def _table(body: Element, table: Table, nothing: str, records: Sequence[IndicatorRecord] = ()) -> None:
    """Write a table; with ``records`` each actual value gets its bar."""
    if not table.rows:
        _text(body, "p", nothing, "none")
        return
    element = SubElement(body, "table")
    titles = SubElement(SubElement(element, "thead"), "tr")
    for column in table.columns:
        _text(titles, "th", column.title, "n" if column.decimals is not None else "")
        if column.key == "actual" and records:
            _text(titles, "th", "")
    rows = SubElement(element, "tbody")
    for number, row in enumerate(table.rows):
        line = SubElement(rows, "tr")
        for column, cell in zip(table.columns, row.cells, strict=True):
            _cell(line, column, cell, row)
            if column.key == "actual" and records:
                _bar(SubElement(line, "td"), records[number])


def _cell(line: Element, column: Column, cell: Cell, row: Row) -> None:
    if column.key == "grade" and row.grade:
        _text(SubElement(line, "td"), "span", str(cell), f"grade {row.grade}")
    elif column.decimals is not None:
        _text(line, "td", _shown(cell, column.decimals), "n strong" if column.key == "actual" else "n")
    else:
        _text(line, "td", _shown(cell, 0), "short" if column.width <= 16 else "wide")


def _shown(cell: Cell, decimals: int) -> str:
    if cell is None or cell == "":
        return "—"
    return cell if isinstance(cell, str) else f"{cell:,.{decimals}f}"


def _bar(cell: Element, one: IndicatorRecord) -> None:
    """Where the value stands between the warning line and the target; the words beside it say the same."""
    low, high = 2 * one.warning - one.target, max(100.0, one.target)
    if one.actual is None or low >= high:
        return
    width, height = _BAR
    edges = [low, one.warning, one.standard, one.target, high]
    places = [width * (edge - low) / (high - low) for edge in edges]
    drawing = SubElement(cell, "svg", width=f"{width:g}", height=f"{height:g}", role="img")
    _text(drawing, "title", f"{one.actual:.2f}")
    for left, right, colour in zip(places, places[1:], _ZONES, strict=False):
        size = {"x": f"{left:.1f}", "y": "0", "width": f"{right - left:.1f}", "height": f"{height:g}"}
        SubElement(drawing, "rect", size, fill=colour)
    at = width * min(1.0, max(0.0, (one.actual - low) / (high - low)))
    mark = {"x": f"{min(width - 2.5, max(0.0, at - 1.25)):.1f}", "y": "0", "width": "2.5", "height": f"{height:g}"}
    SubElement(drawing, "rect", mark, fill="#1a2330")


def _text(parent: Element, tag: str, text: str, style: str = "") -> Element:
    element = SubElement(parent, tag, {"class": style} if style else {})
    element.text = text
    return element
