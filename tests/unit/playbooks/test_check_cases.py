"""Every check with an expectation is held to its cases: files named ``<platform>[-note].<verdict>.<ext>``."""

import pytest

from playbooks.check import CHECKS
from playbooks.judge import judge

CASES = sorted(CHECKS.glob("*/tests/*"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.parent.name}/{path.name}")
def test_a_case_gets_the_verdict_in_its_name(path, baseline, read_case):
    name = path.parent.parent.name
    verdict, facts = read_case(path)
    finding = judge(name, baseline.checks[name], facts, baseline.policy)
    assert finding.verdict == verdict, f"{finding.expected}\n{finding.output}"


def test_each_check_passes_and_fails_somewhere_on_each_of_its_platforms(baseline):
    shown = {(path.parent.parent.name, path.name.rsplit(".", 2)[1]) for path in CASES}
    machine = {name for name, check in baseline.checks.items() if check.expect}
    assert {(name, verdict) for name in machine for verdict in ("pass", "fail")} - shown == set()
    assert len(machine) >= 80
    assert len(CASES) >= 400


def test_no_case_shows_a_planted_secret(baseline, read_case):
    for path in CASES:
        check = path.parent.parent.name
        finding = judge(check, baseline.checks[check], read_case(path)[1], baseline.policy)
        assert "planted" not in str(finding.json()), path
