"""Where did each AP hang, in service or not, period by period?

An AP of the table is in service as the table says, seen or not. One that only its name places counts from the
first time that it was seen up. One without a place is listed, and counts nowhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from campus.model import Entity, Membership, Service
from inventory.estate import Duty, Estate, Placement
from inventory.sightings import Sighting

Period = tuple[str | None, Duty]
"""The floor on which an AP hangs while a duty holds."""


def ap_memberships(estate: Estate, seen: Sequence[Sighting]) -> list[Membership]:
    """Give the memberships of all APs, those that were seen and those that are only declared, of all times."""
    placed = [(one, estate.place(one.keys, one.name)) for one in seen]
    found = [_seen(estate, one, period) for one, places in _in_turn(placed) for period in _periods(one, places)]
    known = {key for one in seen for key in (*one.keys, one.name)}
    unseen = (place for ap, places in estate.table.items() if ap not in known for place in places)
    return [*found, *(_declared(estate, place) for place in unseen)]


def _in_turn(
    placed: Sequence[tuple[Sighting, tuple[Placement, ...]]],
) -> Iterator[tuple[Sighting, tuple[Placement, ...]]]:
    """Let a new AP take over the mount of its name: the one before it counts until then, never both."""
    mounts: dict[str, list[Sighting]] = defaultdict(list)
    for one, places in placed:
        if places and places[0].ap == one.name:
            mounts[one.name].append(one)
    for one, places in placed:
        yield _relieved(one, mounts[one.name]) if one in mounts[one.name] else one, places


def _relieved(one: Sighting, mount: Sequence[Sighting]) -> Sighting:
    """Cut an AP's time at those that hung at its mount before it and after it."""
    since = one.first_seen if any(other.last_seen < one.first_seen for other in mount) else one.since
    after = (other.first_seen for other in mount if other.first_seen > one.last_seen)
    return replace(one, since=since, until=min(filter(None, (one.until, *after)), default=None))


def _periods(one: Sighting, places: Sequence[Placement]) -> Iterator[Period]:
    """Give the periods of one AP, cut to the time in which it counts under its entity."""
    stated = (period for place in places for period in _stated(one, place))
    for floor, duty in _without_gaps(stated):
        since = max(filter(None, (duty.since, one.since)), default=None)
        until = min(filter(None, (duty.until, one.until)), default=None)
        if since is None or until is None or since < until:
            yield floor, Duty(duty.service, since, until)


def _stated(one: Sighting, place: Placement) -> Iterator[Period]:
    if place.declared:
        yield place.floor, place.duty
        return
    yield place.floor, Duty(Service.PLANNED, until=one.first_up)
    if one.first_up:
        yield place.floor, Duty(Service.IN_SERVICE, since=one.first_up)


def _without_gaps(periods: Iterable[Period]) -> Iterator[Period]:
    """Call unplaced what no statement covers."""
    covered: datetime | None = None
    for floor, duty in periods:
        if duty.since and (covered is None or covered < duty.since):
            yield None, Duty(Service.UNPLACED, covered, duty.since)
        yield floor, duty
        if duty.until is None:
            return
        covered = duty.until
    yield None, Duty(Service.UNPLACED, covered)


def _seen(estate: Estate, one: Sighting, period: Period) -> Membership:
    floor, duty = period
    return Membership(
        entity=one.entity,
        scopes=estate.floor(floor),
        service=duty.service,
        since=duty.since,
        until=duty.until,
        sources=tuple(dict.fromkeys(unit for source in one.sources for unit in estate.units(source))),
        group=estate.group(one.sources[0]),
        name=one.name or one.entity.id,
    )


def _declared(estate: Estate, place: Placement) -> Membership:
    """An AP that no controller ever told of: no source can say how it is."""
    return Membership(
        entity=Entity("ap", place.ap),
        scopes=estate.floor(place.floor),
        service=place.duty.service,
        since=place.duty.since,
        until=place.duty.until,
        name=place.ap,
    )
