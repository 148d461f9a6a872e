"""Runs, waivers and statements are kept and come back as they were."""

from datetime import UTC, date, datetime

import pytest

from campus.errors import ConfigError
from campus.store.records import SqliteRecords
from playbooks import register
from playbooks.check import CHECKS
from playbooks.judge import Waiver, judge_all
from playbooks.register import Run
from playbooks.score import Met, Statement

AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
WAIVER = Waiver("cw-telnet-off", "sw*", "old bastion", "ACL", "the CISO", date(2026, 12, 31))


@pytest.fixture
def findings(baseline, read_case):
    facts = read_case(CHECKS / "cw-telnet-off/tests/comware-comware7-server.fail.cfg")[1]
    return tuple(judge_all(baseline, facts, [WAIVER], date(2026, 11, 23)))


async def test_the_newest_run_comes_back_whole(tmp_path, findings):
    async with SqliteRecords(tmp_path) as records:
        assert await register.newest_run(records) is None
        await register.keep_run(records, Run("r1", AT, "os:ops", ()))
        newest = Run("r2", AT.replace(hour=9), "os:ops", findings)
        await register.keep_run(records, newest)
        assert await register.newest_run(records) == newest


async def test_a_later_waiver_of_the_same_objects_takes_the_place_of_the_first(tmp_path):
    later = Waiver("cw-telnet-off", "sw*", "still there", "ACL", "the CISO", date(2027, 3, 31))
    async with SqliteRecords(tmp_path) as records:
        await register.waive(records, WAIVER, AT, "os:ops")
        await register.waive(records, later, AT, "os:ops")
        assert await register.waivers(records) == [later]


async def test_a_statement_comes_back_as_it_was_made(tmp_path):
    statement = Statement("7.1.1.2", Met.MET, "duty officer", date(2026, 11, 20), "door.pdf", "a" * 64, "north door")
    async with SqliteRecords(tmp_path) as records:
        await register.state(records, statement, AT, "os:ops")
        assert await register.statements(records) == {"7.1.1.2": statement}


@pytest.mark.parametrize("text", ["", "{}", '[{"check": "x"}]', "[1]"])
def test_a_file_that_holds_no_findings_is_told(text):
    with pytest.raises(ConfigError, match=r"f\.json"):
        register.findings_of(text, "f.json")
