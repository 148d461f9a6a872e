"""Does a radio hang where its AP hangs, as long as it does?"""

from datetime import UTC, datetime, timedelta

from campus.model import CAMPUS, Entity, Latest, Membership, Scope, Service
from inventory.members import radio_memberships

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = timedelta(days=1)
B1, B2 = Scope("building", "B1"), Scope("building", "B2")


def ap(name="S1", place=B1, **more):
    return Membership(
        Entity("ap", name), (CAMPUS, place), sources=("ac-1", "ac-2"), group="pair", name=f"AP {name}", **more
    )


def seen(name, at=NOON, source="ac-1"):
    return Latest(Entity("radio", name), source, at, at + DAY, {}, {}, first_seen=at)


def test_a_radio_shares_place_duty_and_sources_of_its_ap():
    (one,) = radio_memberships([ap(service=Service.PLANNED)], [seen("S1/1")])
    assert one.scopes == (CAMPUS, B1, Scope("ap", "S1"))
    assert (one.entity, one.service, one.sources, one.group) == (
        Entity("radio", "S1/1"),
        Service.PLANNED,
        ("ac-1", "ac-2"),
        "pair",
    )
    assert one.name == "AP S1/1"


def test_a_radio_counts_from_when_it_was_first_seen_by_whichever_unit():
    rows = [seen("S1/1", NOON + DAY, "ac-2"), seen("S1/1", NOON, "ac-1")]
    assert [one.since for one in radio_memberships([ap(since=NOON - DAY)], rows)] == [NOON]


def test_a_moved_ap_takes_its_radios_along():
    places = [ap(until=NOON + DAY), ap(place=B2, since=NOON + DAY)]
    found = radio_memberships(places, [seen("S1/1"), seen("S1/2")])
    assert {(one.entity.id, one.scopes[1], one.since, one.until) for one in found} == {
        ("S1/1", B1, NOON, NOON + DAY),
        ("S1/2", B1, NOON, NOON + DAY),
        ("S1/1", B2, NOON + DAY, None),
        ("S1/2", B2, NOON + DAY, None),
    }


def test_a_radio_that_came_after_the_move_was_never_at_the_old_place():
    places = [ap(until=NOON), ap(place=B2, since=NOON)]
    assert [one.scopes[1] for one in radio_memberships(places, [seen("S1/3", NOON + DAY)])] == [B2]


def test_a_radio_without_a_known_ap_is_nobodys():
    assert radio_memberships([ap()], [seen("S9/1")]) == []
