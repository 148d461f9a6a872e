"""Verdicts, waivers and the record that other programs read."""

from datetime import date
from pathlib import Path

import pytest

from playbooks import audit
from playbooks.check import CHECKS
from playbooks.judge import Verdict, Waiver, judge_all

DAY = date(2026, 11, 23)
CASE = CHECKS / "cw-telnet-off/tests/comware-comware7-server.fail.cfg"


@pytest.fixture(scope="module")
def findings(baseline, read_case):
    def judged(*waivers: Waiver, day: date = DAY, path: Path = CASE):
        return {one.check: one for one in judge_all(baseline, read_case(path)[1], waivers, day)}

    return judged


def test_a_finding_is_the_record_that_others_read(findings, baseline):
    record = findings()["cw-telnet-off"].json()
    assert list(record) == [
        *("schema", "check", "clauses", "object", "platform", "verdict", "expected", "actual"),
        *("evidence", "waiver", "mode", "fix", "policy", "at"),
    ]
    assert record["clauses"] == ["7.1.4.1.c", "7.1.4.4.b"]
    assert (record["verdict"], record["actual"], record["mode"]) == ("fail", "telnet=yes", "audit")
    assert record["evidence"]["cmd"] == "display current-configuration"
    assert len(record["evidence"]["sha256"]) == 64
    assert record["fix"] == {"applied": False, "snapshot": None}
    assert record["policy"] == baseline.policy.digest
    assert record["at"] == "2026-11-23T04:00:00Z"


def _waiver(until: date, objects: str = "sw*") -> Waiver:
    return Waiver("cw-telnet-off", objects, "old bastion", "ACL on the lines", "the CISO", until)


def test_a_waived_check_stays_failed(findings):
    finding = findings(_waiver(date(2026, 12, 31)))["cw-telnet-off"]
    assert finding.verdict is Verdict.FAIL
    assert finding.json()["waiver"]["approver"] == "the CISO"


def test_a_waiver_holds_through_its_last_day_and_no_longer(findings):
    waiver = _waiver(DAY)
    assert findings(waiver)["cw-telnet-off"].waiver == waiver
    assert findings(waiver, day=date(2026, 11, 24))["cw-telnet-off"].waiver is None


def test_a_waiver_covers_its_check_and_objects_only(findings):
    found = findings(_waiver(DAY), _waiver(DAY, "ac*"))
    assert {name for name, one in found.items() if one.waiver} == {"cw-telnet-off"}
    assert findings(_waiver(DAY, "ac*"))["cw-telnet-off"].waiver is None


def test_what_needs_no_waiver_gets_none(findings):
    passing = CHECKS / "cw-telnet-off/tests/comware-comware7.pass.cfg"
    assert findings(_waiver(DAY), path=passing)["cw-telnet-off"].waiver is None


def test_a_configuration_that_was_cut_off_passes_nothing(baseline, facts_of):
    text = CASE.read_text().replace("return\n", "")
    facts = audit.device(baseline, "sw1", "comware", text, facts_of("comware", text).at)
    verdicts = {one.verdict for one in judge_all(baseline, facts, (), DAY)}
    assert verdicts == {Verdict.ERROR, Verdict.MANUAL}


def test_a_probe_that_printed_nothing_passes_nothing(baseline, facts_of):
    facts = audit.transcribed(baseline, "web01", "", facts_of("linux", "").at)
    verdicts = {one.verdict for one in judge_all(baseline, facts, (), DAY)}
    assert verdicts == {Verdict.ERROR, Verdict.MANUAL}


def test_a_controller_is_held_to_the_checks_of_its_maker_and_its_own(baseline, facts_of):
    found = judge_all(baseline, facts_of("comware_ac", CASE.read_text()), (), DAY)
    assert {one.check.partition("-")[0] for one in found} == {"cw", "ac"}
