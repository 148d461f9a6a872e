"""A store with readings of an HA pair, one more controller and their APs, for the judges."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from campus import catalogue
from campus.model import CAMPUS, Batch, Entity, Measurement, Membership, Scope, Service
from campus.store.sqlite import SqliteStore

START = datetime(2026, 11, 2, 8, tzinfo=UTC)
PERIOD = timedelta(minutes=1)
AREA = (CAMPUS, Scope("area", "A1"))
FLOOR = (*AREA, Scope("building", "B1"), Scope("floor", "B1-1"))
PAIR = ("ac-1", "ac-2")

MEMBERS = (
    Membership(Entity("ac", "ac-1"), AREA, sources=("ac-1",), group="pair", name="AC 1"),
    Membership(Entity("ac", "ac-2"), AREA, sources=("ac-2",), group="pair", name="AC 2"),
    Membership(Entity("host", "h-1"), AREA, sources=("h-1",), group="h-1", name="Host 1"),
    *(Membership(Entity("ap", ap), FLOOR, sources=PAIR, group="pair", name=ap) for ap in ("x", "y")),
    Membership(Entity("ap", "later"), FLOOR, Service.PLANNED, sources=PAIR, group="pair"),
)


@dataclass(frozen=True)
class Fixed:
    """Members that never change."""

    members: tuple[Membership, ...] = MEMBERS

    async def memberships(self, kind, start, end):
        return [one for one in self.members if one.entity.kind == kind]


@dataclass
class Telling:
    """Writes what sources tell, minute by minute."""

    store: SqliteStore

    async def reach(self, minute, **up):
        names = {name.replace("_", "-").replace("--", "/"): value for name, value in up.items()}
        await self._write("collector", minute, [("reach", name, "reach.up", value) for name, value in names.items()])

    async def aps(self, minute, source, **up):
        await self._write(source, minute, [("ap", name, "ap.up", value) for name, value in up.items()])

    async def stations(self, minute, source, **count):
        await self._write(source, minute, [("ap", name, "ap.stations", number) for name, number in count.items()])

    async def all_well(self, minute):
        await self.reach(minute, ac_1__snmp=1, ac_1__icmp=1, ac_2__snmp=1, ac_2__icmp=1, h_1__snmp=1, h_1__icmp=1)
        await self._write("collector", minute, [("reach", "anchor:gw/icmp", "reach.up", 1)])
        await self.aps(minute, "ac-1", x=1, y=1)
        await self.aps(minute, "ac-2", x=0, y=0)

    async def _write(self, source, minute, told):
        at = START + minute * PERIOD
        measured = tuple(Measurement(Entity(kind, name), at, {metric: float(up)}) for kind, name, metric, up in told)
        await self.store.write(Batch(source, PERIOD, measured))


@pytest.fixture
async def telling(tmp_path):
    async with SqliteStore(tmp_path, catalogue.load(), writer=True) as store:
        yield Telling(store)


@pytest.fixture
def fixed():
    return Fixed()
