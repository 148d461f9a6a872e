"""One evidence set, equal in all its forms; what a device says is text there and nothing more."""

import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from playbooks.check import CHECKS
from playbooks.judge import Verdict, Waiver, judge_all
from playbooks.register import Run
from playbooks.report import html, xlsx
from playbooks.report.evidence import Desk, Hazards, evidence_set
from playbooks.score import Met, Statement

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = date(2026, 11, 23)
WAIVER = Waiver("cw-telnet-off", "sw*", "old bastion", "ACL", "the CISO", date(2026, 12, 31))
HOSTILE = '<script>alert(1)</script>=HYPERLINK("x")'


@pytest.fixture(scope="module")
def evidence(baseline, read_case):
    def made(*waivers, statements=(), findings=None):
        facts = read_case(CHECKS / "cw-telnet-off/tests/comware-comware7-server.fail.cfg")[1]
        judged = tuple(judge_all(baseline, facts, (), DAY)) if findings is None else findings
        stated = {name: Statement(name, met, "duty officer", DAY, "record.pdf", "0" * 64) for name, met in statements}
        run = Run("run-1", AT, "os:ops", judged)
        return evidence_set(baseline, run, Desk(waivers, stated, Hazards(2, 1), AT, DAY))

    return made


def test_the_hash_is_over_all_that_the_report_says(evidence):
    body = evidence()
    digest = body.pop("sha256")
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == digest


def test_numbers_are_equal_in_page_workbook_and_data(evidence, tmp_path):
    data = evidence(statements=[("7.1.1.2", Met.MET), ("7.1.1.4", Met.UNMET)])
    counts = data["result"]["counts"]
    page = html.render(data, "en")
    shown = {name: int(count) for name, count in re.findall(r'<i class="b-(\w+)"></i>[^<]*? (\d+)</span>', page)}
    xlsx.write(data, "en", tmp_path / "r.xlsx")
    book = load_workbook(tmp_path / "r.xlsx")
    rows = {row[0].value: row[1].value for row in book["Result"].iter_rows(min_row=2)}
    filed = dict(zip(counts, (rows[word] for word in ("met", "partly", "not met", "n/a", "pending")), strict=True))
    assert counts == shown == filed
    assert sum(counts.values()) == 178
    assert book["Items"].max_row == 179
    assert data["sha256"] in page
    assert rows["SHA-256 of the evidence set"] == data["sha256"]


def test_a_waiver_changes_no_number_and_stands_apart(evidence):
    plain, waived = evidence(), evidence(WAIVER)
    assert plain["result"] == waived["result"]
    assert waived["waivers"][0]["covers"] == 1
    assert "waived (still counts as failed)" in html.render(waived, "en")


def test_a_waiver_that_ended_covers_nothing(evidence):
    ended = evidence(replace(WAIVER, until=date(2026, 11, 22)))["waivers"][0]
    assert (ended["in_force"], ended["covers"]) == (False, 0)


def test_no_rate_is_printed_while_items_are_pending(evidence):
    data = evidence()
    assert data["result"]["word"] is None
    assert "No result yet" in html.render(data, "en")
    assert "尚无结论" in html.render(data, "zh")


def test_each_pending_item_says_what_is_missing(evidence):
    open_items = [item for item in evidence()["items"] if item["met"] == "pending"]
    assert open_items
    assert [item["id"] for item in open_items if not item["wants"]] == []


def test_what_a_device_says_is_escaped_on_the_page_and_no_formula_in_the_workbook(
    evidence, baseline, read_case, tmp_path
):
    facts = read_case(CHECKS / "vrp-users/tests/vrp-vrp5.pass.cfg")[1]
    judged = [replace(one, object=HOSTILE, actual=f"={HOSTILE}") for one in judge_all(baseline, facts, (), DAY)]
    failed = tuple(replace(one, verdict=Verdict.FAIL) if one.expected else one for one in judged)
    data = evidence(findings=failed)
    assert "<script>" not in html.render(data, "zh")
    xlsx.write(data, "zh", tmp_path / "r.xlsx")
    cells = [cell for sheet in load_workbook(tmp_path / "r.xlsx") for row in sheet.iter_rows() for cell in row]
    assert any(HOSTILE in str(cell.value) for cell in cells)
    assert "f" not in {cell.data_type for cell in cells}


def test_the_page_asks_nothing_of_the_network(evidence):
    page = html.render(evidence(), "zh")
    assert re.findall(r"(?:src|href)=|url\(|@import|<script", page) == []
