"""Which tables does a Linux host of the lab hold? HOST-RESOURCES-MIB and UCD-SNMP-MIB, as net-snmp fills them."""

from collections.abc import Iterable
from dataclasses import dataclass

from lab.ber import COUNTER32, GAUGE32, INTEGER, OBJECT_ID, OCTETS, TICKS, Oid
from lab.chance import chance
from lab.mib import Cell, Field, Table, scalars, table, text
from lab.model import Moment
from lab.plan import Device
from lab.standard import MIB_2
from lab.timetable import crowd

_HR: Oid = (*MIB_2, 25)
_UCD: Oid = (1, 3, 6, 1, 4, 1, 2021)
_OTHER, _RAM, _VIRTUAL, _FIXED_DISK = 1, 2, 3, 4
_CORES = 16
_MEMORY_KB, _SWAP_KB = 64 * 2**20, 8 * 2**20
_DISKS = (("/", 50, 31), ("/var", 200, 45), ("/srv/images", 2000, 62))
"""Mount point, GB, per cent used."""
_FIRST_CPU = 196608
_HUNDREDTHS = 100


@dataclass(frozen=True, slots=True)
class _Memory:
    """Memory in kB; what is neither free nor buffers nor cached is what programs hold."""

    free: int
    buffers: int
    cached: int
    swap_free: int


@dataclass(frozen=True, slots=True)
class _Store:
    """One row of hrStorageTable; size and used count in units."""

    type: int
    descr: str
    unit: int
    size: int
    used: int


def _memory(moment: Moment, device: Device) -> _Memory:
    held = _MEMORY_KB * moment.between(420, 640, "memory", device.id) // 1000
    buffers, cached = _MEMORY_KB * 2 // 100, _MEMORY_KB * 22 // 100
    swapped = _SWAP_KB * moment.between(0, 40, "swap", device.id) // 1000
    return _Memory(_MEMORY_KB - held - buffers - cached, buffers, cached, _SWAP_KB - swapped)


def _cpu_percent(moment: Moment, device: Device, core: int) -> int:
    return round(crowd("always", moment.at) * 55) + moment.between(2, 20, "core", device.id, core)


def _hr_scalars(moment: Moment, device: Device) -> Iterable[Cell]:
    return scalars(
        (*_HR, 1),
        {
            (1,): (TICKS, moment.uptime_ticks(device)),
            (5,): (GAUGE32, 1),
            (6,): (GAUGE32, 240 + moment.between(0, 60, "processes", device.id)),
        },
    )


def _memory_size(_moment: Moment, _device: Device) -> Iterable[Cell]:
    return [Cell((*_HR, 2, 2, 0), INTEGER, _MEMORY_KB)]


def _storage(moment: Moment, device: Device) -> list[tuple[Oid, _Store]]:
    memory = _memory(moment, device)
    rows: list[tuple[Oid, _Store]] = [
        ((1,), _Store(_RAM, "Physical memory", 1024, _MEMORY_KB, _MEMORY_KB - memory.free)),
        ((6,), _Store(_OTHER, "Memory buffers", 1024, _MEMORY_KB, memory.buffers)),
        ((7,), _Store(_OTHER, "Cached memory", 1024, memory.cached, memory.cached)),
        ((10,), _Store(_VIRTUAL, "Swap space", 1024, _SWAP_KB, _SWAP_KB - memory.swap_free)),
    ]
    for number, (mount, gigabytes, percent) in enumerate(_DISKS, 31):
        blocks = gigabytes * 10**9 // 4096
        share = percent / 100 + 0.1 * chance(device.id, mount) + 0.01 * crowd("always", moment.at)
        rows.append(((number,), _Store(_FIXED_DISK, mount, 4096, blocks, round(blocks * share))))
    return rows


def _cores(moment: Moment, device: Device) -> list[tuple[Oid, int]]:
    return [((_FIRST_CPU + core,), _cpu_percent(moment, device, core)) for core in range(_CORES)]


def _ucd_memory(moment: Moment, device: Device) -> Iterable[Cell]:
    memory = _memory(moment, device)
    values = {
        3: _SWAP_KB,
        4: memory.swap_free,
        5: _MEMORY_KB,
        6: memory.free,
        14: memory.buffers,
        15: memory.cached,
    }
    return scalars((*_UCD, 4), {(column,): (INTEGER, value) for column, value in values.items()})


def _loads(moment: Moment, device: Device) -> list[tuple[Oid, tuple[int, str, float]]]:
    load = sum(percent for _, percent in _cores(moment, device)) / 100
    return [((row,), (row, f"Load-{minutes}", load)) for row, minutes in enumerate((1, 5, 15), 1)]


def _ticks(moment: Moment, device: Device) -> Iterable[Cell]:
    """Raw CPU time: hundredths of a second of all cores together."""
    busy = moment.count(_CORES * _HUNDREDTHS * 0.6, "always", device.id)
    idle = moment.uptime_ticks(device) * _CORES - busy
    split = {50: busy * 7 // 10, 51: 0, 52: busy * 2 // 10, 53: idle, 54: busy // 10}
    return scalars((*_UCD, 11), {(column,): (COUNTER32, value % 2**32) for column, value in split.items()})


_STORE: dict[int, Field[_Store]] = {
    2: (OBJECT_ID, lambda store: (*_HR, 2, 1, store.type)),
    3: (OCTETS, lambda store: text(store.descr)),
    4: (INTEGER, lambda store: store.unit),
    5: (INTEGER, lambda store: store.size),
    6: (INTEGER, lambda store: store.used),
}
_LOAD: dict[int, Field[tuple[int, str, float]]] = {
    1: (INTEGER, lambda row: row[0]),
    2: (OCTETS, lambda row: text(row[1])),
    3: (OCTETS, lambda row: text(f"{row[2]:.2f}")),
    5: (INTEGER, lambda row: round(row[2] * 100)),
}
_CPU: dict[int, Field[int]] = {2: (INTEGER, lambda percent: percent)}

HOST = (
    Table((*_HR, 1), _hr_scalars),
    Table((*_HR, 2, 2), _memory_size),
    table((*_HR, 2, 3, 1), _STORE, _storage),
    table((*_HR, 3, 3, 1), _CPU, _cores),
    Table((*_UCD, 4), _ucd_memory),
    table((*_UCD, 10, 1), _LOAD, _loads),
    Table((*_UCD, 11), _ticks),
)
"""What a host holds besides the standard tables."""
