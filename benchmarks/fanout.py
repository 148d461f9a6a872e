"""What do dead devices cost the living? The poll loop over agents on loopback, with and without dead ones.

    python benchmarks/fanout.py [--devices 450] [--dead 50] [--pairs 3] [--period 30]

Runs come in pairs: all devices answer; then ``dead`` further ones stay silent. Prints for both p50 and p99, over the
answering devices, of the time from a device's place in the cycle to its batch being handed to the store, and the
ratio within each pair. The first cycle of a run, in which dead devices are found out, is not counted.
"""

import argparse
import asyncio
import os
import platform
import socket
import statistics
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from campus import catalogue
from collectors.agent import Agent, Manner, SnmpCollector
from collectors.batches import SOURCE, Target
from collectors.poll import Plan, Poller, Rim
from collectors.reach import NoEchoes
from collectors.schedule import jitter
from collectors.snmp import credential
from inventory import profile
from inventory.profile_language import Tier
from lab.agent import answer, tables
from lab.faults import Outages
from lab.mib import Snapshot
from lab.model import Moment
from lab.plan import plan

COMMUNITY = "benchmark"
CYCLES = 2


def address(number: int) -> str:
    """Each device has a loopback address of its own."""
    return f"127.68.{number // 250}.{number % 250 + 1}"


def serve(devices: int, dead: int, port: int) -> None:
    """Be all agents, in a process of their own; the last ``dead`` ones take requests and say nothing."""
    campus = plan()
    host = next(device for device in campus.devices if device.kind == "host")
    snapshot = Snapshot(tables(host), Moment(campus, Outages(), datetime(2026, 11, 23, 12, tzinfo=UTC)), host, {})

    async def run() -> None:
        for number in range(devices + dead):
            await asyncio.get_running_loop().create_datagram_endpoint(
                lambda silent=number >= devices: _Agent(snapshot, silent), local_addr=(address(number), port)
            )
        print("ready", flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


class _Agent(asyncio.DatagramProtocol):
    def __init__(self, snapshot: Snapshot, silent: bool) -> None:
        self._snapshot = snapshot
        self._silent = silent

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        if not self._silent and (reply := answer(data, self._snapshot, COMMUNITY.encode())):
            self._transport.sendto(reply, sender)


def run(devices: int, port: int, period: timedelta, answering: int) -> list[float]:
    """Poll for `CYCLES` cycles; give the answering devices' delays in seconds, without those of the first cycle."""
    names = [f"device-{number}" for number in range(devices)]
    living = set(names[:answering])
    agents = [
        Agent(credential.Target(name, address(number), credential.Community("2c", COMMUNITY), port))
        for number, name in enumerate(names)
    ]
    collector = SnmpCollector(agents, profile.load(), Manner({Tier.STATE: period}))
    targets = tuple(Target(name, "host", address(number)) for number, name in enumerate(names))
    delays: list[float] = []
    first: list[datetime] = []

    async def write(batch) -> None:
        at = batch.measurements[0].at
        first.append(at)
        if batch.source != SOURCE and batch.source in living and at > first[0]:
            due = at + jitter(batch.source, period / 6)
            delays.append((datetime.now(UTC) - due).total_seconds())

    async def story() -> None:
        poller = Poller(
            Plan(targets, period=period, reasks=()),
            Rim(collector, NoEchoes(), write, lambda: datetime.now(UTC)),
            catalogue.load(),
        )
        now = datetime.now(UTC).timestamp()
        await asyncio.sleep(period.total_seconds() - now % period.total_seconds())
        polling = asyncio.create_task(poller.run())
        await asyncio.sleep(period.total_seconds() * CYCLES - 0.2)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        stats = poller.stats()
        silent = sum(not one.answered for one in stats.standings)
        assert (stats.skipped, silent) == (0, devices - answering), (stats.skipped, silent)

    asyncio.run(story())
    assert len(delays) == answering * (CYCLES - 1), len(delays)
    return delays


def percentiles(delays: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(delays, n=100)
    return cuts[49], cuts[98]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--devices", type=int, default=450)
    parser.add_argument("--dead", type=int, default=50)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--period", type=int, default=30)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.devices, options.dead, options.serve)
        return
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, __file__, "--serve", port, "--devices", options.devices, "--dead", options.dead]
    with subprocess.Popen([str(part) for part in command], stdout=subprocess.PIPE, text=True) as agents:
        agents.stdout.readline()
        try:
            measure(options, port)
        finally:
            agents.terminate()


def measure(options: argparse.Namespace, port: int) -> None:
    period = timedelta(seconds=options.period)
    print(f"CPython {platform.python_version()}, {os.cpu_count()} cores; period {options.period} s")
    print(f"{options.devices} devices answer; beside them {options.dead} silent ones")
    print("pair   p50 alone  beside  ratio   p99 alone  beside  ratio   load")
    ratios = []
    for pair in range(1, options.pairs + 1):
        alone = percentiles(run(options.devices, port, period, options.devices))
        beside = percentiles(run(options.devices + options.dead, port, period, options.devices))
        ratios.append([with_dead / without for without, with_dead in zip(alone, beside, strict=True)])
        told = "   ".join(f"{a:9.3f}  {b:6.3f}  {b / a:5.2f}" for a, b in zip(alone, beside, strict=True))
        print(f"{pair:4}   {told}   {os.getloadavg()[0]:4.1f}", flush=True)
    for name, column in zip(("p50", "p99"), zip(*ratios, strict=True), strict=True):
        print(f"{name}: median ratio {statistics.median(column):.2f}, spread {min(column):.2f} to {max(column):.2f}")


if __name__ == "__main__":
    main()
