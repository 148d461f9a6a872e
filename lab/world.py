"""How does the lab come to life: addresses, agents, echo witnesses, orders, files?

One event loop, no threads: each datagram is answered from the model at the second in which it came.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from socket import socket
from typing import Literal

from campus.errors import NotFound, ServiceError
from lab import capwap, files
from lab.agent import answer, tables
from lab.ber import Oid
from lab.control import Order, listen
from lab.faults import FaultKind, Outage, Outages, outage
from lab.mib import Snapshot
from lab.model import Moment
from lab.network import Loopback, Namespace, Network, make_namespace
from lab.plan import GATEWAY, Device, Plan, plan

Mode = Literal["auto", "namespace", "loopback"]
Clock = Callable[[], datetime]
Reply = Callable[[bytes], bytes | None]
COMMUNITY = "lab"


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Lab:
    """A running lab: what an operator may ask and order."""

    def __init__(self, campus: Plan, network: Network, clock: Clock, outages: Outages) -> None:
        self.plan = campus
        self.network = network
        self.config = Path()
        self._clock = clock
        self._outages = outages
        self._changed: dict[str, dict[Oid, int | bytes | Oid]] = {device.id: {} for device in campus.devices}
        self._snapshots: dict[str, tuple[datetime, Snapshot]] = {}
        self._silenced: set[int] = set()
        self._settling = asyncio.Lock()

    @property
    def banner(self) -> str:
        """Say in one line where the devices live."""
        return self.network.banner

    def address(self, device_id: str) -> tuple[str, int]:
        """Give address and port of a device's agent."""
        return self.network.address(self.plan.device(device_id).number), self.network.port

    def moment(self) -> Moment:
        """Give the campus as it is in this second."""
        return Moment(self.plan, self._outages, self._clock().replace(microsecond=0))

    def snapshot(self, device: Device) -> Snapshot:
        """Give what a device's agent holds in this second."""
        moment = self.moment()
        known = self._snapshots.get(device.id)
        if known is None or known[0] != moment.at:
            known = (moment.at, Snapshot(tables(device), moment, device, self._changed[device.id]))
            self._snapshots[device.id] = known
        return known[1]

    def answer(self, device: Device, datagram: bytes) -> bytes | None:
        """Give what a device's agent replies to a datagram now; ``None`` = silence."""
        if self.moment().mute(device):
            return None
        return answer(datagram, self.snapshot(device), COMMUNITY.encode())

    def echo(self, device: Device, datagram: bytes) -> bytes | None:
        """Give what a device's echo witness replies now; ``None`` = silence."""
        return None if self.moment().down(device) else datagram

    def discovery(self, device: Device, datagram: bytes) -> bytes | None:
        """Give what a controller replies to a CAPWAP datagram now; ``None`` = silence."""
        moment = self.moment()
        if moment.down(device):
            return None
        return capwap.answer(datagram, moment, device, self.network.address(device.number))

    def override(self, device_id: str, oid: str, value: int | bytes) -> None:
        """Make an agent serve ``value`` in one cell from now on.

        Raises:
            NotFound: the device has no such cell now.
        """
        device, numbers = self.plan.device(device_id), tuple(map(int, oid.split(".")))
        if self.snapshot(device).get(numbers) is None:
            raise NotFound(f"{device_id} has no cell {oid}")
        self._changed[device_id][numbers] = value
        self._snapshots.pop(device_id)

    async def fault(self, kind: FaultKind, target: str, *, snmp_only: bool = False) -> None:
        """Break something, beside what is broken already.

        Raises:
            NotFound: there is no such target.
        """
        self._outages = self._outages.adding(outage(self.plan, kind, target, self.moment().at, snmp_only=snmp_only))
        await self.settle()

    async def clear(self, target: str | None = None) -> None:
        """Mend everything, or one target.

        Raises:
            NotFound: there is no such target.
        """
        name = self._name(target) if target else None
        self._outages = self._outages.clearing(self.moment().at, name)
        await self.settle()

    async def obey(self, order: Order) -> str:
        """Do what an order says and tell what was done; errors as in `fault` and `clear`."""
        if order.do == "clear":
            await self.clear(order.target)
            return f"{order.target or 'everything'} works again"
        if order.target is None:
            raise NotFound(f"{order.do} needs a target")
        await self.fault(FaultKind(order.do), order.target, snmp_only=order.snmp_only)
        return f"{order.target} is {'silent on SNMP' if order.snmp_only else 'down'}"

    async def settle(self) -> None:
        """Let the network follow: devices that are down vanish from it, others are there."""
        async with self._settling:
            self._snapshots.clear()
            moment = self.moment()
            down = {device.number for device in self.plan.devices if moment.down(device)}
            for number in down ^ self._silenced:
                await self.network.silence(number, silent=number in down)
            self._silenced = down

    def _name(self, target: str) -> str:
        if any(device.id == target for device in self.plan.devices):
            return target
        return self.plan.ap(target).serial


@asynccontextmanager
async def start(
    directory: Path, *, seed: int = 1, mode: Mode = "auto", outages: Sequence[Outage] = (), clock: Clock = _utc_now
) -> AsyncIterator[Lab]:
    """Run the lab while the block runs; ``directory`` gets ``campus.yaml``, ``aps.csv`` and ``lab.sock``.

    ``outages`` are what happened before (`lab.history.past_week`). ``mode`` auto takes a namespace where it may.

    Raises:
        ServiceError: the system refuses what ``mode`` asks for, or the directory cannot hold the socket.
    """
    campus = plan(seed)
    async with AsyncExitStack() as stack:
        network, sockets = await _network(campus, mode, stack)
        lab = Lab(campus, network, clock, Outages(outages))
        _serve(lab, sockets, stack)
        lab.config = files.write(directory, campus, network, COMMUNITY)
        await stack.enter_async_context(listen(directory, lab.obey))
        await lab.settle()
        yield lab


def _ends(network: Network, campus: Plan) -> list[tuple[str, int]]:
    ends = [(network.address(device.number), network.port) for device in campus.devices]
    ends += [(network.address(device.number), capwap.PORT) for device in campus.controllers()]
    if network.echo_port is not None:
        numbers = [*(device.number for device in campus.devices), GATEWAY]
        ends += [(network.address(number), network.echo_port) for number in numbers]
    return ends


async def _network(campus: Plan, mode: Mode, stack: AsyncExitStack) -> tuple[Network, list[socket]]:
    why = "as asked"
    if mode != "loopback":
        try:
            return await _in_namespace(campus, stack)
        except ServiceError as error:
            if mode == "namespace":
                raise
            why = str(error)
    return _on_loopback(campus, why)


async def _in_namespace(campus: Plan, stack: AsyncExitStack) -> tuple[Network, list[socket]]:
    namespace: Namespace = await make_namespace(device.number for device in campus.devices)
    stack.push_async_callback(namespace.close)
    try:
        return namespace, namespace.bind(_ends(namespace, campus))
    except OSError as error:
        raise ServiceError(f"the namespace cannot be used: {error}") from None


def _on_loopback(campus: Plan, why: str) -> tuple[Network, list[socket]]:
    refusal: OSError | None = None
    for slot in range(256):
        network = Loopback(slot, why)
        try:
            return network, network.bind(_ends(network, campus))
        except OSError as error:
            refusal = error
    raise ServiceError(f"no free loopback address for the lab: {refusal}")


def _serve(lab: Lab, sockets: Sequence[socket], stack: AsyncExitStack) -> None:
    loop = asyncio.get_running_loop()
    devices = lab.plan.devices
    replies: list[Reply] = [partial(lab.answer, device) for device in devices]
    replies += [partial(lab.discovery, device) for device in lab.plan.controllers()]
    replies += [partial(lab.echo, device) for device in devices] + [bytes]
    # Without echo witnesses there are fewer sockets than services: they come last in both.
    for udp, reply in zip(sockets, replies, strict=False):
        stack.callback(udp.close)
        loop.add_reader(udp, _converse, udp, reply)
        stack.callback(loop.remove_reader, udp)


def _converse(udp: socket, reply: Reply) -> None:
    """Answer one datagram; what the network refuses is lost, as datagrams are."""
    with suppress(OSError):
        datagram, peer = udp.recvfrom(65535)
        said = reply(datagram)
        if said is not None:
            udp.sendto(said, peer)
