"""``campus baseline``: exit codes, the JSON that others read, waivers and statements that reach the report."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from campus.cli.baseline import app
from playbooks.check import CHECKS

FAIL = f"sw1=comware:{CHECKS}/cw-telnet-off/tests/comware-comware7-server.fail.cfg"
SETTINGS = "campus: {name: {zh: 校, en: College}, timezone: Asia/Shanghai}\nstore: {path: var}\n"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Give ``run(*words)``: the outcome of ``campus baseline …`` with settings of its own, in English."""
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("CAMPUS_CONFIG", str(tmp_path / "campus.yaml"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "campus.yaml").write_text(SETTINGS)
    return lambda *words: CliRunner().invoke(app, list(words))


def test_findings_end_with_one_and_stdout_is_the_list_of_records(run):
    result = run("audit", "--read", FAIL, "--format", "json")
    records = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {one["check"] for one in records if one["verdict"] == "fail"} >= {"cw-telnet-off", "cw-loghost"}
    assert {one["object"] for one in records} == {"sw1"}


def test_the_table_shows_what_is_to_be_looked_at_and_counts_the_rest(run):
    shown = run("audit", "--read", FAIL).stdout
    assert "cw-telnet-off" in shown
    assert "cw-vty-scheme" not in shown
    assert "1 objects, 21 results" in shown


@pytest.mark.parametrize(
    "words", [(), ("--read", "sw1"), ("--read", "sw1=windows:x"), ("--read", "sw1=comware:gone.cfg")]
)
def test_what_cannot_be_read_is_told_before_anything_is_judged(run, words):
    result = run("audit", *words)
    assert result.exit_code == 2 or "gone.cfg" in str(result.exception)


def test_a_run_is_kept_and_reported_with_its_waivers_and_statements(run, tmp_path):
    (tmp_path / "door.pdf").write_bytes(b"log")
    stated = ("7.1.1.2", "--verdict", "met", "--who", "duty officer", "--document", "door.pdf")
    waived = ("cw-telnet-off", "sw*", "--reason", "bastion", "--approver", "CISO", "--until", "2999-12-31")
    assert run("waive", *waived).exit_code == 0
    assert run("state", *stated).exit_code == 0
    assert run("audit", "--read", FAIL).exit_code == 1
    assert run("report", "--out", "r.json").exit_code == 0
    report = json.loads((tmp_path / "r.json").read_text())
    items = {item["id"]: item for item in report["items"]}
    assert items["7.1.1.2"]["met"] == "met"
    assert items["7.1.1.2"]["statement"]["document"] == "door.pdf"
    assert report["waivers"][0]["covers"] == 1
    assert report["coverage"]["person"] == 1


def test_a_report_can_be_made_of_printed_findings(run, tmp_path):
    (tmp_path / "f.json").write_text(run("audit", "--read", FAIL, "--format", "json").stdout)
    for name in ("r.html", "r.xlsx", "r.json"):
        assert run("report", "--findings", "f.json", "--out", name, "--language", "zh").exit_code == 0
        assert (tmp_path / name).stat().st_size > 5000


def test_a_waiver_that_is_over_already_is_refused(run):
    waived = ("cw-telnet-off", "sw1", "--reason", "r", "--approver", "a", "--until", "2020-01-01")
    assert run("waive", *waived).exit_code == 2


def test_names_that_do_not_exist_are_refused(run, tmp_path):
    (tmp_path / "d").write_bytes(b"x")
    waived = run("waive", "no-such", "sw1", "--reason", "r", "--approver", "a", "--until", "2999-01-01")
    stated = run("state", "9.9", "--verdict", "met", "--who", "w", "--document", "d")
    assert "no-such" in str(waived.exception)
    assert "9.9" in str(stated.exception)


def test_a_report_without_a_run_says_so(run):
    assert "campus baseline audit" in str(run("report", "--out", "r.html").exception)


def test_all_checks_are_listed_with_who_decides_them(run):
    listed = json.loads(run("checks", "--format", "json").stdout)
    assert len(listed) == 143
    assert {one["how"] for one in listed} == {"machine", "person"}
    assert {one["check"] for one in listed if "debian12" in one["proved_on"]} >= {
        "linux-sshd-maxauth",
        "linux-faillock",
    }
