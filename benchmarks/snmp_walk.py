"""How much CPU does one walk cost: our engine, ``snmpbulkwalk -On``, pysnmp?

One agent on loopback serves an AP table (2,500 rows × 20 columns, index = serial number). Every engine walks
it as one column with one request in flight, each time in a fresh process, in alternating rounds; CPU is user
+ system time of that process from its start to its end, less what the same process costs without a walk.
All safeties of our engine are on; only the budget of PDUs a second is lifted.

    .venv/bin/python benchmarks/snmp_walk.py [--rounds 9] [--rows 2500] [--repetitions 25 50]
"""

import argparse
import asyncio
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

from collectors.snmp.budget import Budget, Pace
from collectors.snmp.credential import Community, Limits, Target
from collectors.snmp.engine import open_session
from tests.snmp_agents import Cell, Mib, UdpAgent

TABLE = "1.3.6.1.4.1.25506.2.75.2.1.1.1"
COLUMNS = 20
PYSNMP_SHARE = 10  # pysnmp walks one row in ten: it would take minutes


@dataclass(frozen=True, slots=True)
class Run:
    """One walk of one engine: seconds per 100,000 varbinds."""

    cpu_s: float
    wall_s: float


def table(rows: int) -> Iterator[Cell]:
    kinds = (
        (4, lambda row: b"ap-%05d-name" % row),
        (2, lambda row: row % 7),
        (0x41, lambda row: row * 1000003 % 2**32),
    )
    for column in range(1, COLUMNS + 1):
        tag, value = kinds[column % 3]
        for row in range(rows):
            serial = ".".join(str(ord(letter)) for letter in f"219801A0CNC{row:09d}")
            yield f"{TABLE}.{column}.20.{serial}", tag, value(row)


def serve(rows: int) -> None:
    agent = UdpAgent(Mib(table(rows), largest=65000).answer)
    print(agent.port, flush=True)
    sys.stdin.read()
    agent.close()


async def walk(engine: str, port: int, repetitions: int) -> None:
    """Walk the table (nothing for 0 repetitions); fails loudly unless the whole table came."""
    target = Target("agent", "127.0.0.1", Community("2c", "public"), port, engine)
    pace = Pace(Budget(math.inf), repetitions or 25)
    async with open_session(target, Limits(timeout_s=30), pace) as session:
        await session.get(["1.3.6.1.2.1.1.1.0"])
        if repetitions:
            column = await session.walk(TABLE)
            if column.problem or len(column.varbinds) % COLUMNS:
                sys.exit(f"{engine}: {column.problem}, {len(column.varbinds)} varbinds")


def command(engine: str, port: int, repetitions: int) -> list[str]:
    if engine != "snmpbulkwalk":
        return [sys.executable, __file__, "--walk", engine, str(port), str(repetitions)]
    host = f"127.0.0.1:{port}"
    what = [f"-Cr{repetitions}", "-c", "public", host, TABLE] if repetitions else ["-c", "public", host, "2.9"]
    return ["snmpbulkwalk", "-m", "", "-On", "-v2c", *what]


def measure(engine: str, port: int, repetitions: int) -> tuple[float, float]:
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command(engine, port, repetitions), check=True, stdout=subprocess.DEVNULL)
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, end - start


def compare(ports: dict[str, int], varbinds: dict[str, int], repetitions: int, rounds: int) -> None:
    runs: dict[str, list[Run]] = {engine: [] for engine in ports}
    for number in range(rounds):
        engines = list(ports)
        for engine in engines[number % len(engines) :] + engines[: number % len(engines)]:
            idle_cpu, idle_wall = measure(engine, ports[engine], 0)
            cpu, wall = measure(engine, ports[engine], repetitions)
            scale = 100_000 / varbinds[engine]
            runs[engine].append(Run((cpu - idle_cpu) * scale, (wall - idle_wall) * scale))
    print(f"\nmax-repetitions {repetitions}, {rounds} rounds, seconds per 100,000 varbinds, median (least … most)")
    for engine, told in runs.items():
        cpu = sorted(run.cpu_s for run in told)
        wall = statistics.median(run.wall_s for run in told)
        print(f"  {engine:14} CPU {statistics.median(cpu):6.3f} ({cpu[0]:.3f} … {cpu[-1]:.3f})   wall {wall:6.3f}")
    ours = runs.pop("builtin")
    for other, theirs in runs.items():
        ratio = sorted(a.cpu_s / b.cpu_s for a, b in zip(ours, theirs, strict=True))
        print(f"  builtin ÷ {other}: {statistics.median(ratio):.3f} ({ratio[0]:.3f} … {ratio[-1]:.3f}), same round")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--rows", type=int, default=2500)
    parser.add_argument("--repetitions", type=int, nargs="+", default=[25, 50])
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--walk", nargs=3, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        return serve(asked.serve)
    if asked.walk:
        engine, port, repetitions = asked.walk
        return asyncio.run(walk(engine, int(port), int(repetitions)))
    rows = {"builtin": asked.rows, "snmpbulkwalk": asked.rows, "pysnmp": asked.rows // PYSNMP_SHARE}
    if shutil.which("snmpbulkwalk") is None:
        sys.exit("snmpbulkwalk is missing: apt-get install snmp")
    agents = {
        size: subprocess.Popen(
            [sys.executable, __file__, "--serve", str(size)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for size in set(rows.values())
    }
    try:
        listening = {size: int(agent.stdout.readline()) for size, agent in agents.items()}
        ports = {engine: listening[size] for engine, size in rows.items()}
        load = os.getloadavg()[0]
        print(f"{os.cpu_count()} cores, load {load:.1f} at the start, Python {sys.version.split()[0]}")
        print(f"{asked.rows} rows × {COLUMNS} columns, replies up to 65,000 octets")
        for repetitions in asked.repetitions:
            compare(ports, {engine: size * COLUMNS for engine, size in rows.items()}, repetitions, asked.rounds)
    finally:
        for agent in agents.values():
            agent.communicate()
    return None


if __name__ == "__main__":
    main()
