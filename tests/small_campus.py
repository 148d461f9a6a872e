"""A small college for tests of API and pages: a real store, estate and judges; only the readings are told by hand."""

import zlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from api.app import Rules, create_app
from api.engine import Engine
from api.keys import SCOPES, Keyring
from campus import catalogue, settings
from campus.indicators import definition, service_hours
from campus.indicators.calendar import Calendar, Term
from campus.indicators.hours import Timetable
from campus.indicators.ledger import Ledger
from campus.indicators.live import Live
from campus.model import Batch, Entity, Measurement
from campus.settings import Calendars
from campus.store.records import SqliteRecords
from campus.store.sqlite import SqliteStore
from inventory import estate
from inventory.members import EstateMembers

ZONE = ZoneInfo("Asia/Shanghai")
TERM = Term("2026-2027-1", datetime(2026, 8, 31, tzinfo=ZONE), datetime(2027, 1, 18, tzinfo=ZONE))
CALENDAR = Calendar(ZONE, (TERM,))
MINUTE = timedelta(minutes=1)
COLLECTOR = "collector"

CAMPUS_YAML = r"""
campus: {name: {zh: 试验学院, en: Trial College}, timezone: Asia/Shanghai}
credentials: {wlan: {version: 2c, community: '${env:TRIAL}'}}
inventory:
  areas:
    - id: A1
      name: {zh: 教学区, en: Teaching area}
      buildings:
        - {id: B1, name: {zh: 一号楼, en: Building 1}, floors: [{id: B1-1F, name: 1F}, {id: B1-2F, name: 2F}]}
        - {id: B2, name: {zh: 图书馆, en: Library}, floors: [{id: B2-1F, name: 1F}]}
    - id: A2
      name: {zh: 宿舍区, en: Dormitories}
      buildings:
        - {id: D1, name: {zh: 一号宿舍, en: Dormitory 1}, floors: [{id: D1-1F, name: 1F}]}
  devices:
    - {id: ac-1, kind: ac, address: 127.0.0.11, credential: wlan, area: A1, name: 教学区控制器甲}
    - {id: ac-2, kind: ac, address: 127.0.0.12, credential: wlan, area: A1, name: 教学区控制器乙}
    - {id: ac-3, kind: ac, address: 127.0.0.13, credential: wlan, area: A2, name: 宿舍区控制器}
    - {id: host-1, kind: host, address: 127.0.0.21, credential: wlan, area: A1}
    - {id: sw-1, kind: switch, address: 127.0.0.31, credential: wlan, area: A1}
  ha_groups: [{id: pair, members: [ac-1, ac-2]}]
  aps:
    patterns: [{name: '(?P<building>[A-Z]\d)-(?P<floor>\d+F)-\d+', example: B1-1F-01}]
"""
DEVICES = ("ac-1", "ac-2", "ac-3", "host-1", "sw-1")
AP_NAMES = ("B1-1F-1", "B1-1F-2", "B1-1F-10", "B1-2F-1", "B2-1F-1", "D1-1F-1", "D1-1F-2")


@dataclass
class SmallCampus:
    """Its clock stands still at ``at`` unless moved; every method tells readings of that instant."""

    at: datetime
    store: SqliteStore
    records: SqliteRecords
    engine: Engine

    def now(self) -> datetime:
        return self.at

    def app(self, now=None, tokens=None):
        return create_app(self.engine, self.records, ZONE, now or self.now, Rules(tokens=tokens))

    async def key(self, *scopes: str, life: timedelta = timedelta(days=1)) -> str:
        return await Keyring(self.records).issue("tester", scopes or SCOPES, self.at, life)

    async def reach(self, *, silent: Iterable[str] = (), snmp_silent: Iterable[str] = ()) -> None:
        """The collector's own look: anchors answer, and all devices but the silent ones."""
        told = [("reach", "anchor:gate/icmp", {"reach.up": 1.0}, {})]
        for device in DEVICES:
            up = device not in {*silent}
            told.append(("reach", f"{device}/icmp", {"reach.up": float(up)}, {}))
            told.append(("reach", f"{device}/snmp", {"reach.up": float(up and device not in {*snmp_silent})}, {}))
        await self._write(COLLECTOR, told)

    async def devices(self, *names: str) -> None:
        """What controllers and the others tell of themselves."""
        for name in names or DEVICES:
            kind = {"ac": "ac", "sw": "switch"}.get(name.split("-")[0], "host")
            values = {f"{kind}.up": 1.0, f"{kind}.cpu_ratio": 0.25}
            await self._write(name, [(kind, name, values, {"model": "M1", "software": "V7"})])

    async def aps(self, *, down: Iterable[str] = (), names: Iterable[str] = AP_NAMES, stations: int = 5) -> None:
        """What the controllers tell of the APs: ac-1 serves those of the pair and ac-2 stands by."""
        dormitories = [name for name in names if name.startswith("D")]
        pair = [name for name in names if name not in dormitories]
        await self._write("ac-1", [_ap(name, name not in {*down}, stations) for name in pair])
        await self._write("ac-2", [_ap(name, up=False, stations=None) for name in pair])
        await self._write("ac-3", [_ap(name, name not in {*down}, stations) for name in dormitories])

    async def all_well(self, *, down: Iterable[str] = (), stations: int = 5) -> None:
        await self.reach()
        await self.devices()
        await self.aps(down=down, stations=stations)
        await self.engine.ledger.catch_up(self.at + MINUTE)

    async def lose(self, *names: str) -> None:
        """All is well, and a minute later these APs are down."""
        await self.all_well()
        self.at += MINUTE
        await self.all_well(down=names)

    async def pass_minutes(self, count: int, *, down: Iterable[str] = ()) -> None:
        """Let time pass with readings in every minute, then count it."""
        for _ in range(count):
            self.at += MINUTE
            await self.reach()
            await self.aps(down=down)
        await self.devices()
        await self.engine.ledger.catch_up(self.at + MINUTE)

    async def _write(self, source: str, told) -> None:
        measured = tuple(Measurement(Entity(kind, name), self.at, values, facts) for kind, name, values, facts in told)
        await self.store.write(Batch(source, MINUTE, measured))


def serial(name: str) -> str:
    return f"S{name.replace('-', '')}"


def mac(name: str) -> str:
    return f"02:00:{zlib.crc32(name.encode()).to_bytes(4, 'big').hex(':')}"


def ip(name: str) -> str:
    return f"198.18.{zlib.crc32(name.encode()) >> 8 & 255}.{zlib.crc32(name.encode()) & 255}"


def _ap(name: str, up: bool, stations: int | None):
    values = {"ap.up": float(up)} | ({"ap.stations": float(stations)} if up and stations is not None else {})
    facts = {
        "name": name,
        "serial": serial(name),
        "mac": mac(name),
        "ip": ip(name),
        "model": "M-AP",
        "state": "run" if up else "down",
    }
    return "ap", serial(name), values, facts


_READ = []


def _read(config: Path):
    """The estate, the catalogue and the indicators: read once, they never change."""
    if not _READ:
        config.write_text(CAMPUS_YAML, encoding="utf-8")
        words = catalogue.load()
        _READ.extend((estate.build(settings.load(config, {})), words, definition.load(words)))
    return _READ


@asynccontextmanager
async def small_campus(folder: Path, at: datetime) -> AsyncIterator[SmallCampus]:
    """Open one in ``folder``; nothing has been read yet."""
    known, words, indicators = _read(folder / "campus.yaml")
    async with SqliteStore(folder / "store", words, writer=True) as store, SqliteRecords(folder / "store") as records:
        members = EstateMembers(known, store)
        timetable = Timetable(service_hours.build(Calendars(), CALENDAR), records)
        ledger = Ledger((store, store), members, indicators, CALENDAR, timetable)
        engine = Engine(known, words, store, Live(store, members, indicators, timetable), ledger)
        yield SmallCampus(at.astimezone(UTC), store, records, engine)
