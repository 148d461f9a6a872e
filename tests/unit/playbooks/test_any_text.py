"""Whatever a host or a device sends, it is judged and never believed in part."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playbooks import audit, check
from playbooks.check import CHECKS
from playbooks.devices import config_tree
from playbooks.judge import Verdict, judge_all

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
BASELINE = check.load()
LINES = sorted({line for path in CHECKS.glob("*/tests/*.cfg") for line in path.read_text("utf-8").splitlines()})
HOST_LINES = sorted({line for path in CHECKS.glob("*/tests/*.txt") for line in path.read_text("utf-8").splitlines()})


@given(st.sampled_from(("comware", "comware_ac", "vrp", "ios", "ruijie")), st.lists(st.sampled_from(LINES) | st.text()))
@settings(max_examples=60, deadline=None)
def test_any_lines_of_a_device_get_verdicts_and_pass_only_if_whole(platform, lines):
    text = "\n".join(lines)
    verdicts = _verdicts(audit.device(BASELINE, "sw1", platform, text, AT))
    if config_tree.fault(text):
        assert verdicts <= {Verdict.ERROR, Verdict.MANUAL}
    assert verdicts


@given(st.lists(st.sampled_from(HOST_LINES) | st.text(), max_size=30), st.sampled_from(sorted(BASELINE.readings.hosts)))
@settings(max_examples=60, deadline=None)
def test_any_lines_of_a_host_get_verdicts(lines, name):
    body = "\n".join(line for line in lines if not line.startswith("#=w"))
    text = f"#=w {name}\n{body}\n#=w {name} 0\n"
    facts = audit.transcribed(BASELINE, "web01", text, AT)
    unread = {other for other in BASELINE.readings.hosts if other != name}
    passed = {one.check for one in judge_all(BASELINE, facts, (), date(2026, 11, 23)) if one.verdict is Verdict.PASS}
    assert all(not BASELINE.checks[one].tables() <= unread for one in passed)


@pytest.mark.parametrize("path", sorted(CHECKS.glob("*/tests/*.pass.cfg")), ids=lambda path: path.parent.parent.name)
def test_a_configuration_that_ends_early_passes_nothing(path: Path):
    whole = path.read_text("utf-8").splitlines()[:-1]
    facts = audit.device(BASELINE, "sw1", path.name.partition("-")[0], "\n".join(whole), AT)
    assert _verdicts(facts) <= {Verdict.ERROR, Verdict.MANUAL}


def _verdicts(facts):
    return {one.verdict for one in judge_all(BASELINE, facts, (), date(2026, 11, 23))}
