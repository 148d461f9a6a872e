"""The data files are read strictly: counts of the standard, names that lead somewhere, all mistakes at once."""

from collections import Counter

import pytest

from campus.errors import ConfigError
from playbooks import catalogue, check, policy

GOOD = """
title: {zh: 甲, en: a}
clauses: [7.1.4.1.a]
platforms: [linux]
asks: {zh: "至少 {policy.pw_min_length} 位", en: at least}
expect:
  every: {of: pwquality, holds: {ge: [minlen, {policy: pw_min_length}]}}
risk: low
lockout: no
reversible: true
proved_on: [fixture]
"""


def test_the_catalogue_has_all_items_of_level_two(baseline):
    items = baseline.catalogue.items
    assert Counter(catalogue.chapter(name) for name in items) == {"general": 135, "cloud": 29, "mobile": 14}
    assert Counter(item.automation for item in items.values()) == {"full": 20, "partial": 69, "evidence": 89}
    general = {catalogue.point(name) for name in items if catalogue.chapter(name) == "general"}
    assert len(general) == 68


def test_each_item_that_machines_help_with_has_a_check(baseline):
    checked = {clause for one in baseline.checks.values() for clause in one.clauses}
    assert {name for name, item in baseline.catalogue.items.items() if item.automation != "evidence"} == checked


def test_there_are_143_checks_and_each_platform_has_its_own(baseline):
    assert len(baseline.checks) == 143
    owned = Counter(one.platforms[0] for one in baseline.checks.values())
    assert owned == {
        "linux": 51,
        "comware": 21,
        "comware_ac": 8,
        "vrp": 12,
        "ruijie": 9,
        "ios": 10,
        "keycloak": 11,
        "cloud": 11,
        "netarch": 10,
    }


def test_each_fix_that_can_be_undone_says_how(baseline):
    assert [name for name, one in baseline.checks.items() if one.reversible and not one.inverse] == []
    assert [name for name, one in baseline.checks.items() if one.expect and not one.fix] == []


def test_each_policy_variable_is_used(baseline):
    used = {name for one in baseline.checks.values() if one.expect for name in one.expect.refs()}
    assert set(baseline.policy.values) - used == set()


def test_a_fix_is_printed_with_the_numbers_of_the_site(baseline, tmp_path):
    site = tmp_path / "site.yaml"
    site.write_text("idle_minutes: 5\n")
    assert check.load(site).checks["vrp-idle"].fix_lines(policy.load(site).values)[1] == " idle-timeout 5 0"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("7.1.4.1.a", "7.9.9.9"), "no item is called 7.9.9.9"),
        (("pwquality", "pwqualty"), "linux has no reading called pwqualty"),
        (("pw_min_length", "pw_length"), "no policy variable is called pw_length"),
        (("proved_on: [fixture]", ""), "where the verdicts were proved"),
        (("asks:", "says:"), "says"),
        (("risk: low", "risk: little"), "risk"),
        (("holds", "holdz"), "holdz"),
        (("ge:", "atleast:"), "atleast"),
        (("[linux]", "[windows]"), "platforms"),
        (("lockout: no", "lockout: no\nform: {zh: 问, en: q}"), "either expect or form"),
    ],
)
def test_a_mistake_in_a_check_is_told_with_its_file(change, told, tmp_path):
    _write(tmp_path / "one", GOOD.replace(*change))
    with pytest.raises(ConfigError, match=r"one/check\.yaml") as raised:
        check.load(folder=tmp_path)
    assert told in str(raised.value)


def test_mistakes_of_all_checks_are_told_at_once(tmp_path):
    _write(tmp_path / "one", GOOD.replace("7.1.4.1.a", "7.9.9.9"))
    _write(tmp_path / "two", GOOD.replace("risk: low", "risk: little"))
    with pytest.raises(ConfigError) as raised:
        check.load(folder=tmp_path)
    assert {fault.file.split("/")[-2] for fault in raised.value.faults} == {"one", "two"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("pw_minlen: 8\n", "no variable is called pw_minlen"),
        ("pw_min_length: eight\n", "kind of its default"),
        ("mgmt_networks: 10.0.0.0/8\n", "kind of its default"),
    ],
)
def test_a_mistake_in_the_policy_of_a_site_is_told(text, told, tmp_path):
    site = tmp_path / "site.yaml"
    site.write_text(text)
    with pytest.raises(ConfigError, match=told):
        policy.load(site)


def test_another_number_is_another_policy(tmp_path):
    site = tmp_path / "site.yaml"
    site.write_text("pw_min_length: 10\n")
    own = policy.load(site)
    assert own.values["pw_min_length"] == 10
    assert own.overridden == {"pw_min_length"}
    assert own.digest != policy.load().digest


def _write(folder, text):
    folder.mkdir()
    (folder / "check.yaml").write_text(text)
