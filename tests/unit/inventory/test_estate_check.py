"""Does the check of all files name what it found and what is wrong?"""

from pathlib import Path

import pytest

from inventory.check import check

CREDENTIALS = """\
campus: {name: Lab}
credentials:
  a: {version: 2c, community: "${env:A}"}
  b:
    version: 3
    user: u
    auth: sha256
    auth_secret: ${file:b}
"""
DEVICES = "inventory:\n  devices:\n    - {id: ac1, kind: ac, address: 10.1.0.2, credential: a, profile: %s}\n"


@pytest.fixture
def told(tmp_path):
    """Give ``told(text, **environ)``: (line, what) of each fault."""

    def run(text: str, **environ: str):
        path = tmp_path / "campus.yaml"
        path.write_text(text, encoding="utf-8")
        return check(path, environ)

    (tmp_path / "b").write_text("long enough\n")
    return run


def test_what_was_found_is_counted(told):
    report = told(CREDENTIALS + DEVICES % "auto", A="public")
    assert report.faults == ()
    assert report.found == {"ac": 1, "ha_group": 0, "ap": 0, "pattern": 0}


def test_secrets_that_are_missing_or_too_short_are_told_together(told, tmp_path):
    (tmp_path / "b").write_text("short\n")
    report = told(CREDENTIALS)
    assert [(fault.line, fault.what) for fault in report.faults] == [
        (3, "${env:A} is missing or empty"),
        (8, "the secret is shorter than 8 octets"),
    ]
    assert report.estate is not None


def test_a_short_community_is_allowed(told):
    assert told(CREDENTIALS, A="c").faults == ()


def test_an_unknown_profile_is_told_by_its_line(told):
    (fault,) = told(CREDENTIALS + DEVICES % "h3c_comware", A="public").faults
    assert (fault.line, fault.what) == (11, "no profile is called 'h3c_comware'")
    assert "h3c_comware_ac" in fault.hint


def test_a_profile_may_be_named(told):
    assert told(CREDENTIALS + DEVICES % "h3c_comware_ac", A="public").faults == ()


def test_settings_that_are_wrong_have_no_estate(told):
    report = told("campus: {}\n")
    assert (report.estate, report.found) == (None, {})
    assert [fault.line for fault in report.faults] == [1]


def test_a_file_that_is_absent_is_a_fault(tmp_path):
    (fault,) = check(tmp_path / "campus.yaml", {}).faults
    assert Path(fault.file).name == "campus.yaml"
