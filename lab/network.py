"""Where do the lab's devices live, so that they can fall silent like real ones?

Loopback always answers ICMP. Where the lab may (root, ``ip netns``) it makes a network namespace of its own
behind a veth pair; a device that is down loses its address there, and packets to it vanish. Elsewhere each
device is a loopback address, and an *echo witness* stands in for ICMP: a UDP echo service that falls silent
together with its device.

Each lab has a /24: in 198.19.0.0/16 (RFC 2544, for tests between networks; the lower half of that range is
what many a proxy on a desktop hands out) or in 127.64.0.0/16. The names of namespaces and links hold the
process id, so that a start can remove what a killed lab left behind.
"""

import asyncio
import ctypes
import os
import re
import shutil
import socket
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from campus.errors import ServiceError
from lab.plan import GATEWAY

_NAME = re.compile(r"campuslab-(?P<pid>\d+)-(?P<slot>\d+)")
_NEW_NET = 0x40000000
"""CLONE_NEWNET of setns(2)."""
_SLOTS = 256
_HOST_SIDE = 1


class Network(Protocol):
    """A /24 in which devices have addresses, told by their last octet."""

    @property
    def banner(self) -> str:
        """Say in one line where the devices live and what their silence is worth."""
        ...

    @property
    def port(self) -> int:
        """UDP port of the SNMP agents."""
        ...

    @property
    def echo_port(self) -> int | None:
        """UDP port of the echo witnesses; ``None`` = ICMP tells the truth."""
        ...

    def address(self, number: int) -> str:
        """Give the address of a device."""
        ...

    def bind(self, ends: Iterable[tuple[str, int]]) -> list[socket.socket]:
        """Open a UDP socket for each address and port."""
        ...

    async def silence(self, number: int, *, silent: bool) -> None:
        """Make packets to a device vanish, or reach it again."""
        ...

    async def close(self) -> None:
        """Remove everything that was made."""
        ...


def _udp(ends: Iterable[tuple[str, int]]) -> list[socket.socket]:
    opened: list[socket.socket] = []
    try:
        for end in ends:
            opened.append(udp := socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            udp.setblocking(False)  # noqa: FBT003 - the socket module has no keyword for it
            udp.bind(end)
    except OSError:
        for udp in opened:
            udp.close()
        raise
    return opened


class Loopback:
    """Devices on 127.64.<slot>.0/24; down means that agent and echo witness say nothing."""

    port: int = 10161
    echo_port: int | None = 10007

    def __init__(self, slot: int, why: str) -> None:
        self._slot = slot
        self.banner = (
            f"devices on 127.64.{slot}.0/24 of the loopback ({why}); "
            f"echo witnesses of the lab on UDP {self.echo_port} stand in for ICMP, which loopback always answers"
        )

    def address(self, number: int) -> str:
        """Give the address of a device."""
        return f"127.64.{self._slot}.{number}"

    def bind(self, ends: Iterable[tuple[str, int]]) -> list[socket.socket]:
        """Open a UDP socket for each address and port."""
        return _udp(ends)

    async def silence(self, number: int, *, silent: bool) -> None:
        """Do nothing: packets cannot be kept from a loopback address, the services themselves fall silent."""

    async def close(self) -> None:
        """Do nothing: nothing was made."""


class Namespace:
    """Devices on 198.19.<slot>.0/24 in a network namespace of the lab."""

    port: int = 161
    echo_port: int | None = None

    def __init__(self, slot: int) -> None:
        self._slot = slot
        self._name = f"campuslab-{os.getpid()}-{slot}"
        self._link = f"cl{os.getpid()}-{slot}"
        self.banner = f"devices on 198.19.{slot}.0/24 in the network namespace {self._name}; ICMP tells the truth"

    def address(self, number: int) -> str:
        """Give the address of a device."""
        return f"198.19.{self._slot}.{number}"

    async def make(self, numbers: Iterable[int]) -> None:
        """Make the namespace with an address for each device.

        Raises:
            ServiceError: the system refused, or the slot is taken.
        """
        host, gate, net = self.address(_HOST_SIDE), self.address(GATEWAY), f"{self.address(0)}/24"
        inside = ["link set lo up", f"addr add {gate}/30 dev core", "link set core up"]
        # Without this a kernel that forwards would answer "unreachable" for a device that is down.
        inside.append(f"route add blackhole {net}")
        inside += [f"addr add {self.address(number)}/32 dev lo" for number in numbers]
        # The route claims the slot: the kernel takes it only once, while a second address would be let in.
        outside = [f"link set {self._link} up", f"route add {net} via {gate} dev {self._link} onlink"]
        outside.append(f"addr add {host}/30 dev {self._link}")
        await _ip(f"netns add {self._name}")
        try:
            await _ip(f"link add {self._link} type veth peer name core netns {self._name}")
            await _ip(*inside, namespace=self._name)
            await _ip(*outside)
        except ServiceError:
            await self.close()
            raise

    def bind(self, ends: Iterable[tuple[str, int]]) -> list[socket.socket]:
        """Open a UDP socket for each address and port.

        A short-lived thread enters the namespace: a socket stays in the one in which it was opened.
        """
        with ThreadPoolExecutor(1) as inside:
            return inside.submit(_inside, self._name, lambda: _udp(ends)).result()

    async def silence(self, number: int, *, silent: bool) -> None:
        """Take the device's address away, or give it back."""
        verb = "del" if silent else "add"
        await _ip(f"addr {verb} {self.address(number)}/32 dev lo", namespace=self._name)

    async def close(self) -> None:
        """Remove link, route and namespace."""
        await _remove(self._name, self._link)


def _inside(name: str, work: Callable[[], list[socket.socket]]) -> list[socket.socket]:
    libc = ctypes.CDLL(None, use_errno=True)
    with Path("/run/netns", name).open("rb") as handle:
        if libc.setns(handle.fileno(), _NEW_NET):
            raise OSError(ctypes.get_errno(), f"cannot enter the namespace {name}")
    return work()


async def _ip(*commands: str, namespace: str = "") -> None:
    """Run commands of ip(8) in one batch.

    Raises:
        ServiceError: one of them failed.
    """
    where = ("-n", namespace) if namespace else ()
    process = await asyncio.create_subprocess_exec(
        "ip",
        *where,
        "-batch",
        "-",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # the Ctrl-C that ends the lab must not end its cleaning up
    )
    _, said = await process.communicate("\n".join(commands).encode())
    if process.returncode:
        raise ServiceError(f"ip refused: {said.decode(errors='replace').strip()}")


async def _remove(name: str, link: str) -> None:
    for command in (f"link del {link}", f"netns del {name}"):
        with suppress(ServiceError):  # a part may never have been made
            await _ip(command)


def _leftovers() -> list[tuple[str, str]]:
    """Name the namespaces and links of labs whose process is gone."""
    folder = Path("/run/netns")
    found = [_NAME.fullmatch(entry.name) for entry in folder.iterdir()] if folder.is_dir() else []
    return [
        (name[0], f"cl{name['pid']}-{name['slot']}")
        for name in found
        if name is not None and not Path("/proc", name["pid"]).exists()
    ]


async def make_namespace(numbers: Iterable[int]) -> Namespace:
    """Make a namespace in the first free slot, after removing what killed labs left behind.

    Raises:
        ServiceError: it may not or cannot.
    """
    if os.geteuid() or not shutil.which("ip"):
        raise ServiceError("only root with the program ip can make a network namespace")
    for name, link in _leftovers():
        await _remove(name, link)
    wanted, refusal = list(numbers), ServiceError("all slots are taken")
    for slot in range(1, _SLOTS):
        namespace = Namespace(slot)
        try:
            await namespace.make(wanted)
        except ServiceError as error:
            refusal = error
            if "File exists" not in str(error):
                break
        else:
            return namespace
    raise refusal
