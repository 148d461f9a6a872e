"""Can a quality office show the report: rules beside numbers, numbers as numbers, nothing that a reader could run?"""

import asyncio
import csv
import io
import json
from datetime import UTC, date, datetime
from html.parser import HTMLParser

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from campus.cli.report import report
from campus.indicators.measures import Measures, Wish
from campus.model import Scope
from campus.store.records import SqliteRecords
from tests.small_campus import CALENDAR

EVIL = '=HYPERLINK("http://192.0.2.1","x")'
NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)


@pytest.fixture
def written(campus, folder):
    """Give ``written("f.csv", "--lang", "en")``: the octets of the report of the first of November."""
    verb = typer.Typer(pretty_exceptions_enable=False)
    verb.command()(report)

    def write(name, *words):
        path = folder / name
        result = CliRunner().invoke(verb, ["--period", "2026-11-01", "--out", str(path), *words])
        assert result.exit_code == 0, result.output
        return path.read_bytes()

    return write


@pytest.fixture
def decided(folder):
    """A measure whose texts a spreadsheet or a browser would take for a program."""

    async def add():
        async with SqliteRecords(folder / "store") as records:
            wish = Wish("W01", Scope("building", "B1"), CALENDAR.named("2026-11-01"), EVIL, date(2026, 12, 1), "<b>")
            await Measures(records, CALENDAR, 2).add(wish, NOW, "office")

    asyncio.run(add())


def rows(octets):
    return list(csv.DictReader(io.StringIO(octets.decode("utf-8-sig"), newline="")))


def test_csv_opens_in_excel_and_carries_rule_completeness_and_revision_in_each_row(written):
    octets = written("r.csv")
    assert octets.startswith(b"\xef\xbb\xbf")
    assert octets.count(b"\r\n") == octets.count(b"\n") == len(rows(octets)) + 1
    (building,) = [row for row in rows(octets) if row["范围编号"] == "building:B1" and row["指标编号"] == "W01"]
    assert (building["实际值"], building["完整率%"], building["等级"]) == ("93.75", "100.0", "橙 · Ⅱ级")
    assert (building["修订"], building["状态"], building["规则版本"]) == ("1", "未关账", "2026.1")
    assert building["改进措施"] == "待制定"
    assert "未知不计" in building["口径"]


def test_a_closed_period_is_told_as_closed(written, campus):
    assert campus("indicators", "close").exit_code == 0
    assert {row["状态"] for row in rows(written("r.csv"))} == {"已冻结"}


def test_the_workbook_begins_with_the_rules_and_its_numbers_are_numbers(written, decided):
    book = openpyxl.load_workbook(io.BytesIO(written("r.xlsx")))
    assert book.sheetnames == ["说明", "指标值", "最差位置", "改进措施"]
    told = [str(cell.value) for row in book["说明"] for cell in row if cell.value is not None]
    assert {"规则版本", "最低完整率", "计数规则", "2026.1"} <= {*told}
    header, *values = book["指标值"].iter_rows(values_only=True)
    numbers = [header.index(name) for name in ("实际值", "目标值", "完整率%", "良好分钟", "修订")]
    assert {type(row[place]) for row in values for place in numbers} <= {int, float, type(None)}
    measures = list(book["改进措施"].iter_rows())[1]
    assert {cell.data_type for cell in measures} == {"s"} | {cell.data_type for cell in measures if cell.value is None}
    assert measures[5].value == f"'{EVIL}"


def test_the_page_says_grades_in_words_runs_nothing_and_loads_nothing(written, decided):
    page = written("r.html").decode()
    parser = Tags()
    parser.feed(page)
    assert not parser.tags & {"script", "link", "img", "iframe", "b"}
    assert "&lt;b&gt;" in page
    assert "橙 · Ⅱ级" in page
    assert "良好分钟 ÷" in page
    assert 'lang="zh-CN"' in page


def test_the_page_in_english_holds_no_chinese(written):
    page = written("r.html", "--lang", "en").decode().replace("信息化", "")
    assert "orange · II" in page
    body = page.partition("<body>")[2]
    assert [sign for sign in body if "\u4e00" <= sign <= "\u9fff"] == []


def test_json_holds_the_records_that_every_door_tells(written):
    document = json.loads(written("r.json", "--scope", "building:B1"))
    scopes = {one["scope"]["id"] for one in document["items"] if one["indicator"] == "W01"}
    assert scopes == {"B1", "B1-1F", "B1-2F"}
    (floor,) = [one for one in document["items"] if (one["indicator"], one["scope"]["id"]) == ("W01", "B1-1F")]
    assert (floor["actual"], floor["counts"]["bad"], floor["period"]["term"]) == (91.67, 360, "2026-2027-1")
    assert len(document["rules"]) == 7


@pytest.mark.parametrize(
    "words", [["--period", "2026-13", "--out", "r.csv"], ["--period", "2026-11", "--out", "r.doc"]]
)
def test_what_cannot_be_written_is_refused(campus, words):
    verb = typer.Typer(pretty_exceptions_enable=False)
    verb.command()(report)
    assert CliRunner().invoke(verb, words).exit_code != 0


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags = set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
