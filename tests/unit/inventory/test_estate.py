"""Does the estate hold the places and devices that the settings name, and find the place of an AP?"""

import pytest

from campus.errors import NotFound
from campus.model import CAMPUS, Scope, Service

A1, B1, B1_2 = Scope("area", "A1"), Scope("building", "B1"), Scope("floor", "B1-2")


def test_scopes_run_from_the_campus_down_to_each_place(campus):
    estate = campus()
    assert estate.paths[B1_2] == (CAMPUS, A1, B1, B1_2)
    assert estate.paths[CAMPUS] == (CAMPUS,)
    assert [scope.id for scope in estate.paths] == ["campus", "A1", "B1", "B1-1", "B1-2", "A2", "B2", "B2-1"]


def test_a_device_lies_where_it_is_put_else_in_the_area_of_its_subnet_else_on_the_campus(campus):
    estate = campus()
    assert estate.device("sw1").scopes == (CAMPUS, A1, B1, B1_2)
    assert estate.device("ac3").scopes == (CAMPUS, Scope("area", "A2"))
    assert estate.device("h1").scopes == (CAMPUS,)


def test_a_unit_of_an_ha_group_knows_its_peers(campus):
    estate = campus()
    assert (estate.group("ac2"), estate.units("ac2")) == ("ha1", ("ac1", "ac2"))
    assert (estate.group("ac3"), estate.units("ac3")) == ("ac3", ("ac3",))


def test_a_device_that_left_the_settings_still_stands_for_itself(campus):
    estate = campus()
    assert (estate.group("gone"), estate.units("gone"), estate.home("gone")) == ("gone", ("gone",), ())
    with pytest.raises(NotFound, match="gone"):
        estate.device("gone")


def test_a_device_is_in_service_from_since_up_to_until(campus, at):
    host = campus().device("h1")
    assert [host.in_service(at(day)) for day in (-0.001, 0, 29.999, 30)] == [False, True, True, False]


def test_a_device_without_dates_is_always_in_service(campus, at):
    assert campus().device("ac1").in_service(at(-9999))


@pytest.mark.parametrize(
    ("keys", "name", "floor"),
    [
        (("S1", "00:0f:e2:00:00:01"), "B2-1-07", "B1-1"),
        (("S9", "00:0f:e2:00:00:01"), "B2-1-07", "B1-2"),
        (("S9",), "lobby", "B2-1"),
        (("S9",), "B2-1-07", "B2-1"),
    ],
    ids=["by serial", "by MAC", "by name", "by pattern"],
)
def test_an_ap_is_placed_by_serial_then_mac_then_name_then_pattern(campus, keys, name, floor):
    estate = campus("ap: lobby, floor: B2-1", "ap: 000f-e200-0001, floor: B1-2", "ap: S1, floor: B1-1")
    (placement,) = estate.place(keys, name)
    assert placement.floor == floor
    assert placement.declared is (name != "B2-1-07" or floor != "B2-1")


@pytest.mark.parametrize("name", ["", "store-room", "B1-9-01", "B1-1-01x"])
def test_an_ap_that_nothing_places_has_no_place(campus, name):
    assert campus().place(("S1",), name) == ()


def test_rows_of_one_ap_come_in_the_order_of_time(campus, at):
    estate = campus("ap: S1, floor: B1-2, since: 2026-09-11", "ap: S1, floor: B1-1, until: 2026-09-11")
    placements = estate.place(("S1",), "")
    assert [(one.floor, one.duty.since, one.duty.until) for one in placements] == [
        ("B1-1", None, at(10)),
        ("B1-2", at(10), None),
    ]


def test_a_spare_ap_needs_no_floor(campus):
    (placement,) = campus("ap: S1, service: spare").place(("S1",), "")
    assert (placement.duty.service, placement.floor) == (Service.SPARE, None)
