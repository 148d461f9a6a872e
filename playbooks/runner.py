"""How are hosts read? One round trip each: the probe over Ansible's ``raw``, in a private folder that is gone after.

The only door to ansible-runner. Ansible never sees the suite's own ``inventory`` folder, which it would take for hosts.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import ansible_runner  # type: ignore[import-untyped]  # it ships no types

from campus.errors import ConfigError, Fault, ServiceError

ROOM = Path(__file__).parent
PARTS = ("audit.yml", "baseline/probe.sh", "baseline/readings.yaml")
# Nothing of a run stays behind: no control sockets of ssh, no temporary files in the home of who runs it.
QUIET = {"ANSIBLE_SSH_ARGS": "-o ControlMaster=no -o ControlPersist=no", "ANSIBLE_NOCOLOR": "1"}


@dataclass(frozen=True, slots=True)
class HostAnswer:
    """What the probe printed on one host, or why it printed nothing. ``problem`` holds no secret."""

    name: str
    transcript: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """Which hosts (an Ansible inventory file), which readings, the random mark of the run, how many hosts at once."""

    inventory: Path
    reads: tuple[str, ...]
    word: str
    forks: int = 20


def run(probe: Probe, told: Callable[[HostAnswer], None]) -> list[HostAnswer]:
    """Read all hosts of an inventory; ``told`` hears of each as it comes. Gives one answer a host, by name.

    Raises:
        ConfigError: the inventory cannot be read, or names no host.
        ServiceError: Ansible itself failed.
    """
    if not probe.inventory.is_file():
        raise ConfigError([Fault(str(probe.inventory), 0, "is no inventory file")])
    answers: dict[str, HostAnswer] = {}

    def heard(event: Mapping[str, object]) -> bool:
        answer = _answer(event)
        if answer is not None:
            answers[answer.name] = answer
            told(answer)
        return False  # no event file is kept: it would hold what the host said

    with tempfile.TemporaryDirectory(prefix="campus-audit-") as folder:
        status = _ansible(probe, Path(folder), heard)
    if not answers and status == "successful":
        raise ConfigError([Fault(str(probe.inventory), 0, "names no host")])
    if not answers:
        raise ServiceError(f"Ansible ended as {status}; try: ansible-inventory -i {probe.inventory} --list")
    return [answers[name] for name in sorted(answers)]


def _ansible(probe: Probe, folder: Path, heard: Callable[[Mapping[str, object]], bool]) -> str:
    for part in PARTS:
        target = folder / "project" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOM / part, target)
    outcome = ansible_runner.run(
        private_data_dir=str(folder),
        playbook="audit.yml",
        inventory=str(probe.inventory.resolve()),
        extravars={"word": probe.word, "reads": " ".join(probe.reads)},
        envvars={**QUIET, "ANSIBLE_HOME": str(folder / "home"), "ANSIBLE_FORKS": str(probe.forks), "PATH": _path()},
        event_handler=heard,
        quiet=True,
        suppress_env_files=True,
    )
    return str(outcome.status)


def _path() -> str:
    """Find the Ansible that is installed beside this Python first."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)))


def _answer(event: Mapping[str, object]) -> HostAnswer | None:
    """Make an answer of an event that speaks of a host's probe."""
    data = event.get("event_data")
    if not isinstance(data, dict) or data.get("task") != "Probe":
        return None
    result = data.get("res")
    said = result if isinstance(result, dict) else {}
    name = str(data.get("host", ""))
    match event.get("event"):
        case "runner_on_ok":
            return HostAnswer(name, str(said.get("stdout", "")))
        case "runner_on_unreachable":
            return HostAnswer(name, problem=f"unreachable: {_short(said.get('msg'))}")
        case "runner_on_failed":
            return HostAnswer(name, problem=f"the probe failed: {_short(said.get('stderr') or said.get('msg'))}")
    return None


def _short(message: object) -> str:
    lines = str(message or "no reason given").strip().splitlines()
    return lines[-1][:200] if lines else "no reason given"
