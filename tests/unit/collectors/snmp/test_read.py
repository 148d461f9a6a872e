"""How are cells read? The rules of the profile language, each on a device of a few cells."""

from datetime import UTC, datetime

import pytest

from campus.model import Entity
from collectors.snmp import ber
from collectors.snmp.detect import detect
from collectors.snmp.fetch import Ask, fetch
from collectors.snmp.read import read
from collectors.snmp.recording import RecordedSession
from collectors.snmp.walk import Column, VarBind
from inventory import profile

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
BASE = "1.3.6.1.4.1.99"

HEAD = """\
profile: tiny
evidence: synthetic
detect: {answers: A}
arcs: {A: 1.3.6.1.4.1.99}
"""


def cell(at: str, value: int | str | bytes) -> VarBind:
    if isinstance(value, str):
        value = value.encode()
    tag = ber.INTEGER if isinstance(value, int) else ber.OCTET_STRING
    return VarBind(ber.encode_oid(f"{BASE}.{at}"), tag, value)


def cells(**values: int | str | bytes) -> list[VarBind]:
    """``_1_2_0=5`` is the cell 1.2.0."""
    return [cell(name.strip("_").replace("_", "."), value) for name, value in values.items()]


@pytest.fixture
def answer(tmp_path):
    """Read ``cells`` by a profile of ``text``; ``broken`` columns end by a time-out."""

    async def run(text: str, given: list[VarBind], broken: tuple[str, ...] = ()):
        (tmp_path / "tiny.yaml").write_text(HEAD + text)
        session = RecordedSession(given)
        (match,) = await detect(session, profile.load(tmp_path))
        ask = Ask(optional=frozenset({"station"}))
        walk = await fetch("dev", [match], session, ask, NOON)
        for oid in (f"{BASE}.{at}" for at in broken):
            walk.columns[oid] = Column(oid, walk.columns[oid].varbinds, "time-out")
        return read(walk, match, ask)

    return run


def values(answer, kind: str = "ac") -> dict[str, dict[str, float]]:
    return {r.entity.id: dict(r.values) for r in answer.readings if r.entity.kind == kind}


def facts(answer, kind: str = "ap") -> dict[str, dict[str, str]]:
    return {r.entity.id: dict(r.facts) for r in answer.readings if r.entity.kind == kind}


BOX = "tables: {box: {oid: A.1, columns: {a: 1, b: 2, c: {at: 3, absent: [0]}, o: {at: 4, optional: true}, d: 5}}}\n"
BOX_VALUE = BOX + "entities: {ac: {rows: device, values: {ac.temperature_celsius: %s}}}"

EXPRESSIONS = [
    ("7", {"_1_1_0": 1}, 7),
    ("box.a", {"_1_1_0": 40}, 40),
    ("box.a", {"_1_2_0": 40}, None),
    ("[box.a, box.b]", {"_1_1_0": 40, "_1_2_0": 50}, 40),
    ("[box.a, box.b]", {"_1_2_0": 50}, 50),
    ("[box.c, box.b]", {"_1_3_0": 0, "_1_2_0": 50}, 50),
    ("{of: box.a, scale: 0.01}", {"_1_1_0": 57}, 0.57),
    ("{of: box.a, map: {1: 10, 2: 20}}", {"_1_1_0": 2}, 20),
    ("{of: box.a, map: {1: 10}, else: 30}", {"_1_1_0": 2}, 30),
    ("{of: box.a, map: {1: null}, else: 30}", {"_1_1_0": 1}, None),
    ("{of: box.a, valid: [0, 50]}", {"_1_1_0": 51}, None),
    ("{of: box.a, fix: minus, valid: [-120, -1]}", {"_1_1_0": 97}, -97),
    ("{add: [box.a, box.b]}", {"_1_1_0": 1, "_1_2_0": 2}, 3),
    ("{add: [box.a, box.b]}", {"_1_1_0": 1}, None),
    ("{div: [{sub: [box.a, box.b]}, box.a]}", {"_1_1_0": 8, "_1_2_0": 6}, 0.25),
    ("{div: [box.a, box.b]}", {"_1_1_0": 8, "_1_2_0": 0}, None),
    ("{mul: [box.a, 1024]}", {"_1_1_0": 2}, 2048),
    ("box.a", {"_1_1_0": "warm"}, None),
]


@pytest.mark.parametrize(("expression", "given", "value"), EXPRESSIONS)
async def test_an_expression_gives_a_number_or_nothing(expression, given, value, answer) -> None:
    found = values(await answer(BOX_VALUE % expression, cells(**given)))["dev"]

    assert found.get("ac.temperature_celsius") == value


async def test_an_unknown_enum_number_is_a_gap_and_asks_no_other_source(answer) -> None:
    given = cells(_1_1_0=9, _1_2_0=1)
    got = await answer(BOX_VALUE % "[{of: box.a, map: {1: 10}}, box.b]", given)

    assert values(got)["dev"] == {}
    assert "ac.temperature_celsius: 1 cells say 9, which the profile does not know" in got.gaps


async def test_half_a_source_is_none_and_asks_no_other_source(answer) -> None:
    got = await answer(BOX_VALUE % "[{sub: [box.a, box.b]}, box.d]", cells(_1_1_0=9, _1_5_0=1))

    assert values(got)["dev"] == {}
    assert "ac.temperature_celsius: 1 values lack an operand" in got.gaps


async def test_a_source_without_its_optional_operand_gives_way(answer) -> None:
    got = await answer(BOX_VALUE % "[{sub: [box.a, box.o]}, box.d]", cells(_1_1_0=9, _1_5_0=1))

    assert values(got)["dev"] == {"ac.temperature_celsius": 1}
    assert "ac.temperature_celsius: taken from source 2 of 2" in got.gaps


APS = """\
identity: {ap: serial}
tables:
  box: {oid: A.1, columns: {aps: 1, up: 2}}
  list: {oid: A.2.1, index: {name: string}, columns: {serial: 2}}
  load:
    oid: A.3.1
    index: {serial: string}
    columns: {state: 1, cpu: {at: 2, absent: [255]}, mac: {at: 3, fix: mac, optional: true}}
  element: {oid: A.4.1, index: {n: integer}, exists: state, columns: {state: 1, serial: {at: 2, optional: true}}}
entities:
  ac:
    rows: device
    values:
      ac.aps: [box.aps, {count: ap}]
      ac.aps_up: [box.up, {count: ap, where: {ap.up: 1}}]
      ac.cpu_ratio: {of: {max: load.cpu}, scale: 0.01}
      ac.memory_ratio: {of: {mean: load.cpu}, scale: 0.01}
      ac.stations: {sum: load.cpu}
  ap:
    rows: [{table: list}, {table: load}, {table: element, adds: false, element: n}]
    only_when_up: true
    values: {ap.up: {of: load.state, map: {1: 1, 2: 0}}, ap.cpu_ratio: {of: load.cpu, scale: 0.01}}
    facts: {name: list.name, serial: [list.serial, load.serial], mac: load.mac}
"""
LIST = {"_2_1_2_2_110_49": "s1", "_2_1_2_2_110_50": "s2"}
LOAD = {"_3_1_1_2_115_49": 1, "_3_1_1_2_115_50": 2, "_3_1_2_2_115_49": 30, "_3_1_2_2_115_50": 0}


async def test_rows_of_several_tables_make_one_entity_by_their_key(answer) -> None:
    got = await answer(APS, cells(**LIST, **LOAD, _3_1_1_2_115_51=1))

    assert facts(got) == {
        "s1": {"name": "n1", "serial": "s1"},
        "s2": {"name": "n2", "serial": "s2"},
        "s3": {"serial": "s3"},
    }


async def test_what_is_down_shows_none_of_its_zeros(answer) -> None:
    got = await answer(APS, cells(**LIST, **LOAD))

    assert values(got, "ap") == {"s1": {"ap.up": 1, "ap.cpu_ratio": 0.3}, "s2": {"ap.up": 0}}


async def test_what_has_no_state_shows_none_of_its_zeros_either(answer) -> None:
    got = await answer(APS, cells(**LIST, _3_1_2_2_115_49=0))

    assert values(got, "ap") == {"s1": {}, "s2": {}}
    assert "ac.aps_up" not in values(got)["dev"]


async def test_without_a_scalar_entities_are_counted_and_it_is_told(answer) -> None:
    got = await answer(APS, cells(**LIST, **LOAD))

    assert values(got)["dev"]["ac.aps"] == 2
    assert values(got)["dev"]["ac.aps_up"] == 1
    assert {"ac.aps: no scalar, counted from 2 × ap", "ac.aps_up: no scalar, counted from 2 × ap"} <= set(got.gaps)


async def test_the_scalar_comes_first(answer) -> None:
    assert values(await answer(APS, cells(**LIST, **LOAD, _1_1_0=3, _1_2_0=1)))["dev"]["ac.aps"] == 3


@pytest.mark.parametrize(("says", "told"), [(5, False), (6, True), (0, False)])
async def test_a_table_far_from_its_scalar_is_incomplete(says, told, answer) -> None:
    got = await answer(APS, cells(**LIST, **LOAD, _1_1_0=says))

    assert (f"ap: table incomplete: ac.aps is {says}, the rows give 2" in got.gaps) is told
    assert ("ap" in got.settled) is not told


async def test_more_aps_up_by_the_scalar_than_in_the_rows_makes_missing_states_say_nothing(answer) -> None:
    got = await answer(APS, cells(**LIST, _1_1_0=2, _1_2_0=171))

    assert "ap" not in got.settled


async def test_an_incomplete_table_is_neither_counted_nor_settled(answer) -> None:
    got = await answer(APS, cells(**LIST, **LOAD), broken=("2.1.2",))

    assert "ac.aps" not in values(got)["dev"]
    assert "ac.aps: not counted, the tables of ap are incomplete" in got.gaps
    assert f"list.serial: incomplete: time-out ({BASE}.2.1.2)" in got.gaps
    assert "ap" not in got.settled


async def test_a_maximum_and_a_mean_pass_over_sentinels_a_sum_does_not(answer) -> None:
    given = {**LOAD, "_3_1_2_2_115_51": 255, "_3_1_1_2_115_51": 1}
    found = values(await answer(APS, cells(**LIST, **given)))["dev"]

    assert found["ac.cpu_ratio"] == 0.3
    assert found["ac.memory_ratio"] == 0.15
    assert "ac.stations" not in found


async def test_over_a_column_with_a_hole_nothing_is_reckoned(answer) -> None:
    got = await answer(APS, cells(**LIST, **LOAD, _3_1_1_2_115_51=1))

    assert values(got)["dev"].keys() == {"ac.aps", "ac.aps_up"}
    assert "ac.cpu_ratio: no max, load.cpu is incomplete" in got.gaps


async def test_rows_without_a_key_are_counted_in_gaps_and_attached_to_nothing(answer) -> None:
    given = cells(**LIST, **LOAD, _4_1_1_7=1, _4_1_1_8=1, _4_1_2_8="s9")
    got = await answer(APS, given)

    assert set(values(got, "ap")) == {"s1", "s2"}
    assert {"element: 1 rows without serial left out", "element: 1 rows of no ap left out"} <= set(got.gaps)


async def test_where_nobody_has_an_identity_rows_are_listed_by_their_element(answer) -> None:
    got = await answer(APS, cells(_4_1_1_7=1, _4_1_1_8=1))

    assert values(got, "ap") == {"dev/element:7": {}, "dev/element:8": {}}
    assert "dev/element:7: its identity was not answered" in got.gaps


async def test_a_row_whose_index_does_not_fit_is_counted_in_gaps(answer) -> None:
    got = await answer(APS, cells(**LIST, **LOAD, _3_1_1_9_115=1))

    assert "load: 1 rows with an unreadable index left out" in got.gaps


async def test_an_address_of_zeros_is_no_address(answer) -> None:
    got = await answer(APS, cells(**LIST, **LOAD, _3_1_3_2_115_49=bytes(6), _3_1_3_2_115_50=b"\x02\0\0\0\0\x01"))

    assert [found.get("mac") for found in facts(got).values()] == [None, "02:00:00:00:00:01"]


async def test_what_was_not_answered_is_named_once_for_a_table_and_for_each_column(answer) -> None:
    got = await answer(APS, cells(**LIST, _3_1_1_2_115_49=1, _3_1_1_2_115_50=1))

    assert f"box: not answered ({BASE}.1)" in got.gaps
    assert f"load.cpu: not answered ({BASE}.3.1.2)" in got.gaps
    assert not any(gap.startswith(("load.mac", "element.serial")) for gap in got.gaps)


async def test_holes_in_a_column_are_counted(answer) -> None:
    got = await answer(APS, cells(**LIST, **LOAD, _3_1_1_2_115_51=1))

    assert f"load.cpu: 1 of 3 rows not answered ({BASE}.3.1.2)" in got.gaps


FILTERED = """\
tables:
  disk:
    oid: A.1.1
    index: {n: integer}
    columns: {type: 1, name: 2, size: {at: 3, valid: [1, 100]}}
    where: {type: [4, 9], name: {unlike: '^/run'}}
  ram: {one_row: true, oid: A.2.1, index: {n: integer}, columns: {kind: 1, size: 2}, where: {kind: {not: [3]}}}
entities:
  host: {rows: device, values: {host.memory_bytes: ram.size}}
  volume: {rows: [{table: disk, key: [name]}], values: {volume.size_bytes: disk.size}}
"""


async def test_a_filter_takes_what_it_names_and_fails_closed(answer) -> None:
    given = cells(_1_1_1_1=4, _1_1_2_1="/", _1_1_3_1=10, _1_1_1_2=5, _1_1_2_2="/mnt", _1_1_3_2=20)
    given += cells(_1_1_1_3=9, _1_1_2_3="/run/x", _1_1_3_3=30, _1_1_2_4="/home", _1_1_3_4=40)
    got = await answer(FILTERED, given)

    assert values(got, "volume") == {"/": {"volume.size_bytes": 10}}
    assert "disk: 1 rows without type left out" in got.gaps


async def test_a_cell_outside_its_plausible_range_is_refused(answer) -> None:
    got = await answer(FILTERED, cells(_1_1_1_1=4, _1_1_2_1="/", _1_1_3_1=101))

    assert values(got, "volume") == {"/": {}}
    assert "disk.size: 1 cells refused" in got.gaps


async def test_the_one_row_that_a_filter_leaves_is_seen_by_the_device(answer) -> None:
    given = cells(_2_1_1_1=3, _2_1_2_1=10, _2_1_1_2=4, _2_1_2_2=20)

    assert values(await answer(FILTERED, given), "host")["dev"] == {"host.memory_bytes": 20}


async def test_two_rows_where_one_is_expected_are_none(answer) -> None:
    got = await answer(FILTERED, cells(_2_1_1_1=4, _2_1_2_1=10, _2_1_1_2=4, _2_1_2_2=20))

    assert values(got, "host")["dev"] == {}
    assert "ram: 2 rows where one was expected" in got.gaps


RADIOS = """\
identity: {ap: serial}
tables:
  aps: {oid: A.1.1, index: {serial: string}, columns: {mac: {at: 1, fix: mac}}}
  radio:
    oid: A.2.1
    index: {mac: mac, slot: integer}
    columns: {channel: 1, level: 2, powers: {at: 3, fix: numbers, optional: true}}
    lookup:
      serial: {in: aps, match: {mac: mac}, take: serial}
      noise: {in: noise, match: {mac: mac, channel: channel}, take: level}
  noise: {oid: A.3.1, index: {mac: mac, channel: integer}, columns: {level: 1}}
  wlan: {oid: A.4.1, index: {n: integer}, columns: {name: 1, stations: 2}}
  station: {oid: A.5.1, index: {mac: mac}, exists: rssi, columns: {rssi: 1, ap: {at: 2, fix: mac}}}
entities:
  ap:
    rows: [{table: aps}]
    values: {ap.up: {present: aps, unless: aps.mac}}
  radio:
    rows: [{table: radio, key: [serial, slot]}]
    values:
      radio.channel: radio.channel
      radio.noise_dbm: radio.noise
      radio.tx_power_dbm: {nth: [radio.powers, radio.level]}
    facts: {ap: radio.serial}
  ssid: {rows: [{table: wlan, key: [name], sum: [stations]}], values: {ssid.stations: wlan.stations}}
  station: {optional: true, rows: [{table: station, key: [mac]}], values: {station.rssi_dbm: station.rssi}}
"""
M1, M2 = b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02"


async def test_a_radio_is_joined_by_its_mac_and_takes_the_row_of_its_channel(answer) -> None:
    given = cells(_1_1_1_2_115_49=M1, _2_1_1_2_0_0_0_0_1_0=6, _2_1_2_2_0_0_0_0_1_0=2, _2_1_3_2_0_0_0_0_1_0="20,17,14")
    given += cells(_3_1_1_2_0_0_0_0_1_1=-80, _3_1_1_2_0_0_0_0_1_6=-95, _3_1_1_2_0_0_0_0_2_6=-70)
    got = await answer(RADIOS, given)

    assert values(got, "radio") == {
        "s1/0": {"radio.channel": 6, "radio.noise_dbm": -95, "radio.tx_power_dbm": 17},
    }


async def test_a_mac_that_two_aps_claim_joins_to_neither(answer) -> None:
    given = cells(_1_1_1_2_115_49=M1, _1_1_1_2_115_50=M1, _2_1_1_2_0_0_0_0_1_0=6)
    got = await answer(RADIOS, given)

    assert values(got, "radio") == {}
    assert "radio: 1 rows without serial/slot left out" in got.gaps


async def test_networks_of_one_name_are_added_and_a_sum_needs_each_addend(answer) -> None:
    given = cells(_4_1_1_1="edu", _4_1_2_1=5, _4_1_1_2="edu", _4_1_2_2=7, _4_1_1_3="iot", _4_1_2_3=1, _4_1_1_4="iot")
    got = await answer(RADIOS, given)

    assert values(got, "ssid") == {"edu": {"ssid.stations": 12}, "iot": {}}


async def test_stations_are_the_rows_of_the_anchor_column(answer) -> None:
    got = await answer(RADIOS, cells(_5_1_1_2_0_0_0_0_1=-60, _5_1_2_2_0_0_0_0_1=M1, _5_1_2_2_0_0_0_0_2=M2))

    assert values(got, "station") == {"02:00:00:00:00:01": {"station.rssi_dbm": -60}}


async def test_to_be_listed_is_no_state_where_the_device_tells_states(answer) -> None:
    told = await answer(RADIOS, cells(_1_1_1_2_115_49=M1))

    assert values(told, "ap") == {"s1": {}}


PORTS = """\
tables:
  if: {oid: A.1.1, index: {n: integer}, columns: {descr: 1, oper: 2}}
  ifx: {oid: A.2.1, index: {n: integer}, columns: {name: 1, in: 2, since: 3}}
entities:
  port:
    rows: [{table: if, key: [n]}, {table: ifx, key: [n], adds: false}]
    id: [ifx.name, if.descr, if.n]
    values:
      port.up: {of: if.oper, map: {1: 1, 2: 0}}
      port.in_bps: {rate: ifx.in, bits: 32, scale: 8, since: ifx.since}
"""
OPER = {"_1_1_2_1": 1, "_1_1_2_2": 2}

NAMED = [
    ({"_2_1_1_1": "a", "_2_1_1_2": "b", "_1_1_1_1": "x", "_1_1_1_2": "y"}, {"a", "b"}),
    ({"_1_1_1_1": "x", "_1_1_1_2": "y"}, {"x", "y"}),
    ({}, {"1", "2"}),
    ({"_1_1_1_1": "x", "_1_1_1_2": "x"}, {"1", "2"}),
    ({"_2_1_1_1": "a", "_1_1_1_1": "x", "_1_1_1_2": "y"}, {"a"}),
    ({"_2_1_2_1": 5, "_1_1_1_1": "x", "_1_1_1_2": "y"}, set()),
]


@pytest.mark.parametrize(
    ("given", "names"),
    NAMED,
    ids=["by name", "by description", "by index", "shared", "one name lost", "names lost, table there"],
)
async def test_ports_are_named_by_the_first_table_that_answers(given, names, answer) -> None:
    assert set(values(await answer(PORTS, cells(**OPER, **given)), "port")) == names


async def test_a_counter_is_read_but_no_rate_yet(answer) -> None:
    got = await answer(PORTS, cells(_1_1_2_1=1, _2_1_1_1="a", _2_1_2_1=-1, _2_1_3_1=77))
    (reading,) = got.readings

    assert reading.values == {"port.up": 1}
    assert (reading.counters["port.in_bps"].value, reading.counters["port.in_bps"].since) == (2**32 - 1, 77)


TWINS = """\
identity: {ap: serial}
tables:
  good: {oid: A.1.1, index: {serial: string}, columns: {state: 1}}
  twin: {oid: A.2.1, index: {serial: string}, unless: good, columns: {state: 1}}
entities:
  ap: {rows: [{table: good}, {table: twin}], values: {ap.up: {of: [good.state, twin.state], map: {1: 1, 2: 0}}}}
"""


async def test_a_twin_is_not_asked_where_the_better_table_answers(answer) -> None:
    got = await answer(TWINS, cells(_1_1_1_2_115_49=1, _2_1_1_2_115_49=2, _2_1_1_2_115_50=2))

    assert values(got, "ap") == {"s1": {"ap.up": 1}}


async def test_a_twin_stands_in_for_a_silent_table(answer) -> None:
    got = await answer(TWINS, cells(_2_1_1_2_115_49=2))

    assert values(got, "ap") == {"s1": {"ap.up": 0}}
    assert Entity("ap", "s1") in {reading.entity for reading in got.readings}
