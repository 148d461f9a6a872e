"""How long does it take to count a day of a large campus, and to ask for an indicator over a year of tallies?

    python benchmarks/indicators.py --repeats 5

4 controllers × 375 APs × 2 radios on 30 buildings × 5 floors; a year of states in which each AP fails five times,
one hour of readings of all radios, and a year of hourly tallies of all places (a month of those of all APs).
Figures are of this machine, with their spread and its cores.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from campus import catalogue, settings
from campus.indicators import definition, service_hours
from campus.indicators.calendar import Calendar
from campus.indicators.hours import Timetable
from campus.indicators.ledger import Ledger
from campus.indicators.live import Live
from campus.model import CAMPUS, Batch, Entity, Measurement, Scope, ScopeTally, Tally
from campus.store.sqlite import SqliteStore
from inventory import estate
from inventory.members import EstateMembers

END = datetime(2027, 3, 2, 8, tzinfo=UTC)
MINUTE, HOUR, DAY, YEAR = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=365)
CONTROLLERS, APS, BUILDINGS, FLOORS = 4, 375, 30, 5
ZONE = ZoneInfo("Asia/Shanghai")
COUNTED_BY_STATES = ("W01", "W03", "W04", "D02")
COUNTED_BY_READINGS = ("W05", "W15")


def settings_text() -> str:
    """The college: each controller has an area, each area a quarter of the buildings."""
    lines = ["campus: {name: Bench}", "credentials: {wlan: {version: 2c, community: '${env:BENCH}'}}", "inventory:"]
    lines.append("  areas:")
    for area in range(CONTROLLERS):
        lines.append(f"    - {{id: A{area}, name: A{area}, buildings: [")
        for building in range(area, BUILDINGS, CONTROLLERS):
            floors = ", ".join(f"{{id: B{building}-{floor}F, name: {floor}F}}" for floor in range(FLOORS))
            lines.append(f"        {{id: B{building}, name: B{building}, floors: [{floors}]}},")
        lines.append("      ]}")
    lines.append("  devices:")
    lines += [
        f"    - {{id: ac{area}, kind: ac, address: 10.{area}.0.2, credential: wlan, area: A{area}}}"
        for area in range(CONTROLLERS)
    ]
    lines.append(r"  aps: {patterns: [{name: '(?P<building>B\d+)-(?P<floor>\d+F)-\d+', example: B1-1F-7}]}")
    return "\n".join(lines)


def place(controller: int, ap: int) -> str:
    """The name of an AP, which says where it hangs."""
    building = controller + CONTROLLERS * (ap % len(range(controller, BUILDINGS, CONTROLLERS)))
    return f"B{building}-{ap % FLOORS}F-{ap}"


async def tell(store: SqliteStore, draw: random.Random) -> None:
    """A year of states, and an hour of readings."""
    for controller in range(CONTROLLERS):
        aps = [(f"S{controller}-{ap:03}", place(controller, ap)) for ap in range(APS)]
        changes: list[tuple[datetime, str, str, float]] = []
        for serial, name in aps:
            changes.append((END - YEAR, serial, name, 1.0))
            for day in sorted(draw.sample(range(2, 363), 5)):
                began = END - YEAR + day * DAY + draw.randrange(1200) * MINUTE
                changes += [(began, serial, name, 0.0), (began + 30 * MINUTE, serial, name, 1.0)]
        states = [_ap(at, serial, name, up) for at, serial, name, up in sorted(changes)]
        await store.write(Batch(f"ac{controller}", YEAR, tuple(states)))
        asked = [
            Measurement(Entity("reach", f"ac{controller}/{one}"), END - YEAR, {"reach.up": 1.0})
            for one in ("snmp", "icmp")
        ]
        await store.write(Batch("collector", YEAR, tuple(asked)))
        for minute in range(60):
            at = END - HOUR + minute * MINUTE
            await store.write(Batch(f"ac{controller}", MINUTE, tuple(_readings(at, aps, draw))))
    gateway = Measurement(Entity("reach", "anchor:gw/icmp"), END - YEAR, {"reach.up": 1.0})
    await store.write(Batch("collector", YEAR, (gateway,)))


def _ap(at: datetime, serial: str, name: str, up: float) -> Measurement:
    return Measurement(Entity("ap", serial), at, {"ap.up": up}, {"name": name, "serial": serial})


def _readings(at: datetime, aps: list[tuple[str, str]], draw: random.Random) -> list[Measurement]:
    told = [Measurement(Entity("ap", serial), at, {"ap.stations": float(draw.randrange(60))}) for serial, _ in aps]
    return told + [
        Measurement(
            Entity("radio", f"{serial}/{radio}"),
            at,
            {"radio.up": 1.0, "radio.channel_use_ratio": draw.randrange(100) / 100},
        )
        for serial, _ in aps
        for radio in (1, 2)
    ]


async def keep_tallies(store: SqliteStore, scopes: list[Scope]) -> None:
    """A year of hourly tallies of W01 for the places, a month for the APs."""
    for scope in scopes:
        hours = range(24 * (31 if scope.type == "ap" else 365))
        await store.put(
            [ScopeTally("W01", scope, END - HOUR * (1 + hour), Tally(good=600, bad=hour % 7)) for hour in hours]
        )


async def timed(ask: Callable[[], Awaitable[object]], repeats: int) -> dict[str, float]:
    """Milliseconds of some repeats, after one that warms up: the least, the median, the most."""
    await ask()
    took = []
    for _ in range(repeats):
        began = time.perf_counter()
        await ask()
        took.append(1000 * (time.perf_counter() - began))
    return {"min": round(min(took), 1), "median": round(statistics.median(took), 1), "max": round(max(took), 1)}


async def run(repeats: int, seed: int, folder: Path) -> dict[str, object]:
    """All of it."""
    (folder / "campus.yaml").write_text(settings_text(), encoding="utf-8")
    read = settings.load(folder / "campus.yaml", {})
    known, words = estate.build(read), catalogue.load()
    indicators = definition.load(words)
    calendar = Calendar(ZONE)
    async with SqliteStore(folder / "store", words, writer=True) as store:
        await tell(store, random.Random(seed))
        timetable = Timetable(service_hours.build(read.indicators.calendars, calendar), None)
        members = EstateMembers(known, store)
        aps = [Scope("ap", one.entity.id) for one in await members.memberships("ap", END - DAY, END)]
        await keep_tallies(store, [*known.paths, *aps])

        def ledger(*names: str) -> Ledger:
            chosen = {name: indicators[name] for name in names}
            return Ledger((store, store), members, chosen, calendar, timetable)

        day, hour = (END - 2 * DAY, END - DAY), (END - HOUR, END)
        counting = {
            name: await timed(lambda one=name: ledger(one).recount(*day), repeats) for name in COUNTED_BY_STATES
        }
        hourly = {
            name: await timed(lambda one=name: ledger(one).recount(*hour), repeats) for name in COUNTED_BY_READINGS
        }
        asked = ledger("W01")
        live = Live(store, members, indicators, timetable)
        building, floor = Scope("building", "B7"), Scope("floor", "B7-2F")
        questions = {
            "campus, last day": ([CAMPUS], "day", DAY),
            "campus, 31 days by day": ([CAMPUS], "day", 31 * DAY),
            "campus, a year by month": ([CAMPUS], "month", YEAR),
            "all buildings, last day": ([one for one in known.paths if one.type == "building"], "day", DAY),
            "a building, a day by hour": ([building], "hour", DAY),
            "a building, a year by month": ([building], "month", YEAR),
            "a floor, 31 days by day": ([floor], "day", 31 * DAY),
            "an AP, 31 days by day": ([aps[7]], "day", 31 * DAY),
        }
        asking = {
            name: await timed(lambda of=of: asked.values("W01", of[0], of[1], (END - of[2], END)), repeats)
            for name, of in questions.items()
        }
        return {
            "cores": os.cpu_count(),
            "load_1m": round(os.getloadavg()[0], 1),
            "count a day by states, ms": counting,
            "count an hour by readings, ms": hourly,
            "ask, ms": asking,
            "how 1,500 APs are now, ms": await timed(lambda: live.conditions("ap", END - MINUTE), repeats),
        }


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description="Measure counting and asking of indicators.")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    os.environ.setdefault("BENCH", "bench")
    with TemporaryDirectory() as name:
        print(json.dumps(asyncio.run(run(asked.repeats, asked.seed, Path(name))), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
