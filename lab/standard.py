"""Which standard MIB tables do the lab's devices hold? SNMPv2-MIB system, IF-MIB, ENTITY-MIB, LLDP-MIB."""

from collections.abc import Iterable
from dataclasses import dataclass

from lab.ber import COUNTER32, COUNTER64, GAUGE32, INTEGER, OBJECT_ID, OCTETS, TICKS, Oid
from lab.chance import chance
from lab.mib import Cell, Field, Table, scalars, table, text
from lab.model import Moment
from lab.plan import SWITCH_PORTS, Ap, Device

MIB_2: Oid = (1, 3, 6, 1, 2, 1)
_LLDP: Oid = (1, 0, 8802, 1, 1, 2, 1)
_OBJECT_ID: dict[str, Oid] = {
    # Controllers and switches name themselves as two recorded devices do, hosts as net-snmp on Linux.
    "ac": (1, 3, 6, 1, 4, 1, 25506, 1, 264),
    "switch": (1, 3, 6, 1, 4, 1, 25506, 1, 578),
    "host": (1, 3, 6, 1, 4, 1, 8072, 3, 2, 10),
}
_DESCR = {
    "ac": "Comware controller twin of the campus lab (software, no real device)",
    "switch": "Comware switch twin of the campus lab (software, no real device)",
    "host": "Linux host twin of the campus lab (software, no real device)",
}
_UPLINK = SWITCH_PORTS
_GIGABIT, _TEN_GIGABIT = 1000, 10000


@dataclass(frozen=True, slots=True)
class Port:
    """One interface at an instant; the counters are octets."""

    number: int
    name: str
    alias: str
    mbps: int
    up: bool
    octets_in: int
    octets_out: int
    kind: int = 6
    ap: Ap | None = None

    @property
    def mac(self) -> bytes:
        """Interface address."""
        return b"\x02\x4c\x53\x57\x00" + bytes((self.number,)) if self.kind == 6 else b""

    @property
    def broken_frames(self) -> int:
        """Broken frames: one in some hundred gigabytes."""
        return self.octets_in // 400_000_000_000


def _system(moment: Moment, device: Device) -> Iterable[Cell]:
    return scalars(
        (*MIB_2, 1),
        {
            (1,): (OCTETS, text(_DESCR[device.kind])),
            (2,): (OBJECT_ID, _OBJECT_ID[device.kind]),
            (3,): (TICKS, moment.uptime_ticks(device)),
            (5,): (OCTETS, text(device.id)),
            (6,): (OCTETS, text(device.zh)),
        },
    )


def ports(moment: Moment, device: Device) -> list[Port]:
    """Give the interfaces of a device."""
    if device.kind == "switch":
        return _switch_ports(moment, device)
    crowd = "dorm" if device.area == "A2" else "always"
    if device.kind == "ac":
        names, mbps = ("Ten-GigabitEthernet1/0/1", "Ten-GigabitEthernet1/0/2"), _TEN_GIGABIT
        return [_busy(moment, number, name, (crowd, 9e7, 3e7), mbps) for number, name in enumerate(names, 1)]
    loop = Port(1, "lo", "", 10, up=True, octets_in=0, octets_out=0, kind=24)
    return [loop, _busy(moment, 2, "eno1", ("always", 2e7, 6e7), _GIGABIT)]


def _busy(moment: Moment, number: int, name: str, load: tuple[str, float, float], mbps: int) -> Port:
    crowd, down, up = load
    return Port(
        number,
        name,
        "",
        mbps,
        up=True,
        octets_in=moment.count(up, crowd),
        octets_out=moment.count(down, crowd),
    )


def _switch_ports(moment: Moment, device: Device) -> list[Port]:
    fed = {ap.port: ap for ap in moment.plan.mounted() if ap.switch == device.id}
    return [_switch_port(moment, number, fed.get(number)) for number in range(1, SWITCH_PORTS + 1)]


def _switch_port(moment: Moment, number: int, ap: Ap | None) -> Port:
    name = f"GigabitEthernet1/0/{number}" if number != _UPLINK else f"Ten-GigabitEthernet1/0/{number}"
    if number == _UPLINK:
        return _busy(moment, number, name, ("library", 1.2e7, 5e7), _TEN_GIGABIT)
    if ap is None:
        return Port(number, name, "", _GIGABIT, up=False, octets_in=0, octets_out=0)
    share = 0.5 + chance(moment.plan.seed, "share", ap.serial)
    return Port(
        number,
        name,
        ap.name,
        _GIGABIT,
        up=moment.powered(ap),
        octets_in=moment.count(1e6 * share, "library", ap.serial),
        octets_out=moment.count(4e6 * share, "library", ap.serial),
        ap=ap,
    )


_IF: dict[int, Field[Port]] = {
    1: (INTEGER, lambda port: port.number),
    2: (OCTETS, lambda port: text(port.name)),
    3: (INTEGER, lambda port: port.kind),
    4: (INTEGER, lambda _: 1500),
    5: (GAUGE32, lambda port: min(port.mbps * 1_000_000, 2**32 - 1)),
    6: (OCTETS, lambda port: port.mac),
    7: (INTEGER, lambda _: 1),
    8: (INTEGER, lambda port: 1 if port.up else 2),
    10: (COUNTER32, lambda port: port.octets_in % 2**32),
    13: (COUNTER32, lambda _: 0),
    14: (COUNTER32, lambda port: port.broken_frames % 2**32),
    16: (COUNTER32, lambda port: port.octets_out % 2**32),
    19: (COUNTER32, lambda _: 0),
    20: (COUNTER32, lambda _: 0),
}
_IFX: dict[int, Field[Port]] = {
    1: (OCTETS, lambda port: text(port.name)),
    6: (COUNTER64, lambda port: port.octets_in),
    10: (COUNTER64, lambda port: port.octets_out),
    15: (GAUGE32, lambda port: port.mbps),
    18: (OCTETS, lambda port: text(port.alias)),
    19: (TICKS, lambda _: 0),
}
_LOCAL_PORT: dict[int, Field[Port]] = {
    # lldpLocPortTable; subtype 5 = interface name.
    2: (INTEGER, lambda _: 5),
    3: (OCTETS, lambda port: text(port.name)),
    4: (OCTETS, lambda port: text(port.name)),
}
_NEIGHBOUR: dict[int, Field[Ap]] = {
    # lldpRemTable; chassis subtype 4 = MAC, port subtype 5 = interface name.
    4: (INTEGER, lambda _: 4),
    5: (OCTETS, lambda ap: ap.mac),
    6: (INTEGER, lambda _: 5),
    7: (OCTETS, lambda _: text("GigabitEthernet1")),
    8: (OCTETS, lambda _: text("GigabitEthernet1")),
    9: (OCTETS, lambda ap: text(ap.name)),
    10: (OCTETS, lambda ap: text(ap.model)),
}


def _by_number(moment: Moment, device: Device) -> list[tuple[Oid, Port]]:
    return [((port.number,), port) for port in ports(moment, device)]


def _neighbours(moment: Moment, device: Device) -> list[tuple[Oid, Ap]]:
    """An access point without power vanishes from the list, as after its time to live on a real switch."""
    return [((0, port.number, 1), port.ap) for port in ports(moment, device) if port.ap and port.up]


_CHASSIS: dict[int, Field[Device]] = {
    # entPhysicalTable: class chassis(3), serial number, model name.
    5: (INTEGER, lambda _: 3),
    11: (OCTETS, lambda device: text(f"LAB-{device.id}")),
    13: (OCTETS, lambda device: text(f"LAB {device.kind} twin")),
}

STANDARD = (
    Table((*MIB_2, 1), _system),
    table((*MIB_2, 2, 2, 1), _IF, _by_number),
    table((*MIB_2, 31, 1, 1, 1), _IFX, _by_number),
)
"""What every device holds."""

CHASSIS = (table((*MIB_2, 47, 1, 1, 1, 1), _CHASSIS, lambda _, device: [((1,), device)]),)
"""What network devices hold besides."""

LLDP = (
    table((*_LLDP, 3, 7, 1), _LOCAL_PORT, _by_number),
    table((*_LLDP, 4, 1, 1), _NEIGHBOUR, _neighbours),
)
"""What the switch holds besides."""
