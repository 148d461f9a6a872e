"""Is anything invented when cells, rows, columns or ends of columns are lost?

What is read from a damaged recording must occur in the whole one; a number of the device itself that differs,
since it was counted from rows or taken from another source, must be named in ``gaps``.
"""

import random
from dataclasses import replace

import pytest

from collectors.snmp import ber
from collectors.snmp.read import read
from collectors.snmp.recording import RecordedSession
from collectors.snmp.walk import VarBind

NAMES = [
    "h3c-wx6103",
    "h3c-e528-1",
    "h3c-comware-lsq1wcmd0",
    "h3c-comware-lsq1wcmd0-2509p61",
    "huawei-s12704",
    "cisco-controller",
    "aruba-7210",
    "ruijie-m18000-slice",
    "linux-unknown-002",
    "linux-unknown-007",
    "server-2003-5-2",
    "h3c-e528-2",
    "ruijie-s5750-24gt12sfp",
]
# A device without ifName names its ports by ifDescr, one without ifDescr by ifIndex: other ids, by contract.
NAMES_OF_PORTS = frozenset({"1.3.6.1.2.1.2.2.1.2", "1.3.6.1.2.1.31.1.1.1.1"})


def cells_lost(columns, rng, share):
    for oid, column in columns.items():
        yield oid, replace(column, varbinds=[cell for cell in column.varbinds if rng.random() >= share])


def rows_lost(columns, rng, share):
    gone: dict[tuple[str, bytes], bool] = {}
    for oid, column in columns.items():
        size = len(ber.encode_oid(oid))
        table = oid.rpartition(".")[0]
        kept = []
        for cell in column.varbinds:
            row = (table, cell.oid[size:])
            if row not in gone:
                gone[row] = rng.random() < share
            if not gone[row]:
                kept.append(cell)
        yield oid, replace(column, varbinds=kept)


def columns_lost(columns, rng, share):
    for oid, column in columns.items():
        lost = rng.random() < share and oid not in NAMES_OF_PORTS
        yield oid, replace(column, varbinds=()) if lost else column


def columns_cut(columns, rng, share):
    for oid, column in columns.items():
        cut = replace(column, varbinds=column.varbinds[: rng.randint(0, len(column.varbinds))], problem="time-out")
        yield oid, cut if rng.random() < share else column


DAMAGES = [cells_lost, rows_lost, columns_lost, columns_cut]


def told(answer):
    """Give each (kind, id, name, value) of values and facts."""
    for reading in answer.readings:
        yield from ((reading.entity.kind, reading.entity.id, name, value) for name, value in reading.values.items())
        yield from ((reading.entity.kind, reading.entity.id, name, value) for name, value in reading.facts.items())


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_invented(name, damage, walked, oracle) -> None:
    match, walk = walked(name)
    true = set(told(read(walk, match)))
    spelt = oracle(name).h3c_radios()
    for seed in range(6):
        rng = random.Random(seed)
        share = (0.02, 0.1, 0.4)[seed % 3]
        answer = read(replace(walk, columns=dict(damage(walk.columns, rng, share))), match)
        named = {gap.partition(":")[0] for gap in answer.gaps}

        invented = [item for item in told(answer) if item not in true]
        assert [item for item in invented if item[1] != "dev" or item[2] not in named] == [], f"seed {seed}"
        radios = {item[1]: item[3] for item in told(answer) if spelt and item[2] == "radio.channel"}
        assert radios.items() <= spelt.items(), "a radio is not the one that its index spells"


@pytest.mark.parametrize("name", NAMES)
def test_a_cut_table_is_not_counted(name, walked) -> None:
    match, walk = walked(name)
    cut = {oid: replace(column, problem="time-out") for oid, column in walk.columns.items()}

    answer = read(replace(walk, columns=cut), match)

    assert "ap" not in answer.settled
    assert not any("counted" in gap for gap in answer.gaps if "not counted" not in gap)


OLD, NEW = ber.encode_oid("1.3.6.1.4.1.2011.10.2.75"), ber.encode_oid("1.3.6.1.4.1.25506.2.75")


@pytest.mark.parametrize("name", ["h3c-wx6103", "h3c-e528-1", "h3c-comware-lsq1wcmd0"])
def test_the_other_arc_of_h3c_gives_the_same_and_calls_itself_derived(name, cells, poll, poll_session) -> None:
    moved = [
        VarBind(NEW + oid[len(OLD) :], tag, value) if oid.startswith(OLD) else VarBind(oid, tag, value)
        for oid, tag, value in cells(name)
    ]

    result = poll_session(RecordedSession(moved))

    assert (result.variant, result.evidence) == ("comware7", "derived")
    assert result.measurements == poll(name).measurements


H3C_AP_LISTS = ("4.3.1", "2.1.10", "12.1.1", "2.1.1.1", "2.1.2")


def test_aps_without_identity_are_listed_by_element_and_have_no_values(cells, poll_session) -> None:
    lost = tuple(ber.encode_oid(f"1.3.6.1.4.1.2011.10.2.75.{table}") for table in H3C_AP_LISTS)
    left = [cell for cell in cells("h3c-wx6103") if not cell.oid.startswith(lost)]

    result = poll_session(RecordedSession(left))

    aps = [m for m in result.measurements if m.entity.kind == "ap"]
    assert len(aps) == 349
    assert all(m.entity.id.startswith("dev/element:") and not m.values and not m.facts for m in aps)
    assert f"{aps[0].entity.id}: its identity was not answered" in result.gaps


def test_a_huawei_ap_without_serial_is_an_element_and_takes_no_other_ones_place(cells, poll, poll_session) -> None:
    serial = ber.encode_oid("1.3.6.1.4.1.2011.6.139.13.3.10.1.3")
    first = next(cell for cell in cells("huawei-s12704") if cell.oid.startswith(serial))
    left = [cell for cell in cells("huawei-s12704") if cell.oid != first.oid]

    result = poll_session(RecordedSession(left))

    ids = {m.entity.id for m in result.measurements if m.entity.kind == "ap"}
    whole_ids = {m.entity.id for m in poll("huawei-s12704").measurements if m.entity.kind == "ap"}
    assert len(ids) == 816
    assert {name.partition(":")[0] for name in ids - whole_ids} == {"dev/element"}
