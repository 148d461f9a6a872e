"""Does the store keep what it acknowledged, and nothing else, when its writer is killed at any moment?

    python benchmarks/drills/store_kill.py --rounds 1000 --seed 7

Each round a child process writes numbered batches and prints each number that is acknowledged; the parent kills
it (SIGKILL) at a moment drawn from the seed, then compares all that the store shows with what the batches
said: acknowledged ones must be there, the one in doubt whole or not at all, others never.
"""

import argparse
import asyncio
import json
import random
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from campus import catalogue
from campus.model import Batch, Entity, Measurement, Scope, ScopeTally, SeriesQuery, Tally
from campus.store.contracts import TallyQuery
from campus.store.sqlite import SqliteStore

T0 = datetime(2026, 3, 2, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
APS = [Entity("ap", f"AP{number}") for number in range(12)]
CAMPUS = Scope("campus", "campus")
MOST = 25
PATIENCE_S = 60


def batch_of(number: int) -> Batch:
    """Batch ``number`` stands for minute ``number``; an AP is up unless its turn to fail has come."""
    at = T0 + number * MINUTE
    told = (
        Measurement(ap, at, {"ap.up": float(number % 7 != place), "ap.stations": float(number)}, {"name": f"n{number}"})
        for place, ap in enumerate(APS)
    )
    return Batch("ac1", MINUTE, tuple(told))


def tally_of(number: int) -> ScopeTally:
    """The tally that is put after batch ``number``."""
    return ScopeTally("W01", CAMPUS, T0 + number * HOUR, Tally(good=number, bad=1))


async def write(folder: Path, first: int) -> None:
    """The child: write batch after batch, and say which are acknowledged. Every fifth is written again later."""
    async with SqliteStore(folder, catalogue.load(), writer=True) as store:
        for number in range(first, first + 10 * MOST):
            await store.write(batch_of(number))
            print("batch", number, flush=True)
            await store.put([tally_of(number)])
            print("tally", number, flush=True)
            if number % 5 == 4 and number - first >= 4:
                await store.write(batch_of(number - 3))


def kill_one(folder: Path, first: int, draw: random.Random) -> dict[str, set[int]]:
    """Run a child, kill it somewhere, and give the numbers that it had acknowledged."""
    lines = draw.randrange(2 * MOST)
    pause_s = draw.random() * 0.006
    child = subprocess.Popen(
        [sys.executable, __file__, "--write", str(folder), "--first", str(first)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    told = [child.stdout.readline() for _ in range(lines)]
    time.sleep(pause_s)
    child.kill()
    told += child.stdout.readlines()
    child.wait(PATIENCE_S)
    acknowledged: dict[str, set[int]] = {"batch": set(), "tally": set()}
    for kind, number in (line.split() for line in told if line.endswith("\n")):
        acknowledged[kind].add(int(number))
    return acknowledged


async def shown(folder: Path, first: int, end: int) -> dict[str, set[tuple[object, ...]]]:
    """What the store shows of the minutes ``[first, end)``, minute by minute."""
    store = SqliteStore(folder, catalogue.load())
    async with store:
        found = await store.range(SeriesQuery(("ap.up", "ap.stations"), T0 + first * MINUTE, T0 + end * MINUTE))
        tallies = await store.tallies(TallyQuery("W01", T0 + first * HOUR, T0 + end * HOUR))
        latest = await store.latest("ap")
    minutes = {
        (one.entity.id, one.metric, (span.start - T0) // MINUTE + offset, span.value)
        for one in found
        for span in one.spans
        for offset in range((span.end - span.start) // MINUTE)
    }
    return {
        "minutes": minutes,
        "tallies": {(one.hour, one.tally.good) for one in tallies},
        "latest": {(one.entity.id, one.at, one.values["ap.stations"], one.facts["name"]) for one in latest},
    }


def expected(batches: set[int], tallies: set[int], first: int) -> dict[str, set[tuple[object, ...]]]:
    """What the store must show of the minutes from ``first`` on if exactly these batches and tallies were kept."""
    told = [(number, one) for number in batches if number >= first for one in batch_of(number).measurements]
    newest = batch_of(max(batches)).measurements if batches else ()
    return {
        "minutes": {(one.entity.id, name, number, value) for number, one in told for name, value in one.values.items()},
        "tallies": {(tally_of(number).hour, number) for number in tallies if number >= first},
        "latest": {(one.entity.id, one.at, one.values["ap.stations"], one.facts["name"]) for one in newest},
    }


class Drill:
    """What must be in the store, kept from round to round."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.draw = random.Random(seed)
        self.batches: set[int] = set()
        self.tallies: set[int] = set()
        self.first = 0

    def round(self) -> list[str]:
        """Kill one writer; give what is wrong then."""
        acknowledged = kill_one(self.folder, self.first, self.draw)
        self.batches |= acknowledged["batch"]
        self.tallies |= acknowledged["tally"]
        doubtful = max(acknowledged["batch"], default=self.first - 1) + 1
        faults = self.check(self.first, doubtful)
        # Sometimes the batch in doubt is never written again: then it must stay as it was found.
        self.first = doubtful + self.draw.randrange(2)
        return faults

    def check(self, first: int, doubtful: int) -> list[str]:
        """Compare from number ``first`` on; the batch in doubt and the tally before it may be there or not."""
        found = asyncio.run(shown(self.folder, first, doubtful + 1))
        for batches in (self.batches, self.batches | {doubtful}):
            for tallies in (self.tallies, self.tallies | {doubtful - 1}):
                if found == expected(batches, tallies, first):
                    self.batches, self.tallies = batches, tallies
                    return []
        wanted = expected(self.batches, self.tallies, first)
        return [
            f"from {first} on, {doubtful} in doubt: {len(wanted[part] - found[part])} {part} lost,"
            f" {len(found[part] - wanted[part])} invented"
            for part in wanted
            if wanted[part] != found[part]
        ]


def main() -> int:
    """Run the drill; 0 if nothing was wrong."""
    parser = argparse.ArgumentParser(description="Kill the store's writer again and again.")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="be the child that writes this folder")
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args()
    if asked.write:
        asyncio.run(write(asked.write, asked.first))
        return 0
    with TemporaryDirectory() as folder:
        drill = Drill(Path(folder) / "store", asked.seed)
        faults = [f"round {number}: {fault}" for number in range(asked.rounds) for fault in drill.round()]
        faults += drill.check(0, drill.first)
    report = {"rounds": asked.rounds, "seed": asked.seed, "batches": len(drill.batches), "faults": faults}
    print(json.dumps(report))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
