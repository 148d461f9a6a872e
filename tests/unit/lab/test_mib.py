import bz2
from importlib.resources import files

import pytest

from lab.h3c import controller
from lab.mib import counted
from lab.plan import COMWARE_5, COMWARE_7

H7 = (1, 3, 6, 1, 4, 1, 25506, 2, 75)
H5 = (1, 3, 6, 1, 4, 1, 2011, 10, 2, 75)
STATE = (2, 1, 10, 1, 7)
DEVICES = ["ac-1a", "ac-1b", "ac-2", "sw-tsg", "host-1", "host-2"]


def column(snapshot, prefix):
    return {cell.oid[len(prefix) :]: cell.value for cell in snapshot.below(prefix)}


@pytest.mark.parametrize("device", DEVICES)
def test_the_same_seed_and_instant_give_the_same_cells(look, device):
    assert look(device).below() == look(device).below() != []


@pytest.mark.parametrize("device", DEVICES)
def test_cells_are_in_the_order_of_the_mib_and_unique(look, device):
    oids = [cell.oid for cell in look(device).below()]
    assert oids == sorted(set(oids))


@pytest.mark.parametrize("device", ["ac-2", "sw-tsg", "host-1"])
def test_a_walk_by_following_cells_meets_every_cell_once(look, device):
    snapshot, met, cell = look(device), [], look(device).following((0,))
    while cell is not None:
        met.append(cell)
        cell = snapshot.following(cell.oid)
    assert met == snapshot.below()


def test_following_an_oid_that_does_not_exist_gives_its_successor(look):
    snapshot = look("sw-tsg")
    assert snapshot.following((1, 3, 6, 1, 2, 1, 2, 2, 1, 2, 28)).oid == (1, 3, 6, 1, 2, 1, 2, 2, 1, 3, 1)
    assert snapshot.following((1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 5, 7)).oid == (1, 3, 6, 1, 2, 1, 2, 2, 1, 1, 6)
    assert snapshot.following((2,)) is None


def test_each_controller_answers_on_its_own_arc_alone(look):
    assert look("ac-1a").below(H7)
    assert not look("ac-1a").below(H5)
    assert look("ac-2").below(H5)
    assert not look("ac-2").below(H7)


def test_the_standby_unit_holds_the_same_tables_as_the_recorded_one(look):
    """The recorded WX6103 has 349 access points in its configuration and none connected."""
    path = files("snmpsim_data") / "data" / "network" / "switch" / "h3c-wx6103.snmprec.bz2"
    recorded = {line.split(b"|")[0] for line in bz2.decompress(path.read_bytes()).splitlines()}
    for old, new in zip(controller(COMWARE_5), controller(COMWARE_7), strict=True):
        start = ".".join(map(str, old.prefix)).encode() + b"."
        in_recording = any(oid.startswith(start) for oid in recorded)
        assert bool(look("ac-1b").below(new.prefix)) is in_recording, old.prefix


def test_a_standby_unit_has_all_access_points_deassociated_with_zeros(look):
    snapshot = look("ac-1b")
    assert set(column(snapshot, (*H7, *STATE)).values()) == {2}
    assert len(column(snapshot, (*H7, 4, 3, 1, 1, 2))) == len(column(snapshot, (*H7, *STATE))) == 36
    assert set(column(snapshot, (*H7, 2, 1, 10, 1, 11)).values()) == {bytes(6)}
    assert snapshot.get((*H7, 1, 1, 2, 1, 0)).value == 0
    assert snapshot.get((*H7, 1, 1, 2, 7, 0)).value == 36


def test_a_takeover_turns_deassociated_rows_into_associated_ones(look, broken):
    outages = broken(("ac-silent", "ac-1a", 1, None))
    assert set(column(look("ac-1b", outages), (*H7, *STATE)).values()) == {1}
    assert len(look("ac-1b", outages).below((*H7, 2, 1, 3, 1, 4))) == 72


def test_a_lost_access_point_keeps_its_configuration_rows_alone(look, broken, campus):
    snapshot = look("ac-1a", broken(("ap-down", "JX1-F1-01", 1, None)))
    serial = campus.ap("JX1-F1-01").serial.encode()
    states = column(snapshot, (*H7, *STATE))
    assert [index for index, state in states.items() if state == 2] == [counted(serial)]
    assert counted(serial) not in column(snapshot, (*H7, 2, 1, 1, 1, 4))
    assert serial in column(snapshot, (*H7, 4, 3, 1, 1, 2)).values()


def test_totals_agree_with_the_rows_that_they_count(look):
    for device, h in (("ac-1a", H7), ("ac-2", H5)):
        snapshot = look(device)
        stations = len(snapshot.below((*h, 3, 1, 1, 1, 6)))
        assert snapshot.get((*h, 1, 1, 2, 2, 0)).value == stations
        assert sum(column(snapshot, (*h, 2, 1, 2, 1, 7)).values()) == stations
        assert sum(column(snapshot, (*h, 2, 2, 8, 1, 6)).values()) == stations


def test_each_unit_of_a_pair_counts_requests_only_while_it_serves(look, broken):
    asked = (*H7, 1, 1, 5, 3, 0)
    outages = broken(("ac-silent", "ac-1a", 60, 30))
    assert look("ac-1b").get(asked).value == 0
    assert 0 < look("ac-1b", outages).get(asked).value < look("ac-1a", outages).get(asked).value
    later, now = look("ac-1a", outages, seconds=60).get(asked).value, look("ac-1a", outages).get(asked).value
    assert now < later < now + 60 * 2


def test_associations_of_an_access_point_stop_while_it_is_down(look, broken, campus):
    requests = (*H7, 2, 2, 3, 1, 9, *counted(campus.ap("JX1-F1-01").serial.encode()))
    gap = broken(("ap-down", "JX1-F1-01", 60, 59))
    without, with_gap = look("ac-1a").get(requests).value, look("ac-1a", gap).get(requests).value
    assert 0 < without - with_gap < 60 * 60


def test_both_indexes_of_the_configuration_tell_the_same_state(look, broken, campus):
    snapshot = look("ac-1a", broken(("ap-down", "JX1-F1-01", 1, None)))
    serials = column(snapshot, (*H7, 12, 1, 1, 1, 3))
    states = {counted(serials[index]): state for index, state in column(snapshot, (*H7, 2, 1, 8, 1, 7)).items()}
    assert states == column(snapshot, (*H7, *STATE))


def test_the_switch_names_the_access_points_at_its_ports(look, broken):
    lldp_name = (1, 0, 8802, 1, 1, 2, 1, 4, 1, 1, 9)
    names = column(look("sw-tsg"), lldp_name)
    assert names[0, 1, 1] == b"TSG-F1-01"
    assert len(names) == 12
    lost = broken(("ap-down", "TSG-F1-01", 1, None))
    assert (0, 1, 1) not in column(look("sw-tsg", lost), lldp_name)
    assert look("sw-tsg", lost).get((1, 3, 6, 1, 2, 1, 2, 2, 1, 8, 1)).value == 2


def test_port_counters_grow_and_their_32_bit_twins_wrap(look):
    wide, narrow = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10, 28), (1, 3, 6, 1, 2, 1, 2, 2, 1, 16, 28)
    now, later = look("sw-tsg"), look("sw-tsg", seconds=60)
    assert later.get(wide).value > now.get(wide).value > 2**32
    assert now.get(narrow).value == now.get(wide).value % 2**32


def test_a_host_tells_the_same_memory_in_both_mibs(look):
    snapshot = look("host-1")
    ucd = {column: snapshot.get((1, 3, 6, 1, 4, 1, 2021, 4, column, 0)).value for column in (5, 6, 14, 15)}
    storage = (1, 3, 6, 1, 2, 1, 25, 2, 3, 1)
    assert snapshot.get((*storage, 6, 1)).value == ucd[5] - ucd[6]
    assert snapshot.get((*storage, 6, 6)).value == ucd[14]
    assert 0.3 < (ucd[5] - ucd[6] - ucd[14] - ucd[15]) / ucd[5] < 0.8


def test_raw_cpu_time_of_a_host_adds_up_to_all_its_cores(look):
    def ticks(seconds):
        snapshot = look("host-1", seconds=seconds)
        return [snapshot.get((1, 3, 6, 1, 4, 1, 2021, 11, column, 0)).value for column in (50, 51, 52, 53, 54)]

    grown = sum((after - before) % 2**32 for before, after in zip(ticks(0), ticks(60), strict=True))
    assert grown == pytest.approx(60 * 100 * 16, rel=0.001)
