"""What exists: places, devices, HA groups, and the statements on where each AP hangs?"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from campus import settings
from campus.catalogue import Label
from campus.errors import NotFound
from campus.model import CAMPUS, Scope, Service
from campus.settings import ApPattern, Settings, instant


@dataclass(frozen=True, slots=True)
class Floor:
    """One floor; its id is unique on the whole campus."""

    id: str
    name: Label


@dataclass(frozen=True, slots=True)
class Building:
    """One building and its floors, lowest first as the operator lists them."""

    id: str
    name: Label
    floors: tuple[Floor, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """One area: the part of the campus whose subnet has its own controllers."""

    id: str
    name: Label
    subnet: str | None
    buildings: tuple[Building, ...]


@dataclass(frozen=True, slots=True)
class Duty:
    """What something is meant to do during ``[since, until)`` (UTC; ``None`` = open)."""

    service: Service
    since: datetime | None = None
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether it holds at ``now``."""
        return (self.since is None or self.since <= now) and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Device:
    """Something with a management address. ``group`` is its HA group, or itself; ``scopes`` are its place."""

    id: str
    kind: str
    name: str
    address: str
    port: int
    credential: str
    profile: str
    engine: Literal["builtin", "pysnmp"]
    group: str
    scopes: tuple[Scope, ...]
    duty: Duty

    def in_service(self, now: datetime) -> bool:
        """Whether it is meant to answer at ``now``."""
        return self.duty.service is Service.IN_SERVICE and self.duty.holds(now)


@dataclass(frozen=True, slots=True)
class HaGroup:
    """Controllers that stand in for each other, by device id."""

    id: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the AP known as ``ap`` (serial, MAC or name) hangs, and what for; ``declared`` by the table or only
    inferred from its name."""

    ap: str
    floor: str | None
    duty: Duty
    declared: bool


@dataclass(frozen=True)
class Estate:
    """All places and devices known. Whether a device answers is not the estate's business."""

    name: Label
    zone: tzinfo
    areas: tuple[Area, ...]
    devices: tuple[Device, ...]
    ha_groups: tuple[HaGroup, ...]
    table: Mapping[str, tuple[Placement, ...]]
    patterns: tuple[ApPattern, ...]

    @cached_property
    def paths(self) -> Mapping[Scope, tuple[Scope, ...]]:
        """The scopes from the campus down to each place."""
        return {path[-1]: path for path in _paths(self.areas)}

    def floor(self, floor_id: str | None) -> tuple[Scope, ...]:
        """The scopes down to a floor; only the campus where none is given."""
        return self.paths.get(Scope("floor", floor_id or ""), (CAMPUS,))

    def place(self, keys: Sequence[str], name: str) -> tuple[Placement, ...]:
        """Say where an AP hangs, period by period: by the table (``keys`` in their order, then its name), else
        by the name patterns; nothing where neither knows, or two patterns name two floors."""
        for key in (*keys, name):
            if key in self.table:
                return self.table[key]
        floors = {pattern.floor_of(name) for pattern in self.patterns} - {None}
        if len(floors) != 1 or Scope("floor", floor := floors.pop() or "") not in self.paths:
            return ()
        return (Placement(name, floor, Duty(Service.IN_SERVICE), declared=False),)

    @cached_property
    def _devices(self) -> Mapping[str, Device]:
        return {device.id: device for device in self.devices}

    def device(self, device_id: str) -> Device:
        """Give one device.

        Raises:
            NotFound: no device has this id.
        """
        if device_id not in self._devices:
            raise NotFound(f"no device is called {device_id}")
        return self._devices[device_id]

    def home(self, device_id: str) -> tuple[Scope, ...]:
        """The scopes of a device; none of one that is gone from the settings."""
        return self._devices[device_id].scopes if device_id in self._devices else ()

    def group(self, device_id: str) -> str:
        """The HA group of a device, or its own id; of a device that is gone from the settings, too."""
        return self._devices[device_id].group if device_id in self._devices else device_id

    def units(self, device_id: str) -> tuple[str, ...]:
        """All units of the device's HA group, or itself alone."""
        return self._members.get(self.group(device_id), (device_id,))

    @cached_property
    def _members(self) -> Mapping[str, tuple[str, ...]]:
        return {group.id: group.members for group in self.ha_groups}


def build(source: Settings) -> Estate:
    """Build the estate from settings that were found right."""
    zone = ZoneInfo(source.campus.timezone)
    inventory = source.inventory
    areas = tuple(_area(area) for area in inventory.areas)
    scopes = {path[-1]: path for path in _paths(areas)}
    groups = {member: group.id for group in inventory.ha_groups for member in group.members}
    return Estate(
        name=source.campus.name,
        zone=zone,
        areas=areas,
        devices=tuple(
            _device(device, groups.get(device.id, device.id), scopes[_place(device, areas)], zone)
            for device in inventory.devices
        ),
        ha_groups=tuple(HaGroup(group.id, group.members) for group in inventory.ha_groups),
        table=_table(Placement(row.ap, row.floor, _duty(row, zone), declared=True) for row in inventory.aps.table),
        patterns=inventory.aps.patterns,
    )


def _paths(areas: tuple[Area, ...]) -> Iterator[tuple[Scope, ...]]:
    yield (CAMPUS,)
    for area in areas:
        in_area = (CAMPUS, Scope("area", area.id))
        yield in_area
        for building in area.buildings:
            in_building = (*in_area, Scope("building", building.id))
            yield in_building
            for floor in building.floors:
                yield (*in_building, Scope("floor", floor.id))


def _area(area: settings.Area) -> Area:
    buildings = (
        Building(one.id, one.name, tuple(Floor(floor.id, floor.name) for floor in one.floors)) for one in area.buildings
    )
    return Area(area.id, area.name, area.subnet, tuple(buildings))


def _duty(duty: settings.Duty, zone: tzinfo) -> Duty:
    return Duty(Service(duty.service), instant(duty.since, zone), instant(duty.until, zone))


def _table(placements: Iterable[Placement]) -> dict[str, tuple[Placement, ...]]:
    by_ap: dict[str, list[Placement]] = defaultdict(list)
    for placement in sorted(placements, key=lambda one: one.duty.since or _EVER):
        by_ap[placement.ap].append(placement)
    return {ap: tuple(periods) for ap, periods in by_ap.items()}


_EVER = datetime.min.replace(tzinfo=UTC)


def _place(device: settings.Device, areas: tuple[Area, ...]) -> Scope:
    """The smallest place that the settings name, else the area whose subnet holds the address."""
    for kind, place_id in (("floor", device.floor), ("building", device.building), ("area", device.area)):
        if place_id:
            return Scope(kind, place_id)
    address = ipaddress.ip_address(device.address)
    around = (area.id for area in areas if area.subnet and address in ipaddress.ip_network(area.subnet))
    area_id = next(around, None)
    return Scope("area", area_id) if area_id else CAMPUS


def _device(device: settings.Device, group: str, scopes: tuple[Scope, ...], zone: tzinfo) -> Device:
    return Device(
        id=device.id,
        kind=device.kind,
        name=device.name or device.id,
        address=device.address,
        port=device.port,
        credential=device.credential,
        profile=device.profile,
        engine=device.engine,
        group=group,
        scopes=scopes,
        duty=_duty(device, zone),
    )
