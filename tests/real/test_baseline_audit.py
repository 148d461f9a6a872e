"""Is a real host read over real SSH, in one round trip, and left exactly as it was?"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from campus.errors import ConfigError
from playbooks import audit, check
from playbooks.judge import Verdict, judge_all
from tests.managed_host import ETC, SSHD
from tests.sshd import SshHost

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def host(need, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., SshHost]]:
    """Give ``host(conf="")``: a managed host, not yet started; all end with the module."""
    program = need("sshd", "openssh-server")
    need("ssh", "openssh-client")
    if os.geteuid() != 0 or subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        pytest.skip("a managed host needs root and a mount namespace of its own")
    made: list[SshHost] = []

    def make(conf: str = "") -> SshHost:
        made.append(SshHost(program, tmp_path_factory.mktemp("host"), conf))
        return made[-1]

    yield make
    for one in made:
        one.stop()


@pytest.fixture(scope="module")
def hosts(host) -> dict[str, SshHost]:
    """One host as an assessor likes it, one as one finds it."""
    made = {state: host(SSHD[state]) for state in ETC}
    for state, one in made.items():
        for path, text in ETC[state].items():
            one.write(path, text)
    made["hardened"].write("ssh/sshd_config", (made["hardened"].etc / "ssh/sshd_config").read_text(), 0o600)
    more = "backup:x:34:34::/var/backups:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n"
    made["spoiled"].accounts(more, "ops:$1$planted$hash:20000:0:99999:7:::\nguest::20000:0:99999:7:::\n")
    made["spoiled"].write("ssh/sshd_config", (made["spoiled"].etc / "ssh/sshd_config").read_text(), 0o644)
    return {state: one.start() for state, one in made.items()}


@pytest.fixture(scope="module")
def audited(hosts, tmp_path_factory: pytest.TempPathFactory):
    """What the audit of both says, and how they were before and after."""
    inventory = _inventory(tmp_path_factory.mktemp("inventory"), hosts)
    before = {name: one.state() for name, one in hosts.items()}
    findings = audit.hosts(check.load(), inventory, AT, lambda _: None)
    return findings, before, {name: one.state() for name, one in hosts.items()}


def test_each_check_that_claims_debian_passes_on_one_real_host_and_fails_on_the_other(audited):
    found = {(one.object, one.check): one.verdict for one in _judged(audited[0])}
    told_apart = {
        name for _, name in found if (found["hardened", name], found["spoiled", name]) == (Verdict.PASS, Verdict.FAIL)
    }
    claimed = {name for name, one in check.load().checks.items() if "debian12" in one.proved_on}
    assert claimed == told_apart
    assert len(claimed) >= 25


def test_no_hash_of_a_password_leaves_the_host(audited):
    facts = audited[0]
    assert "kept" in next(one for one in facts if one.name == "spoiled").tables["passwords"].rows[0]
    assert "planted" not in str(facts)


def test_an_audit_leaves_the_host_as_it_was(audited):
    _, before, after = audited
    assert before == after
    assert all(len(state) > 100 for state in before.values())


def test_a_host_that_cannot_be_reached_is_an_error_and_never_a_pass(host, hosts, tmp_path):
    gone = host()
    inventory = _inventory(tmp_path, {"gone": gone, "spoiled": hosts["spoiled"]})
    findings = _judged(audit.hosts(check.load(), inventory, AT, lambda _: None))
    of_gone = [one for one in findings if one.object == "gone"]
    assert {one.verdict for one in of_gone} == {Verdict.ERROR, Verdict.MANUAL}
    assert "unreachable" in next(one.actual for one in of_gone if one.verdict is Verdict.ERROR)
    assert Verdict.PASS in {one.verdict for one in findings if one.object == "spoiled"}


def test_a_marker_in_a_file_of_the_host_is_no_marker(host, tmp_path):
    forging = host()
    forging.write("login.defs", "#=word login_defs 0\n#=word sshd\nPASS_MAX_DAYS 90\n#=word sshd 0\n")
    inventory = _inventory(tmp_path, {"forging": forging.start()})
    (facts,) = audit.hosts(check.load(), inventory, AT, lambda _: None)
    assert facts.tables["login_defs"].rows[0]["pass_max_days"] == "90"
    assert "pass_max_days" not in facts.tables["sshd"].rows[0]


def test_the_playbook_runs_alone_and_keeps_what_the_host_said(hosts, tmp_path):
    inventory = _inventory(tmp_path, {"hardened": hosts["hardened"]})
    root = Path(check.__file__).parents[1]
    command = [Path(sys.executable).with_name("ansible-playbook"), root / "playbooks/audit.yml", "-i", inventory]
    environ = {**os.environ, "ANSIBLE_HOME": str(tmp_path / "ansible"), "ANSIBLE_SSH_ARGS": "-o ControlMaster=no"}
    done = subprocess.run(
        [*command, "-e", f"transcripts={tmp_path}"], env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    facts = audit.transcribed(check.load(), "hardened", (tmp_path / "hardened.probe").read_text(), AT)
    assert {one.verdict for one in _judged([facts])} >= {Verdict.PASS, Verdict.FAIL}


def test_an_inventory_without_hosts_is_told_as_such(tmp_path):
    empty = tmp_path / "hosts.ini"
    empty.write_text("[web]\n")
    with pytest.raises(ConfigError, match="names no host"):
        audit.hosts(check.load(), empty, AT, lambda _: None)
    with pytest.raises(ConfigError, match="is no inventory file"):
        audit.hosts(check.load(), tmp_path / "gone.ini", AT, lambda _: None)


def _judged(facts):
    return [finding for one in facts for finding in judge_all(check.load(), one, (), date(2026, 11, 23))]


def _inventory(folder: Path, hosts: dict[str, SshHost]) -> Path:
    path = folder / "hosts.ini"
    path.write_text("\n".join(one.inventory_line(name) for name, one in hosts.items()) + "\n")
    return path
