"""What stands on the lab's campus? Areas, buildings, devices and access points, the same for every run.

Nothing here changes with time; `lab.model` says what it does at an instant. All names, serials and
addresses are invented: MACs carry the bit for locally administered ones, access points live in 10.0.0.0/8
and are never reached.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from campus.errors import NotFound

COMWARE_7 = (1, 3, 6, 1, 4, 1, 25506)
COMWARE_5 = (1, 3, 6, 1, 4, 1, 2011, 10)
"""The two arcs below which H3C controllers keep their own objects (``.2.75`` and ``.2.6`` under each)."""

AP_LIMIT, STATION_LIMIT = 256, 10240
"""What one controller can hold."""
SWITCH_PORTS = 28
FULL_HOUSE = {"class": 24, "library": 26, "dorm": 18, "canteen": 40}
"""Stations of one access point when its building is full."""


@dataclass(frozen=True, slots=True)
class Area:
    """One area subnet; ``net`` is the first number of its 32 addresses in the lab's /24."""

    id: str
    zh: str
    en: str
    net: int


@dataclass(frozen=True, slots=True)
class Building:
    """One building; ``crowd`` is a kind of `lab.timetable`, ``planned`` means that its access points come later."""

    id: str
    area: str
    zh: str
    en: str
    crowd: str
    floors: int
    aps_per_floor: int
    group: str
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Device:
    """One thing with a management address: ``number`` is its last octet in the lab's /24.

    ``group`` is the HA group of a controller, or its own id; ``arc`` is where it keeps its objects.
    """

    id: str
    kind: str
    zh: str
    area: str
    number: int
    group: str = ""
    arc: tuple[int, ...] = COMWARE_7


@dataclass(frozen=True, slots=True)
class Ap:
    """One access point; ``switch`` and ``port`` say what feeds it, where the lab knows."""

    number: int
    serial: str
    name: str
    building: Building
    floor: int
    group: str
    switch: str = ""
    port: int = 0

    @property
    def mac(self) -> bytes:
        """Base MAC, 6 octets."""
        return b"\x02\x4c\x41\x42" + self.number.to_bytes(2, "big")

    @property
    def ip(self) -> bytes:
        """Management address, 4 octets."""
        return bytes((10, int(self.building.area[1:]), self.floor, 10 + self.number))

    @property
    def model(self) -> str:
        """Model name."""
        return "LAB-WA6330" if self.building.crowd in {"class", "library"} else "LAB-WA6320"


AREAS = (
    Area("A1", "教学区", "Teaching", 32),
    Area("A2", "生活区", "Living", 64),
    Area("A3", "体育区", "Sports", 96),
    Area("A4", "新建区", "New quarter", 128),
)
BUILDINGS = (
    Building("JX1", "A1", "第一教学楼", "Lecture hall 1", "class", 4, 3, "pair-1"),
    Building("TSG", "A1", "图书馆", "Library", "library", 4, 3, "pair-1"),
    Building("SX1", "A1", "实训楼", "Workshops", "class", 3, 4, "pair-1"),
    Building("SS1", "A2", "1号学生宿舍", "Dormitory 1", "dorm", 5, 2, "ac-2"),
    Building("SS2", "A2", "2号学生宿舍", "Dormitory 2", "dorm", 5, 2, "ac-2"),
    Building("ST1", "A2", "第一食堂", "Canteen 1", "canteen", 2, 2, "ac-2"),
    Building("TYG", "A3", "体育馆", "Gymnasium", "canteen", 1, 4, "ac-2", planned=True),
    Building("CX1", "A4", "创新楼", "Innovation hub", "class", 2, 2, "ac-2", planned=True),
)
DEVICES = (
    Device("ac-1a", "ac", "教学区无线控制器甲", "A1", 33, "pair-1"),
    Device("ac-1b", "ac", "教学区无线控制器乙", "A1", 34, "pair-1"),
    Device("ac-2", "ac", "生活区无线控制器", "A2", 65, "ac-2", COMWARE_5),
    Device("sw-tsg", "switch", "图书馆接入交换机", "A1", 35),
    Device("host-1", "host", "私有云主机一", "A1", 36),
    Device("host-2", "host", "私有云主机二", "A1", 37),
)
MACHINE_ROOMS = {"A1": ("TSG", 1), "A2": ("ST1", 1)}
"""Building and floor where the devices of an area stand."""
GATEWAY = 2
"""Number of the address that always answers echoes while the lab runs: the collectors' anchor."""
_FED = {"TSG": "sw-tsg"}


@dataclass(frozen=True, slots=True)
class Plan:
    """The campus and the seed of its variety."""

    seed: int
    aps: tuple[Ap, ...]
    areas: tuple[Area, ...] = AREAS
    buildings: tuple[Building, ...] = BUILDINGS
    devices: tuple[Device, ...] = DEVICES

    def device(self, device_id: str) -> Device:
        """Find a device.

        Raises:
            NotFound: there is none of that id.
        """
        found = next((device for device in self.devices if device.id == device_id), None)
        if found is None:
            raise NotFound(f"the lab has no device {device_id!r}; it has {', '.join(d.id for d in self.devices)}")
        return found

    def ap(self, key: str) -> Ap:
        """Find a mounted access point by name or serial.

        Raises:
            NotFound: there is none, or it is only planned.
        """
        found = next((ap for ap in self.mounted() if key in (ap.name, ap.serial)), None)
        if found is None:
            raise NotFound(f"the lab has no access point {key!r}; they are named like {self.aps[0].name}")
        return found

    def mounted(self) -> list[Ap]:
        """Access points that hang on a wall, planned ones left out."""
        return [ap for ap in self.aps if not ap.building.planned]

    def controllers(self) -> list[Device]:
        """Devices that are wireless controllers."""
        return [device for device in self.devices if device.kind == "ac"]

    def units(self, group: str) -> list[Device]:
        """Controllers of a group, the preferred one first."""
        return [device for device in self.devices if device.group == group]


def _aps() -> Iterator[Ap]:
    number = port = 0
    for building in BUILDINGS:
        switch = _FED.get(building.id, "")
        for floor in range(1, building.floors + 1):
            for place in range(1, building.aps_per_floor + 1):
                number += 1
                port += bool(switch)
                serial, name = f"219801LAB{number:011d}", f"{building.id}-F{floor}-{place:02d}"
                yield Ap(number, serial, name, building, floor, building.group, switch, port if switch else 0)


@cache
def plan(seed: int = 1) -> Plan:
    """Give the campus; the seed changes what people and radio waves do, never what stands where."""
    return Plan(seed, tuple(_aps()))
