"""Does an address answer echoes? The second witness beside SNMP, over ICMP or over UDP.

One socket for each address family serves any number of addresses and callers at once. An address that could not
be asked (no permission, no such address family, a name) is absent from the answer, never "down".
"""

import asyncio
import functools
import itertools
import logging
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from collectors.echo import Echo, Frame, IcmpFrame, PlainFrame

log = logging.getLogger(__name__)

COUNT = 3
SPACING_S = 0.1
TIMEOUT_S = 1.0
NO_ICMP = "no ICMP permitted: set net.ipv4.ping_group_range to hold this process's group, or grant it CAP_NET_RAW"

_ICMP = {socket.AF_INET: socket.IPPROTO_ICMP, socket.AF_INET6: socket.IPPROTO_ICMPV6}
_ANY = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}  # noqa: S104 - answers come in on any interface
_RECEIVE_BUFFER = 1 << 20
_BURST = 64
"""So many packets are sent or taken in before the event loop has its turn."""


class EchoWitness(Protocol):
    """Asks addresses for echoes; `Echoes` over a socket, or nobody where there is no such witness."""

    @property
    def name(self) -> str:
        """What the fact ``witness`` shall say."""
        ...

    async def ask(self, addresses: Sequence[str]) -> Mapping[str, Echo]:
        """Send `COUNT` echoes to each address; those that could not be asked are absent from the answer."""
        ...


@dataclass(frozen=True, slots=True)
class Channel:
    """An open socket of one address family, how payloads travel over it, and the peers' port."""

    sock: socket.socket
    frame: Frame
    port: int = 0


@dataclass(frozen=True, slots=True)
class _Sent:
    """One echo on its way; ``rtt`` is in seconds, and holds the event loop's own delay."""

    address: str
    payload: bytes
    source: str
    at_s: float
    rtt: asyncio.Future[float]


class Echoes:
    """Asks for echoes over the channels that ``open_channel`` gives for each address family.

    ``token`` (8 octets, random) tells this witness's echoes from those of other processes. ``gap`` says what an
    operator must set right before this witness can tell anything.
    """

    def __init__(self, name: str, open_channel: Callable[[socket.AddressFamily], Channel], token: bytes) -> None:
        self.name = name
        self.gap: str | None = None
        self._open = open_channel
        self._token = token
        self._serials = itertools.count()
        self._channels: dict[int, Channel] = {}
        self._waiting: dict[bytes, _Sent] = {}

    async def __aenter__(self) -> Self:
        for family in _ANY:
            try:
                channel = self._open(family)
            except PermissionError:
                self.gap = NO_ICMP
            except OSError:
                log.debug("address family %s is not available here", family.name)
            else:
                self._channels[family] = channel
                asyncio.get_running_loop().add_reader(channel.sock, self._take, channel)
        if self.gap:
            log.warning("echo witness is off: %s", self.gap)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for channel in self._channels.values():
            asyncio.get_running_loop().remove_reader(channel.sock)
            channel.sock.close()
        self._channels.clear()

    async def ask(self, addresses: Sequence[str]) -> Mapping[str, Echo]:
        """Send `COUNT` echoes to each address and wait up to `TIMEOUT_S` for the last of them."""
        sent: list[_Sent] = []
        try:
            for _ in range(COUNT):
                await self._send_all(addresses, sent)
                await asyncio.sleep(SPACING_S)
            if sent:
                await asyncio.wait([echo.rtt for echo in sent], timeout=TIMEOUT_S)
        finally:
            for echo in sent:
                del self._waiting[echo.payload]
        return _summed(sent)

    async def _send_all(self, addresses: Sequence[str], sent: list[_Sent]) -> None:
        for number, address in enumerate(addresses, 1):
            sent += self._send(address)
            if number % _BURST == 0:
                await asyncio.sleep(0)

    def _send(self, address: str) -> list[_Sent]:
        family, host, scope = _numeric(address)
        channel = self._channels.get(family)
        if channel is None:
            return []
        loop = asyncio.get_running_loop()
        payload = self._token + next(self._serials).to_bytes(8, "big")
        echo = _Sent(address, payload, host, loop.time(), loop.create_future())
        try:
            channel.sock.sendto(channel.frame.wrap(payload), (host, channel.port, *scope))
        except (PermissionError, BlockingIOError):
            return []
        except OSError as error:  # no way to get there: asked, and not answered
            log.debug("echo to %s: %s", address, error)
        self._waiting[payload] = echo
        return [echo]

    def _take(self, channel: Channel) -> None:
        for _ in range(_BURST):
            try:
                packet, source = channel.sock.recvfrom(2048)
            except BlockingIOError:
                return
            except OSError as error:  # an ICMP error about an earlier echo, which will just time out
                log.debug("echo socket: %s", error)
                continue
            echo = self._waiting.get(channel.frame.unwrap(packet) or b"")
            if echo and echo.source == source[0] and not echo.rtt.done():
                echo.rtt.set_result(asyncio.get_running_loop().time() - echo.at_s)


class NoEchoes:
    """The witness where none is wanted: asks nobody, tells nothing."""

    name = "none"

    async def ask(self, addresses: Sequence[str]) -> Mapping[str, Echo]:
        """Give an empty answer."""
        del addresses
        return {}


def icmp(token: bytes) -> Echoes:
    """A witness over ICMP: unprivileged sockets where ``ping_group_range`` permits, raw ones as root."""

    def open_channel(family: socket.AddressFamily) -> Channel:
        raw = False
        try:
            sock = socket.socket(family, socket.SOCK_DGRAM, _ICMP[family])
        except PermissionError:
            raw = True
            sock = socket.socket(family, socket.SOCK_RAW, _ICMP[family])
        _prepare(sock, family)
        identifier = int.from_bytes(token[:2], "big") if raw else sock.getsockname()[1]
        return Channel(sock, IcmpFrame(family, identifier, raw))

    return Echoes("icmp", open_channel, token)


def udp(token: bytes, port: int) -> Echoes:
    """A witness over UDP echo (RFC 862) at ``port`` of each address: stands in for ICMP in a lab on loopback."""

    def open_channel(family: socket.AddressFamily) -> Channel:
        sock = socket.socket(family, socket.SOCK_DGRAM)
        _prepare(sock, family)
        return Channel(sock, PlainFrame(), port)

    return Echoes("udp", open_channel, token)


def _prepare(sock: socket.socket, family: socket.AddressFamily) -> None:
    sock.setblocking(False)  # noqa: FBT003 - the library's own signature
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
    sock.bind((_ANY[family], 0))


@functools.lru_cache(maxsize=4096)
def _numeric(address: str) -> tuple[int, str, tuple[int, ...]]:
    """Give address family, address and what IPv6 adds to it; a name, which only a resolver knows, has family 0."""
    try:
        found = socket.getaddrinfo(address, 0, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        return 0, "", ()
    family, _, _, _, (host, _, *scope) = found[0]
    return family, str(host), tuple(scope)


def _summed(sent: Sequence[_Sent]) -> dict[str, Echo]:
    by_address: dict[str, list[_Sent]] = {}
    for echo in sent:
        by_address.setdefault(echo.address, []).append(echo)
    return {
        address: Echo(len(echoes), tuple(echo.rtt.result() for echo in echoes if echo.rtt.done()))
        for address, echoes in by_address.items()
    }
