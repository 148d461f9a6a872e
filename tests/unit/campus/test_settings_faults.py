"""Is each kind of mistake in a settings file told with its line, and all of them at once?"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from campus import settings
from campus.errors import ConfigError, Fault

RIGHT = """\
campus:
  name: {zh: 校, en: Campus}
  timezone: Asia/Shanghai
credentials:
  wlan: {version: 2c, community: "${env:W}"}
  core:
    version: 3
    user: monitor
    auth: sha256
    auth_secret: ${env:A}
inventory:
  areas:
    - id: A1
      name: One
      subnet: 10.1.0.0/16
      buildings:
        - id: B1
          name: B1
          floors:
            - {id: B1-1F, name: 1F}
            - {id: B1-2F, name: 2F}
    - id: A2
      name: Two
      subnet: 10.2.0.0/16
      buildings:
        - {id: B2, name: B2, floors: [{id: B2-1F, name: 1F}]}
  devices:
    - {id: ac1, kind: ac, address: 10.1.0.2, credential: wlan}
    - {id: ac2, kind: ac, address: 10.1.0.3, credential: wlan}
    - id: sw1
      kind: switch
      address: 10.1.0.1
      credential: core
      building: B1
  ha_groups:
    - {id: ha1, members: [ac1, ac2]}
  aps:
    table:
      - {ap: S1, floor: B1-1F, until: 2027-01-01}
      - {ap: S1, floor: B1-2F, since: 2027-01-01}
      - {ap: S2, floor: B2-1F, service: planned}
    patterns:
      - {name: '(?P<building>B\\d)-(?P<floor>\\dF)-\\d+', example: B1-1F-01}
      - {name: 'old-\\d+', floor: B2-1F, example: old-1}
collect:
  tiers: {state: 60s, counters: 5m}
  anchors: [10.1.0.1]
store: {path: var, raw_days: 14}
api: {listen: '127.0.0.1:8000'}
"""

FAULTS = {
    # cause: (what stood there, what stands there now, line, what is told, the hint)
    "unknown section": ("store: {", "stor: {", 48, "stor: extra inputs", "known keys: campus, credentials"),
    "unknown key": ("raw_days: 14", "raw_day: 14", 48, "store.raw_day: extra inputs", "look for a misspelt key"),
    "unknown key of a device": (
        "      building: B1",
        "      bilding: B1",
        34,
        "inventory.devices.2.bilding",
        "misspelt",
    ),
    "a CAPWAP probe of a switch": (
        "      building: B1",
        "      capwap_probe: true",
        30,
        "inventory.devices.2: capwap_probe is for controllers alone",
        "kind: ac",
    ),
    "missing key": ("kind: ac, address: 10.1.0.2, ", "kind: ac, ", 28, "devices.0.address: field required", ""),
    "one language only": ("{zh: 校, en: Campus}", "{zh: 校}", 2, "campus.name.en: field required", ""),
    "unknown time zone": ("Asia/Shanghai", "Asia/Changhai", 3, "no time zone", "IANA"),
    "unknown version": (
        "version: 3",
        "version: 4",
        6,
        "the SNMP version is missing or unknown",
        "write version: 1, 2c or 3",
    ),
    "missing version": ("{version: 2c, ", "{", 5, "the SNMP version is missing or unknown", "write version"),
    "user of version 2c": ("    version: 3\n", "    version: 2c\n", 8, "credentials.core.user: extra", ""),
    "unknown digest": ("auth: sha256", "auth: sha3", 9, "credentials.core.auth: input should be", ""),
    "protocol without its secret": ("    auth_secret: ${env:A}\n", "", 6, "credentials.core: a protocol stands", ""),
    "privacy without authentication": (
        "    auth: sha256\n    auth_secret:",
        "    priv: aes128\n    priv_secret:",
        6,
        "priv stands without auth",
        "encrypts only what it authenticates",
    ),
    "literal secret": ("${env:A}", "hunter2", 10, "auth_secret: a secret stands in clear", "write ${env:NAME} or"),
    "vault reference": ("${env:A}", "${vault:a}", 10, "auth_secret: this is no reference", "write ${env:NAME} or"),
    "reference in a plain key": (
        "user: monitor",
        "user: ${env:U}",
        8,
        "read only where a secret stands",
        "${env:NAME}",
    ),
    "bad id": ("id: ha1", "id: ha/1", 36, "ha_groups.0.id: string should match pattern", ""),
    "number for an id": ("id: A2", "id: 2", 22, "areas.1.id: input should be a valid string", ""),
    "bad address": ("address: 10.1.0.1\n", "address: 10.1.0.256\n", 32, "'10.1.0.256' is no IP address", "10.1.0.2"),
    "name for an address": ("address: 10.1.0.1\n", "address: sw1.lan\n", 32, "'sw1.lan' is no IP address", ""),
    "bad subnet": ("10.2.0.0/16", "10.2.0.1/16", 24, "is no subnet: 10.2.0.1/16 has host bits set", "10.1.0.0/16"),
    "unknown kind": ("kind: switch", "kind: swich", 31, "devices.2.kind: input should be 'ac', 'switch' or", ""),
    "bad port": ("kind: ac, address: 10.1.0.2,", "kind: ac, address: 10.1.0.2, port: 0,", 28, "devices.0.port", ""),
    "unplaced as a duty": ("service: planned", "service: unplaced", 41, "aps.table.2.service: input should be", ""),
    "bad day": ("since: 2027-01-01", "since: 2027-13-01", 40, "'2027-13-01' is no day", "write 2026-09-01"),
    "instant without offset": ("since: 2027-01-01", "since: 2027-01-01T08:00", 40, "is no day", "its offset"),
    "in service nowhere": ("{ap: S2, floor: B2-1F, service: planned}", "{ap: S2}", 41, "needs a floor", ""),
    "bad pattern": ("old-\\d+", "old-(", 44, "not a regular expression", ""),
    "pattern without its group": ("(?P<floor>", "(?P<level>", 43, "the name has no group floor", "(?P<floor>...)"),
    "pattern misses its example": ("example: old-1", "example: old-1x", 44, "does not match its own example", "whole"),
    "torn template": ("floor: B2-1F, example", "floor: 'B2-1F{', example", 44, "is not a template", ""),
    "duration without unit": ("state: 60s", "state: 60", 46, "tiers.state: 60 is no duration", "60s, 5m, 6h or 14d"),
    "duration of nothing": ("state: 60s", "state: 0s", 46, "'0s' is no duration", ""),
    "torn tiers": ("counters: 5m", "counters: 90s", 46, "counters is no whole multiple of state", "ride on"),
    "late deadline": (
        "collect:\n",
        "collect:\n  deadline: 60s\n",
        45,
        "the deadline is not shorter",
        "before the next",
    ),
    "bad anchor": ("anchors: [10.1.0.1]", "anchors: [gateway]", 47, "collect.anchors.0: 'gateway' is no IP", ""),
    "bad echo": ("collect:\n", "collect:\n  echo: tcp:7\n", 46, "'tcp:7' is no echo witness", "udp:PORT"),
    "listen without port": ("'127.0.0.1:8000'", "'127.0.0.1'", 49, "has no port", "127.0.0.1:8000"),
    # between the parts
    "unknown area": ("      building: B1\n", "      area: A3\n", 34, "no area is called 'A3'", "known: A1, A2"),
    "unknown building": (
        "      building: B1\n",
        "      building: B3\n",
        34,
        "no building is called 'B3'",
        "known: B1, B2",
    ),
    "unknown floor of a device": (
        "      building: B1\n",
        "      floor: B1-3F\n",
        34,
        "no floor is called 'B1-3F'",
        "mean B1-",
    ),
    "unknown floor of an AP": ("S2, floor: B2-1F", "S2, floor: B2-9F", 41, "no floor is called 'B2-9F'", "mean B2-1F"),
    "unknown credential": ("credential: core", "credential: cor", 33, "no credential is called 'cor'", "mean core?"),
    "unknown member": ("[ac1, ac2]", "[ac1, ac3]", 36, "no device is called 'ac3'", "did you mean ac"),
    "lonely member": ("[ac1, ac2]", "[ac1]", 36, "members: list should have at least 2 items", ""),
    "switch in an HA group": ("[ac1, ac2]", "[ac1, sw1]", 36, "sw1 is a switch, not an ac", ""),
    "repeated area": ("id: A2", "id: A1", 22, "the area 'A1' stands here a second time", "first on line 13"),
    "repeated building": ("{id: B2, ", "{id: B1, ", 26, "the building 'B1' stands here a second", "first on line 17"),
    "repeated floor": ("id: B2-1F", "id: B1-1F", 26, "the floor 'B1-1F' stands here a second", "first on line 20"),
    "repeated device": ("id: ac2", "id: ac1", 29, "'ac1' stands here a second time", "first on line 28"),
    "group called like a device": ("id: ha1", "id: ac1", 36, "'ac1' stands here a second time", "first on line 28"),
    "member of two groups": (
        "[ac1, ac2]}",
        "[ac1, ac2]}\n    - {id: ha2, members: [ac1, ac2]}",
        37,
        "'ac1' stands",
        "",
    ),
    "repeated address": ("10.1.0.3", "10.1.0.2", 29, "the address of two devices", "the other is ac1"),
    "building in another area": (
        "building: B1\n",
        "building: B1\n      area: A2\n",
        30,
        "B1 lies in A1, not in A2",
        "",
    ),
    "floor in another building": ("building: B1\n", "building: B1\n      floor: B2-1F\n", 30, "B2-1F lies in B2", ""),
    "floor in another area": ("      building: B1\n", "      area: A1\n      floor: B2-1F\n", 30, "B2 lies in A2", ""),
    "overlapping subnets": ("10.2.0.0/16", "10.1.128.0/17", 24, "overlaps with the subnet of area A1", ""),
    "validity upside down": (
        "2027-01-01}\n      - {ap: S1, floor: B1-2F, since: 2027-01-01}",
        "2025-01-01, since: 2026-01-01}",
        39,
        "until is not after since",
        "",
    ),
    "overlapping rows of an AP": (
        "since: 2027-01-01",
        "since: 2026-12-31",
        40,
        "two rows hold for the AP S1",
        "line 39",
    ),
    "pattern to nowhere": ("example: B1-1F-01", "example: B9-1F-01", 43, "'B9-1F', which is no floor's id", ""),
    "overlapping patterns": (
        "'old-\\d+', floor: B2-1F, example: old-1",
        "'B1-.*', floor: B2-1F, example: B1-x",
        44,
        "two patterns put 'B1-1F-01' on two floors",
        "line 43",
    ),
}


def load(folder: Path, text: str) -> list[Fault]:
    path = folder / "campus.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        settings.load(path, {"W": "x", "A": "x"})
    except ConfigError as error:
        return list(error.faults)
    return []


def test_the_right_file_has_no_fault(tmp_path):
    assert load(tmp_path, RIGHT) == []


@pytest.mark.parametrize("cause", FAULTS)
def test_a_mistake_is_told_with_its_line(tmp_path, cause):
    old, new, line, what, hint = FAULTS[cause]
    assert old in RIGHT
    found = load(tmp_path, RIGHT.replace(old, new, 1))
    told = [fault for fault in found if what in fault.what and hint in fault.hint]
    assert [fault.line for fault in told] == [line], found
    assert "hunter2" not in str(found)


def test_one_mistake_is_told_once_and_alone(tmp_path):
    alone = [cause for cause, (old, new, *_) in FAULTS.items() if len(load(tmp_path, RIGHT.replace(old, new, 1))) == 1]
    assert len(alone) > len(FAULTS) * 0.8


def test_all_mistakes_are_told_at_once_between_the_parts_too(tmp_path):
    wrong = RIGHT
    causes = [
        "unknown key",
        "bad address",
        "literal secret",
        "duration without unit",
        "unknown credential",
        "repeated floor",
    ]
    for cause in causes:
        old, new, *_ = FAULTS[cause]
        wrong = wrong.replace(old, new, 1)
    found = load(tmp_path, wrong)
    for cause in causes:
        _, _, line, what, _ = FAULTS[cause]
        assert [fault.line for fault in found if what in fault.what] == [line], cause


def test_a_device_with_a_bad_address_is_still_a_device_to_its_group(tmp_path):
    found = load(tmp_path, RIGHT.replace("10.1.0.3", "10.1.0.333"))
    assert [(fault.line, "10.1.0.333" in fault.what) for fault in found] == [(29, True)]


def test_a_file_that_is_no_mapping_is_told_whole(tmp_path):
    assert [fault.line for fault in load(tmp_path, "- 1\n")] == [1]
    assert load(tmp_path, "")


def test_bad_yaml_is_told_by_its_line(tmp_path):
    assert [fault.line for fault in load(tmp_path, "campus:\n  name: {zh: x\nstore: 1\n")] == [3]


SCARS = [
    "",
    "x",
    "[]",
    "{}",
    "- 1",
    "key:",
    ": :",
    "  - {id: 1}",
    "null",
    "'",
    "[a, {b: ]",
    "\t",
    "0x1F",
    "${env:",
    "é: è",
]


@given(st.lists(st.tuples(st.integers(0, RIGHT.count("\n") - 1), st.sampled_from(SCARS), st.booleans()), max_size=3))
@hypothesis(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_scarred_file_gives_faults_on_its_lines_and_nothing_else(tmp_path, scars):
    lines = RIGHT.splitlines()
    for number, scar, behind in scars:
        lines[number] = lines[number].partition(":")[0] + ": " + scar if behind else scar
    assert all(0 <= fault.line <= len(lines) + 1 and fault.what for fault in load(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize("text", ["", "- a list", "a word"], ids=["empty", "list", "word"])
def test_a_file_without_keys_says_which_it_may_hold(text, tmp_path):
    (tmp_path / "campus.yaml").write_text(text)
    with pytest.raises(ConfigError, match=r"holds no keys \(known keys: campus, credentials, inventory"):
        settings.load(tmp_path / "campus.yaml", {})
