"""Which tables does an H3C controller of the lab hold? HH3C-DOT11-*, ENTITY-EXT, one column of CAPWAP-BASE-MIB.

Column numbers are those of the MIBs; they are the same below both arcs. What an access point that is not
connected looks like follows the recorded standby controller: its configuration rows are there with zeros
and "deassociated", rows of every other table are missing.
"""

from collections.abc import Iterable

from lab.ber import COUNTER32, GAUGE32, INTEGER, IP_ADDRESS, OCTETS, TICKS, Oid
from lab.mib import Cell, Field, Table, counted, scalars, table, text
from lab.model import ApState, Moment, Radio, Station
from lab.plan import AP_LIMIT, STATION_LIMIT, Ap, Device

_CAPWAP: Oid = (1, 3, 6, 1, 2, 1, 196, 1)
_NO_SENSOR = 65535
_VERSION = "Release LAB"
_ASKS_PER_S, _ASSOCIATIONS_PER_S = 1.5, 0.05

_TEMPLATE: dict[int, Field[Ap]] = {
    2: (OCTETS, lambda ap: text(ap.serial)),
    3: (OCTETS, lambda ap: text(ap.model)),
}
_ELEMENT: dict[int, Field[Ap]] = {
    2: (OCTETS, lambda ap: text(ap.name)),
    3: (OCTETS, lambda ap: text(ap.serial)),
    4: (OCTETS, lambda ap: text(ap.model)),
}
_CONFIGURATION: dict[int, Field[ApState]] = {
    1: (TICKS, lambda state: state.uptime_s * 100),
    2: (INTEGER, lambda state: state.cpu_percent),
    3: (INTEGER, lambda state: state.cpu_percent),
    4: (INTEGER, lambda state: state.memory_percent),
    5: (INTEGER, lambda state: state.memory_percent),
    6: (IP_ADDRESS, lambda state: state.ap.ip if state.connected else bytes(4)),
    7: (INTEGER, lambda state: 1 if state.connected else 2),
    10: (INTEGER, lambda state: state.celsius),
    11: (OCTETS, lambda state: state.ap.mac if state.connected else bytes(6)),
    12: (INTEGER, lambda state: int(state.connected)),
}
_BY_ELEMENT = {column: _CONFIGURATION[column] for column in (1, 2, 3, 4, 5, 6, 7, 10)}
_STATUS: dict[int, Field[Ap]] = {
    2: (IP_ADDRESS, lambda ap: ap.ip),
    3: (OCTETS, lambda ap: ap.mac),
    4: (INTEGER, lambda _: 5),
    5: (OCTETS, lambda ap: text(ap.name)),
}
_CURRENT: dict[int, Field[ApState]] = {
    2: (IP_ADDRESS, lambda state: state.ap.ip),
    3: (OCTETS, lambda state: state.ap.mac),
    6: (OCTETS, lambda state: text(state.ap.name)),
    7: (INTEGER, lambda state: state.stations),
    8: (OCTETS, lambda _: b""),
    9: (OCTETS, lambda state: text(state.ap.model)),
    11: (OCTETS, lambda _: text(_VERSION)),
    15: (INTEGER, lambda state: state.ap.number),
}
_SESSION: dict[int, Field[Ap]] = {
    # capwapBaseWtpState; run = 6.
    7: (INTEGER, lambda _: 6),
}
_TUNNEL: dict[int, Field[ApState]] = {
    3: (INTEGER, lambda state: state.tunnel_s),
    5: (INTEGER, lambda state: state.tunnel_s),
    6: (TICKS, lambda state: state.tunnel_s * 100),
}
_RADIO: dict[int, Field[Radio]] = {
    3: (INTEGER, lambda _: 1),
    4: (INTEGER, lambda _: 1),
    5: (INTEGER, lambda radio: radio.channel),
    6: (INTEGER, lambda radio: radio.power_dbm),
    25: (INTEGER, lambda _: 1),
    26: (INTEGER, lambda radio: radio.busy_percent),
}
_RADIO_LOAD: dict[int, Field[Radio]] = {6: (INTEGER, lambda radio: radio.stations)}
_NOISE: dict[int, Field[Radio]] = {
    # H3C sends the noise floor without its sign.
    10: (INTEGER, lambda radio: -radio.noise_dbm),
}
_ASSOCIATIONS: dict[int, Field[tuple[int, int]]] = {
    1: (COUNTER32, lambda row: row[0] * 96 // 100 % 2**32),
    2: (COUNTER32, lambda row: row[0] * 4 // 100 % 2**32),
    6: (INTEGER, lambda row: row[1]),
    9: (COUNTER32, lambda row: row[0] % 2**32),
}
_STATION: dict[int, Field[Station]] = {
    2: (IP_ADDRESS, lambda station: station.ip),
    3: (OCTETS, lambda station: text(station.person)),
    5: (GAUGE32, lambda station: station.uptime_s),
    6: (INTEGER, lambda station: station.rssi_dbm),
    12: (OCTETS, lambda station: text(station.ssid)),
    17: (INTEGER, lambda station: station.snr_db),
    18: (INTEGER, lambda station: station.rate_mbps),
}
_STATION_AP: dict[int, Field[Station]] = {
    1: (OCTETS, lambda station: text(station.ap.serial)),
    2: (INTEGER, lambda station: station.radio),
}


_BOARD: dict[int, Field[tuple[int, int, int]]] = {
    6: (INTEGER, lambda row: row[0]),
    8: (INTEGER, lambda row: row[1]),
    12: (INTEGER, lambda row: row[2]),
}


def _serial(ap: Ap) -> Oid:
    return counted(text(ap.serial))


def _by_name(moment: Moment, device: Device) -> list[tuple[Oid, Ap]]:
    return [(counted(text(ap.name)), ap) for ap in moment.configured(device)]


def _by_element(moment: Moment, device: Device) -> list[tuple[Oid, Ap]]:
    return [((ap.number,), ap) for ap in moment.configured(device)]


def _states_by_element(moment: Moment, device: Device) -> list[tuple[Oid, ApState]]:
    return [((state.ap.number,), state) for state in moment.ap_states(device)]


def _connected_by_mac(moment: Moment, device: Device) -> list[tuple[Oid, Ap]]:
    return [(counted(ap.mac), ap) for ap in moment.connected(device)]


def _connected(moment: Moment, device: Device) -> list[tuple[Oid, Ap]]:
    return [(_serial(ap), ap) for ap in moment.connected(device)]


def _states(moment: Moment, device: Device) -> list[tuple[Oid, ApState]]:
    return [(_serial(state.ap), state) for state in moment.ap_states(device) if state.connected]


def _all_states(moment: Moment, device: Device) -> list[tuple[Oid, ApState]]:
    return [(_serial(state.ap), state) for state in moment.ap_states(device)]


def _radios(moment: Moment, device: Device) -> list[tuple[Oid, Radio]]:
    return [((*_serial(ap), radio.number), radio) for ap in moment.connected(device) for radio in moment.radios(ap)]


def _radios_by_mac(moment: Moment, device: Device) -> list[tuple[Oid, Radio]]:
    return [((*counted(radio.ap.mac), radio.number), radio) for _, radio in _radios(moment, device)]


def _stations(moment: Moment, device: Device) -> list[tuple[Oid, Station]]:
    return [(tuple(station.mac), station) for station in moment.stations(device)]


def _boards(moment: Moment, device: Device) -> list[tuple[Oid, tuple[int, int, int]]]:
    """One board answers sensibly, the chassis row has zeros and no sensor, as recorded."""
    load = len(moment.connected(device))
    cpu, memory = load // 3 + moment.between(6, 18, "cpu", device.id), moment.between(38, 47, "memory", device.id)
    celsius = 34 + load // 10 + moment.between(0, 4, "celsius", device.id)
    return [((1,), (0, 0, _NO_SENSOR)), ((97,), (cpu, memory, celsius))]


def _served(moment: Moment, device: Device, per_crowd_s: float, *quiet: str) -> int:
    """A counter of this unit: of a pair each one counts only while it serves."""
    preferred = moment.plan.units(device.group)[0].id
    crowd = "dorm" if device.area == "A2" else "class"
    served = moment.count(per_crowd_s, crowd, preferred, *quiet)
    return served if device.id == preferred else moment.count(per_crowd_s, crowd, *quiet) - served


def _associations(moment: Moment, device: Device) -> list[tuple[Oid, tuple[int, int]]]:
    """Association requests so far and stations now."""
    return [
        (index, (_served(moment, device, _ASSOCIATIONS_PER_S, state.ap.serial, state.ap.switch), state.stations))
        for index, state in _states(moment, device)
    ]


def _scalars(arc: Oid, moment: Moment, device: Device) -> Iterable[Cell]:
    connected = len(moment.connected(device))
    stations = sum(state.stations for state in moment.ap_states(device))
    units = [unit.id for unit in moment.plan.units(device.group)]
    asked = _served(moment, device, _ASKS_PER_S)
    return scalars(
        arc,
        {
            (1, 2): (INTEGER, AP_LIMIT),
            (1, 3): (INTEGER, STATION_LIMIT),
            (2, 1): (INTEGER, connected),
            (2, 2): (INTEGER, stations),
            (2, 7): (INTEGER, len(moment.configured(device))),
            (2, 14): (INTEGER, 2 if len(units) > 1 else 1),
            (2, 15): (INTEGER, 1 if device.id == units[0] else 2),
            (2, 21): (INTEGER, connected),
            (2, 22): (INTEGER, AP_LIMIT - connected),
            (3, 6): (INTEGER, stations),
            (5, 3): (COUNTER32, asked % 2**32),
            (5, 4): (COUNTER32, asked * 97 // 100 % 2**32),
        },
    )


def controller(arc: Oid) -> tuple[Table, ...]:
    """Give the tables of a controller that keeps its objects below ``arc`` (25506, or the older 2011.10)."""
    h = (*arc, 2, 75)
    return (
        Table((*h, 1, 1), lambda moment, device: _scalars((*h, 1, 1), moment, device)),
        table((*arc, 2, 6, 1, 1, 1, 1), _BOARD, _boards),
        table((*h, 4, 3, 1, 1), _TEMPLATE, _by_name),
        table((*h, 12, 1, 1, 1), _ELEMENT, _by_element),
        table((*h, 2, 1, 10, 1), _CONFIGURATION, _all_states),
        table((*h, 2, 1, 8, 1), _BY_ELEMENT, _states_by_element),
        table((*h, 2, 1, 1, 1), _STATUS, _connected),
        table((*h, 2, 1, 2, 1), _CURRENT, _states),
        table((*h, 1, 2, 1, 1), _TUNNEL, _states),
        table((*h, 2, 1, 3, 1), _RADIO, _radios),
        table((*h, 2, 2, 8, 1), _RADIO_LOAD, _radios),
        table((*h, 2, 2, 3, 1), _ASSOCIATIONS, _associations),
        table((*_CAPWAP, 2, 2, 1), _SESSION, _connected_by_mac),
        table((*_CAPWAP, 2, 7, 1), _NOISE, _radios_by_mac),
        table((*h, 3, 1, 1, 1), _STATION, _stations),
        table((*h, 3, 1, 2, 1), _STATION_AP, _stations),
    )
