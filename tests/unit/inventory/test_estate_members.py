"""Is each AP a member once, where it hung, for as long as it was meant to work there?"""

from collections import Counter
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campus.model import CAMPUS, Entity, Membership, Scope, Service
from inventory.members import device_memberships
from inventory.mounts import ap_memberships
from inventory.sightings import sightings


def members(estate, rows, **first_up):
    """The memberships of all APs, as (id, smallest place, service, since, until)."""
    seen = sightings(rows, {Entity("ap", ap): instant for ap, instant in first_up.items()})
    return [
        (one.entity.id, one.scopes[-1].id, str(one.service), one.since, one.until)
        for one in ap_memberships(estate, seen)
    ]


# ── silent, absent, planned, retired, unplaced, moved ────────────────────────────────────────────────────────


def test_a_silent_ap_stays_in_service(campus, told, at):
    assert members(campus("ap: S1, floor: B1-1"), [told("S1", last=1)]) == [("S1", "B1-1", "in_service", None, None)]


def test_an_ap_that_was_declared_and_never_seen_is_in_service_without_a_source(campus):
    (absent,) = ap_memberships(campus("ap: S1, floor: B1-1"), [])
    assert absent.service is Service.IN_SERVICE
    assert absent.scopes[-1] == Scope("floor", "B1-1")
    assert (absent.sources, absent.group, absent.name) == ((), "", "S1")


def test_a_planned_ap_is_planned_up_to_its_day_and_counts_from_then_on_seen_or_not(campus, told, at):
    estate = campus(
        "ap: S1, floor: B1-1, service: planned, until: 2026-09-11", "ap: S1, floor: B1-1, since: 2026-09-11"
    )
    expected = [("S1", "B1-1", "planned", None, at(10)), ("S1", "B1-1", "in_service", at(10), None)]
    assert members(estate, []) == expected
    assert members(estate, [told("S1", first=5)], S1=at(5)) == expected


def test_a_retired_ap_counts_up_to_its_day(campus, told, at):
    estate = campus("ap: S1, floor: B1-1, until: 2026-09-11", "ap: S1, service: retired, since: 2026-09-11")
    assert members(estate, [told("S1")], S1=at(0)) == [
        ("S1", "B1-1", "in_service", None, at(10)),
        ("S1", "campus", "retired", at(10), None),
    ]


def test_an_ap_without_a_place_is_listed_and_lies_nowhere(campus, told, at):
    assert members(campus(), [told("S1", name="store-room")], S1=at(0)) == [("S1", "campus", "unplaced", None, None)]


def test_a_moved_ap_counts_on_one_floor_at_a_time(campus, told, at):
    estate = campus("ap: S1, floor: B1-1, until: 2026-09-11", "ap: S1, floor: B2-1, since: 2026-09-11")
    assert members(estate, [told("S1")], S1=at(0)) == [
        ("S1", "B1-1", "in_service", None, at(10)),
        ("S1", "B2-1", "in_service", at(10), None),
    ]


def test_time_that_no_row_covers_is_unplaced(campus, told, at):
    estate = campus(
        "ap: S1, floor: B1-1, since: 2026-09-02, until: 2026-09-03",
        "ap: S1, floor: B1-2, since: 2026-09-05, until: 2026-09-06",
    )
    assert members(estate, [told("S1")], S1=at(0)) == [
        ("S1", "campus", "unplaced", None, at(1)),
        ("S1", "B1-1", "in_service", at(1), at(2)),
        ("S1", "campus", "unplaced", at(2), at(4)),
        ("S1", "B1-2", "in_service", at(4), at(5)),
        ("S1", "campus", "unplaced", at(5), None),
    ]


# ── placed by name only ──────────────────────────────────────────────────────────────────────────────────────


def test_an_ap_that_only_its_name_places_counts_from_the_first_time_it_was_seen_up(campus, told, at):
    assert members(campus(), [told("S1", first=2, name="B1-1-01")], S1=at(3)) == [
        ("S1", "B1-1", "planned", None, at(3)),
        ("S1", "B1-1", "in_service", at(3), None),
    ]


def test_an_ap_that_never_came_and_is_not_declared_is_planned(campus, told):
    assert members(campus(), [told("S1", up=0, name="B1-1-01")]) == [("S1", "B1-1", "planned", None, None)]


def test_a_declared_ap_that_never_came_is_in_service(campus, told):
    estate = campus("ap: S1, floor: B1-1")
    assert members(estate, [told("S1", up=0, name="B1-2-01")]) == [("S1", "B1-1", "in_service", None, None)]


def test_a_renamed_ap_goes_to_the_floor_of_its_new_name(campus, told, at):
    old, new = told("S1", "ac1", last=5, name="B1-1-01"), told("S1", "ac3", last=9, name="B2-1-01")
    assert [place for _, place, *_ in members(campus(), [old, new], S1=at(0))] == ["B2-1", "B2-1"]


# ── one AP under several ids, several APs under one name ─────────────────────────────────────────────────────

MAC = "00:0f:e2:00:00:01"


def test_an_ap_known_by_serial_here_and_by_mac_there_counts_once(campus, told, at):
    rows = [told("S1", "ac1", mac="000f-e200-0001"), told(MAC, "ac3", first=1)]
    assert members(campus("ap: S1, floor: B1-1"), rows, S1=at(0), **{MAC: at(1)}) == [
        ("S1", "B1-1", "in_service", None, None)
    ]


def test_a_row_by_mac_finds_an_ap_that_is_known_by_serial(campus, told, at):
    rows = [told("S1", mac=MAC)]
    assert members(campus(f"ap: '{MAC}', floor: B1-1"), rows, S1=at(0)) == [("S1", "B1-1", "in_service", None, None)]


def test_an_id_that_changed_with_the_profile_keeps_its_history(campus, told, at):
    rows = [told("S1", first=0, last=9, mac=MAC), told(MAC, first=10, last=30, serial="S1")]
    assert members(campus("ap: S1, floor: B1-1"), rows, S1=at(0), **{MAC: at(10)}) == [
        ("S1", "B1-1", "in_service", None, at(10)),
        (MAC, "B1-1", "in_service", at(10), None),
    ]


def test_a_source_that_cannot_tell_the_state_does_not_take_an_ap_over(campus, told, at):
    rows = [told(MAC, "ac3", first=0, serial="S1", up=0), told("S1", "ac1", first=5)]
    (found,) = members(campus("ap: S1, floor: B1-1"), rows, S1=at(5))
    assert found[0] == "S1"


@pytest.mark.parametrize("void", ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"])
def test_aps_that_report_no_mac_are_not_one_ap(campus, told, void):
    estate = campus("ap: S1, floor: B1-1", "ap: S2, floor: B1-1")
    assert len(members(estate, [told("S1", mac=void), told("S2", mac=void)])) == 2


def test_a_replaced_ap_hands_its_mount_over_and_both_never_count_at_once(campus, told, at):
    estate = campus("ap: lobby, floor: B1-1")
    rows = [told("S1", first=0, last=9, name="lobby"), told("S2", first=10, last=30, name="lobby")]
    assert members(estate, rows, S1=at(0), S2=at(10)) == [
        ("S1", "B1-1", "in_service", None, at(10)),
        ("S2", "B1-1", "in_service", at(10), None),
    ]


def test_a_replaced_ap_that_its_name_places_hands_its_mount_over(campus, told, at):
    rows = [told("S1", first=0, last=9, name="B1-1-01"), told("S2", first=10, last=30, name="B1-1-01")]
    found = members(campus(), rows, S1=at(0), S2=at(11))
    assert [one for one in found if one[2] == "in_service"] == [
        ("S1", "B1-1", "in_service", at(0), at(10)),
        ("S2", "B1-1", "in_service", at(11), None),
    ]


def test_two_living_aps_of_one_name_both_count(campus, told, at):
    rows = [told("S1", "ac1", name="B1-1-01"), told("S2", "ac3", first=5, name="B1-1-01")]
    found = members(campus(), rows, S1=at(0), S2=at(5))
    assert [one[0] for one in found if one[2] == "in_service" and one[4] is None] == ["S1", "S2"]


# ── sources and groups ───────────────────────────────────────────────────────────────────────────────────────


def one_member(estate, rows) -> Membership:
    (found,) = ap_memberships(estate, sightings(rows, {}))
    return found


def test_all_units_of_the_ha_group_are_sources(campus, told):
    found = one_member(campus("ap: S1, floor: B1-1"), [told("S1", "ac2")])
    assert (found.sources, found.group) == (("ac1", "ac2"), "ha1")


def test_an_ap_that_moved_to_another_controller_belongs_to_the_one_that_told_of_it_last(campus, told):
    found = one_member(campus("ap: S1, floor: B1-1"), [told("S1", "ac1", last=5), told("S1", "ac3", last=9)])
    assert (found.sources, found.group) == (("ac3", "ac1", "ac2"), "ac3")


def test_an_ap_on_two_controllers_belongs_to_the_one_that_has_it_up(campus, told):
    rows = [told("S1", "ac1", last=9, up=1), told("S1", "ac3", last=9, up=0)]
    assert one_member(campus("ap: S1, floor: B1-1"), rows).group == "ha1"
    assert one_member(campus("ap: S1, floor: B1-1"), rows[::-1]).group == "ha1"


def test_a_controller_that_fell_silent_long_ago_does_not_hold_an_ap(campus, told):
    rows = [told("S1", "ac1", last=1, up=1), told("S1", "ac3", last=9, up=0)]
    assert one_member(campus("ap: S1, floor: B1-1"), rows).group == "ac3"


def test_devices_are_members_by_their_kind(campus, at):
    estate = campus()
    controllers = device_memberships(estate, "ac")
    assert [(one.entity.id, one.group, one.sources, one.name) for one in controllers] == [
        ("ac1", "ha1", ("ac1",), "ac1"),
        ("ac2", "ha1", ("ac2",), "ac2"),
        ("ac3", "ac3", ("ac3",), "Third"),
    ]
    (host,) = device_memberships(estate, "host")
    assert (host.scopes, host.since, host.until) == ((CAMPUS,), at(0), at(30))


# ── whatever was seen ────────────────────────────────────────────────────────────────────────────────────────

FACTS = ("name", "mac", "serial")
SEEN = st.lists(
    st.tuples(
        st.sampled_from(["S1", "S2", "S3", MAC]),
        st.sampled_from(["ac1", "ac3"]),
        st.integers(0, 20),
        st.integers(0, 9),
        st.tuples(
            st.sampled_from(["B1-1-01", "B2-1-01", "lobby", "elsewhere", ""]),
            st.sampled_from(["", MAC]),
            st.sampled_from(["", "S1", "S2"]),
        ),
    ),
    max_size=6,
    unique_by=lambda row: row[:2],
)


@given(SEEN, st.sets(st.sampled_from(["S1", "S2", "S3", MAC])))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_ap_is_ever_counted_twice_and_none_that_is_alive_gets_lost(campus, told, at, seen, came_up):
    estate = campus(
        "ap: S1, floor: B1-1, until: 2026-09-05", "ap: S1, floor: B2-1, since: 2026-09-06", "ap: lobby, floor: B1-2"
    )
    rows = [
        told(ap, source, first, first + lasted, **{key: fact for key, fact in zip(FACTS, facts, strict=True) if fact})
        for ap, source, first, lasted, facts in seen
    ]
    first_up = {row.entity: row.first_seen for row in rows if row.entity.id in came_up}
    known = sightings(rows, first_up)
    found = ap_memberships(estate, known)
    keys = {one.entity.id: one.keys for one in known}

    def counted(now: datetime) -> Counter[str]:
        there = (m for m in found if (m.since is None or m.since <= now) and (m.until is None or now < m.until))
        return Counter(key for m in there for key in keys.get(m.entity.id, (m.entity.id,)))

    for day in (-1.5, 0.5, 4.5, 12.5, 40.5):
        assert set(counted(at(day)).values()) <= {1}
    newest = max((row.at for row in rows), default=at(0))
    alive = {key for one in known if one.last_seen == newest for key in one.keys}
    assert alive <= set(counted(at(40.5)))


def test_an_id_that_outlives_the_other_one_of_its_ap_takes_over(campus, told, at):
    rows = [told("S1", last=10, mac=MAC), told(MAC, "ac3", first=5, last=30)]
    assert members(campus("ap: S1, floor: B1-1"), rows, S1=at(0), **{MAC: at(5)}) == [
        ("S1", "B1-1", "in_service", None, at(10)),
        (MAC, "B1-1", "in_service", at(10), None),
    ]
