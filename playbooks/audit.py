"""How is one audit done? Hosts are probed, devices' configurations read; each becomes facts that checks judge."""

import re
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from playbooks import readings, runner, transcript
from playbooks.check import Baseline
from playbooks.judge import Facts
from playbooks.runner import HostAnswer, Probe

HOST = "linux"
FIRST_MARK = re.compile(r"^#=(\w+) \w+$", re.MULTILINE)


def hosts(baseline: Baseline, inventory: Path, at: datetime, told: Callable[[str], None]) -> list[Facts]:
    """Read every host of an Ansible inventory; ``told`` hears the name of each as it has answered.

    Raises:
        ConfigError, ServiceError: as `playbooks.runner.run`.
    """
    checks = baseline.of_platform(HOST).values()
    wanted = {name for check in checks for name in (*check.tables(), *((check.needs,) if check.needs else ()))}
    probe = Probe(inventory, tuple(sorted(wanted)), secrets.token_hex(10))
    answers = runner.run(probe, lambda answer: told(answer.name))
    return [_facts(baseline, answer, probe.word, at) for answer in answers]


def transcribed(baseline: Baseline, name: str, text: str, at: datetime) -> Facts:
    """Read a host by what its probe printed earlier."""
    mark = FIRST_MARK.search(text.replace("\r", ""))
    return _facts(baseline, HostAnswer(name, text), mark[1] if mark else "", at)


def device(baseline: Baseline, name: str, platform: str, text: str, at: datetime) -> Facts:
    """Read a device by its configuration text, or a realm by its export."""
    tables = readings.device_tables(baseline.readings, platform, text)
    return Facts(name, platform, at, tables, readings.text_fault(platform, text))


def _facts(baseline: Baseline, answer: HostAnswer, word: str, at: datetime) -> Facts:
    sections = transcript.sections(answer.transcript, word) if word else {}
    problem = answer.problem or ("" if sections else "the probe printed nothing")
    return Facts(answer.name, HOST, at, readings.host_tables(baseline.readings, sections), problem)
