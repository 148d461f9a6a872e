"""Do the parts of a settings file fit each other?

The rules are held to the items that are right by themselves, so that they speak even while others are wrong.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import combinations, pairwise
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from campus.errors import Fault
from campus.settings.inventory import ApPattern, ApRow, Area, Device, Duty, HaGroup
from campus.settings.scalars import Section, instant
from campus.settings.schema import Campus
from campus.settings.tree import AP_PATTERNS, AP_ROWS, AREAS, DEVICES, FLOORS, HA_GROUPS, Trail, find, look
from campus.strict_yaml import Document, Spot

Item = TypeVar("Item", bound=Section)


@dataclass(frozen=True, slots=True)
class _Estate:
    """The items of the inventory that are right by themselves, each with its spot."""

    areas: list[tuple[Spot, Area]]
    devices: list[tuple[Spot, Device]]
    groups: list[tuple[Spot, HaGroup]]
    rows: list[tuple[Spot, ApRow]]
    patterns: list[tuple[Spot, ApPattern]]
    zone: tzinfo


def cross_check(document: Document) -> list[Fault]:
    """Find every mistake that lies between the parts of a settings file."""
    estate = _Estate(
        areas=_right(document, AREAS, Area),
        devices=_right(document, DEVICES, Device),
        groups=_right(document, HA_GROUPS, HaGroup),
        rows=_right(document, AP_ROWS, ApRow),
        patterns=_right(document, AP_PATTERNS, ApPattern),
        zone=_zone(document),
    )
    rules: tuple[Callable[[Document, _Estate], Iterator[Fault]], ...] = (
        _repeated_addresses,
        _torn_places,
        _overlapping_subnets,
        _strange_members,
        _empty_validity,
        _overlapping_rows,
        _patterns_to_nowhere,
        _overlapping_patterns,
    )
    return [fault for rule in rules for fault in rule(document, estate)]


def _right(document: Document, trail: Trail, model: type[Item]) -> list[tuple[Spot, Item]]:
    items: list[tuple[Spot, Item]] = []
    for spot, value in find(document.data, trail):
        try:
            items.append((spot, model.model_validate(value)))
        except ValidationError:
            continue  # `Document.fill` tells of it
    return items


def _zone(document: Document) -> tzinfo:
    section = look(document.data, ("campus",))
    try:
        return ZoneInfo(Campus.model_validate(section).timezone)
    except ValidationError:
        return UTC


def _repeated_addresses(document: Document, estate: _Estate) -> Iterator[Fault]:
    first: dict[tuple[str, int], str] = {}
    for spot, device in estate.devices:
        owner = first.setdefault((device.address, device.port), device.id)
        if owner != device.id:
            what = f"{device.address} port {device.port} is the address of two devices"
            yield document.fault((*spot, "address"), what, f"the other is {owner}")


def _torn_places(document: Document, estate: _Estate) -> Iterator[Fault]:
    parents = {("building", building.id): area.id for _, area in estate.areas for building in area.buildings} | {
        ("floor", floor.id): building.id
        for _, area in estate.areas
        for building in area.buildings
        for floor in building.floors
    }
    for spot, device in estate.devices:
        building = device.building or parents.get(("floor", device.floor or ""))
        pairs = (("floor", device.floor, device.building), ("building", building, device.area))
        for kind, small, large in pairs:
            true = parents.get((kind, small or ""))
            if large and true and true != large:
                yield document.fault(
                    spot, f"the {kind} {small} lies in {true}, not in {large}", "name the smallest only"
                )


def _overlapping_subnets(document: Document, estate: _Estate) -> Iterator[Fault]:
    nets = [(spot, area.id, ipaddress.ip_network(area.subnet)) for spot, area in estate.areas if area.subnet]
    for (_, one, first), (spot, _, second) in combinations(nets, 2):
        if first.version == second.version and first.overlaps(second):
            yield document.fault((*spot, "subnet"), f"{second} overlaps with the subnet of area {one}")


def _strange_members(document: Document, estate: _Estate) -> Iterator[Fault]:
    kinds = {device.id: device.kind for _, device in estate.devices}
    for spot, group in estate.groups:
        for number, member in enumerate(group.members):
            if kinds.get(member, "ac") != "ac":
                yield document.fault((*spot, "members", number), f"{member} is a {kinds[member]}, not an ac")


def _empty_validity(document: Document, estate: _Estate) -> Iterator[Fault]:
    items: list[tuple[Spot, Duty]] = [*estate.devices, *estate.rows]
    for spot, item in items:
        since, until = _validity(item, estate.zone)
        if since >= until:
            yield document.fault((*spot, "until"), "until is not after since", "until is the first day that is out")


def _validity(item: Duty, zone: tzinfo) -> tuple[datetime, datetime]:
    since, until = instant(item.since, zone), instant(item.until, zone)
    return since or datetime.min.replace(tzinfo=UTC), until or datetime.max.replace(tzinfo=UTC)


def _overlapping_rows(document: Document, estate: _Estate) -> Iterator[Fault]:
    by_ap: dict[str, list[tuple[datetime, datetime, Spot]]] = defaultdict(list)
    for spot, row in estate.rows:
        by_ap[row.ap].append((*_validity(row, estate.zone), spot))
    for ap, periods in by_ap.items():
        for (_, until, first), (since, _, second) in pairwise(sorted(periods)):
            if since < until:
                hint = f"the other is on line {document.fault(first, '').line}; give them since and until"
                yield document.fault(second, f"two rows hold for the AP {ap} at one time", hint)


def _patterns_to_nowhere(document: Document, estate: _Estate) -> Iterator[Fault]:
    floors = {name for _, name in find(document.data, (*FLOORS, "id"))}
    for spot, pattern in estate.patterns:
        floor = pattern.floor_of(pattern.example)
        if floor not in floors:
            yield document.fault(spot, f"the pattern puts its example on {floor!r}, which is no floor's id")


def _overlapping_patterns(document: Document, estate: _Estate) -> Iterator[Fault]:
    for (spot, one), (other_spot, other) in combinations(estate.patterns, 2):
        for example in (one.example, other.example):
            floors = {one.floor_of(example), other.floor_of(example)} - {None}
            if len(floors) > 1:
                hint = f"the other is on line {document.fault(spot, '').line}; let only one of them match"
                yield document.fault(other_spot, f"two patterns put {example!r} on two floors", hint)
                break
