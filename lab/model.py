"""What does everything on the lab's campus do at one instant?

Pure: the same plan, outages and instant give the same campus. An HA pair works so: both units hold all
access points in their configuration, one of them has them connected. `TAKEOVER` after the preferred unit
went down the other one has them; `TAKEOVER` after its return it has them back.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from lab.chance import chance, drift
from lab.faults import Outages
from lab.plan import FULL_HOUSE, Ap, Device, Plan
from lab.timetable import crowd, crowd_seconds

TAKEOVER = timedelta(seconds=10)
_MOMENT = timedelta(microseconds=1)
_SSIDS = ("LAB-Campus", "LAB-Guest")
_CHANNELS = {1: (36, 40, 44, 48, 149, 153, 157, 161), 2: (1, 6, 11)}
_REBOOT_S = 30 * 86400.0


@dataclass(frozen=True, slots=True)
class Station:
    """One associated client; ``rate_mbps`` is what it sends with."""

    mac: bytes
    ip: bytes
    person: str
    ssid: str
    ap: Ap
    radio: int
    rssi_dbm: int
    snr_db: int
    rate_mbps: int
    uptime_s: int


@dataclass(frozen=True, slots=True)
class Radio:
    """One radio of a connected access point; 1 is 5 GHz, 2 is 2.4 GHz."""

    ap: Ap
    number: int
    channel: int
    power_dbm: int
    busy_percent: int
    noise_dbm: int
    stations: int


@dataclass(frozen=True, slots=True)
class ApState:
    """What a controller knows of an access point; all numbers are 0 while it is not connected."""

    ap: Ap
    connected: bool
    uptime_s: int = 0
    tunnel_s: int = 0
    cpu_percent: int = 0
    memory_percent: int = 0
    celsius: int = 0
    stations: int = 0


class Moment:
    """The campus at the instant ``at``."""

    def __init__(self, plan: Plan, outages: Outages, at: datetime) -> None:
        self.plan = plan
        self.at = at
        self.time_s = at.timestamp()
        self._outages = outages
        self._states: dict[str, list[ApState]] = {}

    # ── who answers, who is connected ──────────────────────────────────────────────────────────────────────

    def mute(self, device: Device) -> bool:
        """Does the device leave SNMP requests unanswered?"""
        return self._outages.mute(device.id, self.at)

    def down(self, device: Device) -> bool:
        """Does the device leave everything unanswered, echoes too?"""
        return self._outages.down(device.id, self.at)

    def connected(self, device: Device) -> list[Ap]:
        """Access points that this controller has connected now."""
        return [state.ap for state in self.ap_states(device) if state.connected]

    def configured(self, device: Device) -> list[Ap]:
        """Access points that this controller has in its configuration; both units of a pair have all."""
        return [ap for ap in self.plan.mounted() if ap.group == device.group]

    def powered(self, ap: Ap) -> bool:
        """Does the access point run?"""
        return self._powered(ap, self.at)

    def _powered(self, ap: Ap, at: datetime) -> bool:
        return not self._outages.down(ap.serial, at) and not self._outages.down(ap.switch, at)

    def _holder(self, ap: Ap, at: datetime) -> str | None:
        if not self._powered(ap, at):
            return None
        first, *others = (unit.id for unit in self.plan.units(ap.group))
        holder = others[0] if others and self._outages.down(first, at - TAKEOVER) else first
        return None if self._outages.down(holder, at) else holder

    def _since(self, ap: Ap, state: Callable[[Ap, datetime], object]) -> float:
        """Seconds for which ``state`` has been as it is now; a quiet life ends by a reboot every 30 days."""
        units = [unit.id for unit in self.plan.units(ap.group)]
        edges = self._outages.edges([ap.serial, ap.switch, *units])
        now = state(ap, self.at)
        for edge in sorted({*edges, *(edge + TAKEOVER for edge in edges)}, reverse=True):
            if edge <= self.at and state(ap, edge - _MOMENT) != now:
                return (self.at - edge).total_seconds()
        return (self.time_s + _REBOOT_S * chance("boot", ap.serial)) % _REBOOT_S

    # ── people ─────────────────────────────────────────────────────────────────────────────────────────────

    def _crowd(self, ap: Ap) -> int:
        liking = 0.7 + 0.5 * chance(self.plan.seed, "liking", ap.serial)
        mood = 0.85 + 0.3 * drift(self.time_s, 600, self.plan.seed, "mood", ap.serial)
        return round(FULL_HOUSE[ap.building.crowd] * crowd(ap.building.crowd, self.at) * liking * mood)

    def radio_stations(self, ap: Ap) -> tuple[int, int]:
        """Stations on radio 1 and on radio 2 of a connected access point."""
        all_of_them = self._crowd(ap)
        slow = round(all_of_them * 0.28)
        return all_of_them - slow, slow

    def stations(self, device: Device) -> Iterator[Station]:
        """Everybody who is associated through this controller."""
        for ap in self.connected(device):
            fast, slow = self.radio_stations(ap)
            for seat in range(fast + slow):
                yield self._station(ap, 1 if seat < fast else 2, seat)

    def _station(self, ap: Ap, radio: int, seat: int) -> Station:
        luck = chance(self.plan.seed, "seat", ap.serial, seat)
        rssi = round(-46 - 30 * luck - 3 * drift(self.time_s, 120, "rssi", ap.serial, seat))
        stay_s = 1200 + 4800 * luck
        return Station(
            mac=b"\x06\x4c" + ap.number.to_bytes(2, "big") + seat.to_bytes(2, "big"),
            ip=bytes((10, 100 + int(ap.building.area[1:]), ap.number, 10 + seat)),
            person=f"lab{ap.number:03d}{seat:02d}",
            ssid=_SSIDS[luck > 0.85],
            ap=ap,
            radio=radio,
            rssi_dbm=rssi,
            snr_db=rssi + 95,
            rate_mbps=round((866 if radio == 1 else 144) * (1 - 0.7 * luck)),
            uptime_s=int((self.time_s + 86400 * luck) % stay_s),
        )

    # ── machines ───────────────────────────────────────────────────────────────────────────────────────────

    def ap_states(self, device: Device) -> list[ApState]:
        """Say how each access point in a controller's configuration is, as this controller sees it."""
        if device.id not in self._states:
            self._states[device.id] = [self._ap_state(ap, device) for ap in self.configured(device)]
        return self._states[device.id]

    def _ap_state(self, ap: Ap, device: Device) -> ApState:
        if self._holder(ap, self.at) != device.id:
            return ApState(ap, connected=False)
        stations = self._crowd(ap)
        return ApState(
            ap,
            connected=True,
            uptime_s=int(self._since(ap, self._powered)),
            tunnel_s=int(self._since(ap, self._holder)),
            cpu_percent=self.between(4, 12, "cpu", ap.serial) + stations // 2,
            memory_percent=self.between(38, 52, "memory", ap.serial),
            celsius=self.between(36, 44, "celsius", ap.serial) + stations // 6,
            stations=stations,
        )

    def radios(self, ap: Ap) -> Iterator[Radio]:
        """Give both radios of a connected access point."""
        for number, stations in enumerate(self.radio_stations(ap), 1):
            choice = _CHANNELS[number]
            floor_dbm, idle = (-97, 6) if number == 1 else (-92, 18)
            yield Radio(
                ap,
                number,
                channel=choice[(ap.number * 3 + ap.floor) % len(choice)],
                power_dbm=20 if number == 1 else 17,
                busy_percent=min(95, idle + 2 * stations + self.between(0, 14, "busy", ap.serial, number)),
                noise_dbm=floor_dbm + self.between(0, 5, "noise", ap.serial, number),
                stations=stations,
            )

    def between(self, low: int, high: int, *what: Hashable) -> int:
        """Give a number that wanders between ``low`` and ``high``; ``what`` tells one wanderer from another."""
        return round(low + (high - low) * drift(self.time_s, 300, self.plan.seed, *what))

    def count(self, per_crowd_s: float, kind: str, *quiet: str) -> int:
        """Give a counter that grows by ``per_crowd_s`` a second when a building of this kind is full.

        It stands still while any of the targets ``quiet`` is down.
        """
        silent = sum(
            crowd_seconds(kind, end) - crowd_seconds(kind, start)
            for start, end in self._outages.silences(quiet, self.at)
        )
        return int((crowd_seconds(kind, self.at) - silent) * per_crowd_s)

    def uptime_ticks(self, device: Device) -> int:
        """Hundredths of a second since the device's agent started, wrapping like any TimeTicks (RFC 2578 7.1.8)."""
        return int((self.time_s + 86400 * 40 * chance("agent", device.id)) * 100) % 2**32
