"""How fast does the embedded store write and answer, and how much disk does a value take?

    python benchmarks/store.py --cycles 30

Writes minutes of 4 controllers × 375 APs × 2 radios (1,500 × 3 + 3,000 × 7 = 25,500 values a minute), one batch a
controller, and the same values as one plain ``INSERT`` each with the same commits; then asks what pages and
indicators ask, on a year of states and a term of tallies. Figures are of this machine; the ratios travel.
"""

import argparse
import asyncio
import json
import random
import sqlite3
import sys
import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from campus import catalogue
from campus.model import Batch, Entity, Measurement, Scope, ScopeTally, SeriesQuery, Tally
from campus.store.contracts import TallyQuery
from campus.store.sqlite import SqliteStore

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
CONTROLLERS = 4
APS = 375
REPEATS = 5


def cycle(minute: int, draw: random.Random) -> list[Batch]:
    """One minute of all controllers; the gauges wander as real ones do."""
    return [
        Batch(
            f"ac{number}",
            MINUTE,
            tuple(one for ap in range(APS) for one in measured(f"{number}-{ap:04}", minute, draw)),
        )
        for number in range(CONTROLLERS)
    ]


def measured(name: str, minute: int, draw: random.Random) -> list[Measurement]:
    """One AP and its two radios."""
    at = T0 + minute * MINUTE
    stations = draw.randrange(30)
    up = {"ap.up": float(draw.random() > 0.001), "ap.stations": float(stations), "ap.uptime_s": 86400.0 + 60 * minute}
    ap = Measurement(Entity("ap", f"219801A{name}"), at, up, {"name": f"AP-{name}", "serial": f"219801A{name}"})
    return [ap, *(radio(name, number, at, draw) for number in (1, 2))]


def radio(name: str, number: int, at: datetime, draw: random.Random) -> Measurement:
    """One radio."""
    values = {
        "radio.up": 1.0,
        "radio.channel": 36.0,
        "radio.tx_power_dbm": 17.0,
        "radio.channel_use_ratio": draw.randrange(100) / 100,
        "radio.interference_ratio": draw.randrange(40) / 100,
        "radio.noise_dbm": -95.0 + draw.randrange(6),
        "radio.stations": float(draw.randrange(20)),
    }
    return Measurement(Entity("radio", f"219801A{name}/{number}"), at, values)


def count(batches: list[Batch]) -> int:
    """The values in ``batches``."""
    return sum(len(one.values) for batch in batches for one in batch.measurements)


def plain(path: Path, cycles: list[list[Batch]]) -> float:
    """Seconds that one ``INSERT`` a value takes, with as many commits."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE value (at TEXT, kind TEXT, entity TEXT, source TEXT, metric TEXT, value REAL)")
    began = time.perf_counter()
    for batch in (batch for batches in cycles for batch in batches):
        connection.execute("BEGIN")
        for one in batch.measurements:
            for metric, value in one.values.items():
                row = (one.at.isoformat(), one.entity.kind, one.entity.id, batch.source, metric, value)
                connection.execute("INSERT INTO value VALUES (?, ?, ?, ?, ?, ?)", row)
        connection.execute("COMMIT")
    took_s = time.perf_counter() - began
    connection.close()
    return took_s


def size_of_days(folder: Path) -> int:
    """Bytes of all day files."""
    return sum(file.stat().st_size for file in folder.glob("raw-*.db"))


async def writing(folder: Path, cycles: list[list[Batch]]) -> dict[str, float]:
    """Write all cycles to the store, and plainly; give values a second, bytes a value and the ratio."""
    values = sum(count(batches) for batches in cycles)
    async with SqliteStore(folder, catalogue.load(), writer=True) as store:
        for batch in cycles[0]:
            await store.write(batch)
        began, cpu = time.perf_counter(), time.process_time()
        for batches in cycles[1:]:
            for batch in batches:
                await store.write(batch)
        took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    plain_s = plain(folder / "plain.db", cycles[1:])
    later = values - count(cycles[0])
    return {
        "values": values,
        "values_per_s": round(later / took_s),
        "cpu_s_per_minute_of_campus": round(cpu_s / (len(cycles) - 1), 3),
        "time_vs_plain_inserts": round(took_s / plain_s, 2),
        "raw_bytes_per_value": round(size_of_days(folder) / values, 1),
        "plain_bytes_per_value": round((folder / "plain.db").stat().st_size / later, 1),
        "rollup_bytes": (folder / "rollup.db").stat().st_size,
    }


async def a_year(folder: Path, draw: random.Random) -> None:
    """1,500 APs that fail five times in a year, and hourly tallies of a term for 300 scopes."""
    async with SqliteStore(folder, catalogue.load(), writer=True) as store:
        for number in range(CONTROLLERS):
            told: list[Measurement] = []
            for ap in range(APS):
                for failure in sorted(draw.sample(range(365), 5)):
                    began = T0 + failure * DAY
                    told += [
                        Measurement(
                            Entity("ap", f"{number}-{ap}"), began + minutes * MINUTE, {"ap.up": float(minutes == 0)}
                        )
                        for minutes in (0, 30)
                    ]
            await store.write(Batch(f"ac{number}", 300 * DAY, tuple(told)))
        hours = [T0 + hour * HOUR for hour in range(24 * 140)]
        for place in range(300):
            scope = Scope("floor", f"F{place}")
            await store.put([ScopeTally("W01", scope, hour, Tally(good=600, bad=place)) for hour in hours])


async def timed(ask: Awaitable[list[object]]) -> tuple[float, int]:
    """Milliseconds, and how many came."""
    began = time.perf_counter()
    found = await ask
    return 1000 * (time.perf_counter() - began), len(found)


async def asking(minutes: Path, year: Path) -> dict[str, dict[str, float]]:
    """What pages and indicators ask; the best of some repeats."""
    words = catalogue.load()
    asked = {
        "states of 1,500 APs over a year": (year, lambda s: s.range(SeriesQuery(("ap.up",), T0, T0 + 365 * DAY))),
        "states of 1,500 APs over a day": (
            year,
            lambda s: s.range(SeriesQuery(("ap.up",), T0 + 99 * DAY, T0 + 100 * DAY)),
        ),
        "tallies of a term, one scope": (
            year,
            lambda s: s.tallies(TallyQuery("W01", T0, T0 + 140 * DAY, scopes=(Scope("floor", "F7"),))),
        ),
        "tallies of a day, all floors": (
            year,
            lambda s: s.tallies(TallyQuery("W01", T0 + 99 * DAY, T0 + 100 * DAY, scope_type="floor")),
        ),
        "latest of 1,500 APs": (minutes, lambda s: s.latest("ap")),
        "gauges of one radio over a day": (
            minutes,
            lambda s: s.range(
                SeriesQuery(("radio.channel_use_ratio",), T0, T0 + DAY, (Entity("radio", "219801A1-0007/1"),))
            ),
        ),
        "one gauge of 3,000 radios, all minutes written": (
            minutes,
            lambda s: s.range(SeriesQuery(("radio.channel_use_ratio",), T0, T0 + DAY)),
        ),
    }
    answers: dict[str, dict[str, float]] = {}
    for name, (folder, ask) in asked.items():
        async with SqliteStore(folder, words) as store:
            took = [await timed(ask(store)) for _ in range(REPEATS)]
        answers[name] = {"ms": round(min(ms for ms, _ in took), 1), "found": took[0][1]}
    return answers


async def run(cycles: int, seed: int) -> dict[str, object]:
    """All of it."""
    draw = random.Random(seed)
    with TemporaryDirectory() as name:
        minutes, year = Path(name) / "minutes", Path(name) / "year"
        written = await writing(minutes, [cycle(minute, draw) for minute in range(cycles)])
        await a_year(year, draw)
        return {"writing": written, "asking": await asking(minutes, year)}


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description="Measure the embedded store.")
    parser.add_argument("--cycles", type=int, default=30, help="minutes of the campus to write")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(run(asked.cycles, asked.seed)), indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
