"""Is a profile read whole and strictly? Each mistake is a row, named after what somebody wrote."""

import re
from pathlib import Path

import pytest

from campus.errors import ConfigError, NotFound
from campus.model import Evidence
from inventory import profile
from inventory.profile_language import Arithmetic, Convert, Counter, First, Number, Place, Ref, Tier

GOOD = """\
profile: good
detect: {answers: A}
identity: {ap: serial}
uptime: {of: box.uptime, scale: 0.01}
arcs:
  A: [{oid: 1.3.6.1.4.1.99.1, variant: new, evidence: lab}, {oid: 1.3.6.1.4.1.99.2, variant: old, evidence: recorded}]
tables:
  box: {oid: A.1, columns: {uptime: 1, aps: '2.10', fails: {at: 3, tier: counters}}}
  aps:
    oid: A.2.1
    index: {serial: string}
    columns: {state: 2, mac: {at: 3, fix: mac, tier: names}, load: {at: 4, absent: [255], valid: [0, 100]}}
    where: {state: {not: [9]}}
  radios:
    oid: A.3.1
    index: {mac: mac, radio: integer}
    columns: {channel: 1}
    lookup: {serial: {in: aps, match: {mac: mac}, take: serial}}
entities:
  ac:
    rows: device
    values:
      ac.up: 1
      ac.aps: [box.aps, {count: ap}]
      ac.auth_requests: {delta: box.fails, bits: 32}
  ap:
    rows: [{table: aps}]
    values:
      ap.up: {of: aps.state, map: {1: 1, 2: 0, 3: null}}
      ap.cpu_ratio: {div: [aps.load, 100]}
    facts: {mac: aps.mac, serial: aps.serial}
  radio:
    rows: [{table: radios, key: [serial, radio]}]
    values: {radio.channel: radios.channel}
"""


def written(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_a_good_profile_becomes_frozen_values(tmp_path) -> None:
    good = profile.load(written(tmp_path, good=GOOD))["good"]

    assert good.detect == Place("A", "")
    assert [(arc.oid, arc.variant, arc.evidence) for arc in good.arcs["A"]] == [
        ("1.3.6.1.4.1.99.1", "new", Evidence.LAB),
        ("1.3.6.1.4.1.99.2", "old", Evidence.RECORDED),
    ]
    assert good.tables["box"].columns["aps"].at == "2.10"
    assert good.tables["box"].columns["fails"].tier is Tier.COUNTERS
    assert good.tables["aps"].columns["load"].absent == {255}
    assert good.entities["ap"].rows[0].key == ("serial",)
    assert good.entities["ac"].values["ac.up"] == Number(1)
    assert isinstance(good.entities["ac"].values["ac.aps"], First)
    assert good.entities["ac"].values["ac.auth_requests"] == Counter(Ref("box", "fails"), 32, rate=False)
    assert good.entities["ap"].values["ap.cpu_ratio"] == Arithmetic("div", (Ref("aps", "load"), Number(100)))
    assert good.entities["ap"].values["ap.up"] == Convert(Ref("aps", "state"), {"1": 1, "2": 0, "3": None})


# what to write, instead of what, the line on which it stands, what the fault says
MISTAKES = [
    ("colour: blue\nprofile: good", "profile: good", 1, "colour"),
    ("profile: other", "profile: good", 1, "'other' stands in good.yaml"),
    ("detect: {answers: B}", "detect: {answers: A}", 2, "there is no arc 'B'"),
    ("#", "detect: {answers: A}", 1, "which devices it fits"),
    ("identity: {vm: serial}", "identity: {ap: serial}", 3, "no entity 'vm'"),
    ("identity: {ap: mac_address}", "identity: {ap: serial}", 27, "no column, index part or lookup 'mac_address'"),
    ("variant: old, evidence: sure", "variant: old, evidence: recorded", 6, "evidence"),
    ("aps: 2.10,", "aps: '2.10',", 8, "in quotes"),
    ("aps: 2.x,", "aps: '2.10',", 8, "not an OID"),
    ("oid: Z.1, columns: {uptime", "oid: A.1, columns: {uptime", 8, "there is no arc 'Z'"),
    ("color: red\n    oid: A.2.1", "oid: A.2.1", 10, "color"),
    ("index: {serial: text}", "index: {serial: string}", 11, "'text' is no index type"),
    ("fix: hex", "fix: mac", 12, "'hex' is no fixer"),
    ("valid: [0]", "valid: [0, 100]", 12, "valid"),
    ("tier: daily", "tier: counters", 8, "tier"),
    ("where: {speed: [9]}", "where: {state: {not: [9]}}", 13, "no column or index part 'speed'"),
    ("where: {state: {unlike: '('}}", "where: {state: {not: [9]}}", 13, "not a regular expression"),
    ("exists: rssi\n    where:", "where:", 13, "no column 'rssi'"),
    ("unless: twins\n    where:", "where:", 13, "there is no table 'twins'"),
    ("in: apes", "in: aps", 18, "there is no table 'apes'"),
    ("match: {mac: hwaddr}", "match: {mac: mac}", 18, "'hwaddr'"),
    ("take: name", "take: serial", 18, "'name'"),
    ("  vcr:\n    rows: device", "  ac:\n    rows: device", 20, "'vcr' is no kind"),
    ("rows: [{table: apes}]", "rows: [{table: aps}]", 27, "there is no table 'apes'"),
    ("rows: [{table: radios}]", "rows: [{table: radios, key: [serial, radio]}]", 33, "have no key"),
    ("ac.rows: 1", "ac.up: 1", 23, "'ac.rows' is no metric"),
    ("ap.stations: 1", "ac.up: 1", 23, "no metric of 'ac'"),
    ("{count: vm}", "{count: ap}", 24, "no entity 'vm'"),
    ("[box.apes, {count", "[box.aps, {count", 24, "no column, index part or lookup 'apes'"),
    ("bits: 16", "bits: 32", 25, "32 or 64 bits"),
    ("{rate: box.fails, bits: 32}", "{delta: box.fails, bits: 32}", 25, "only a delta metric"),
    (
        "ap.up: {delta: aps.state, bits: 32}",
        "ap.up: {of: aps.state, map: {1: 1, 2: 0, 3: null}}",
        29,
        "only a delta metric",
    ),
    ("{of: aps.state, plan: {}}", "{of: aps.state, map: {1: 1, 2: 0, 3: null}}", 29, "'of' knows no 'plan'"),
    ("{of: aps.state, else: 1}", "{of: aps.state, map: {1: 1, 2: 0, 3: null}}", 29, "beside map"),
    ("{of: aps.state, valid: [1, 0]}", "{of: aps.state, map: {1: 1, 2: 0, 3: null}}", 29, "[lowest, highest]"),
    ("{power: [aps.load, 100]}", "{div: [aps.load, 100]}", 30, "no such operation: power"),
    ("state", "{div: [aps.load, 100]}", 30, "'state' is no table.column"),
    ("{nth: [aps.load]}", "{div: [aps.load, 100]}", 30, "nth takes"),
    ("{max: 3}", "{div: [aps.load, 100]}", 30, "no table.column"),
    ("{present: radios, unless: aps.load}", "{div: [aps.load, 100]}", 30, "the same table"),
    ("facts: {mac: aps.state, serial", "facts: {mac: aps.mac, serial", 31, "without fix: mac"),
    ("facts: {ip: aps.serial, serial", "facts: {mac: aps.mac, serial", 31, "without fix: ip"),
    ("facts: {colour: aps.mac, serial", "facts: {mac: aps.mac, serial", 31, "'colour' is no fact"),
]


@pytest.mark.parametrize(("wrong", "right", "line", "says"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_a_mistake_is_named_with_its_line(wrong, right, line, says, tmp_path) -> None:
    assert GOOD.count(right) == 1
    with pytest.raises(ConfigError) as caught:
        profile.load(written(tmp_path, good=GOOD.replace(right, wrong)))

    assert any(fault.line == line and says in str(fault) for fault in caught.value.faults), str(caught.value)


def test_all_mistakes_of_all_files_are_reported_at_once(tmp_path) -> None:
    wrong = GOOD.replace("ac.up", "ac.upp").replace("fix: mac", "fix: max")
    with pytest.raises(ConfigError) as caught:
        profile.load(
            written(tmp_path, good=GOOD.replace("take: serial", "take: name"), bad="colour: blue", worse=wrong)
        )

    assert {Path(fault.file).name for fault in caught.value.faults} == {"good.yaml", "bad.yaml", "worse.yaml"}


CHILD = """\
profile: child
extends: good
evidence: derived
detect: {answers: 1.3.6.1.4.1.77}
tables:
  aps: {columns: {load: {at: 44}}}
entities:
  radio: null
  ap: {values: {ap.stations: aps.load}}
"""


def test_a_child_changes_only_what_it_says(tmp_path) -> None:
    child = profile.load(written(tmp_path, good=GOOD, child=CHILD))["child"]

    assert child.tables["aps"].columns["load"].at == "44"
    assert child.tables["aps"].columns["state"].at == "2"
    assert child.tables["aps"].place == Place("A", "2.1")
    assert set(child.entities) == {"ac", "ap"}
    assert {"ap.up", "ap.stations"} <= child.entities["ap"].values.keys()


def test_a_mistake_that_a_child_makes_of_its_parent_is_named_where_it_stands(tmp_path) -> None:
    child = CHILD.replace("tables:\n  aps: {columns: {load: {at: 44}}}", "tables:\n  aps: null")
    with pytest.raises(ConfigError) as caught:
        profile.load(written(tmp_path, good=GOOD, child=child))

    files = {Path(fault.file).name for fault in caught.value.faults if "there is no table 'aps'" in fault.what}
    assert files == {"good.yaml", "child.yaml"}


@pytest.mark.parametrize(
    ("extends", "says"), [("nobody", "there is no profile 'nobody'"), ("child", "there is one level only")]
)
def test_a_profile_extends_one_that_exists_and_extends_none(extends, says, tmp_path) -> None:
    grandchild = CHILD.replace("profile: child", "profile: grandchild").replace("extends: good", f"extends: {extends}")
    with pytest.raises(ConfigError, match=re.escape(says)):
        profile.load(written(tmp_path, good=GOOD, child=CHILD, grandchild=grandchild))


def test_one_profile_or_all_may_be_chosen(tmp_path) -> None:
    profiles = profile.load(written(tmp_path, good=GOOD, child=CHILD))

    assert profile.chosen(profiles, "auto") == profiles
    assert list(profile.chosen(profiles, "child")) == ["child"]
    with pytest.raises(NotFound, match="known: child, good"):
        profile.chosen(profiles, "nobody")


def test_the_profiles_of_this_suite_are_right() -> None:
    assert {"h3c_comware_ac", "standard_host", "standard_switch"} <= profile.load().keys()
