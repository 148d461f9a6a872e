"""How does one request get its answer over UDP, or the reason why it gets none?

One connected socket for one device: ICMP errors arrive as errors of the socket, foreign senders are dropped
by the kernel. Any number of requests may be under way; a repeat keeps its request-id, so a late answer to
the first try still counts. What nobody asked for is counted and dropped.
"""

import asyncio
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

from campus.errors import DeviceError, DeviceNonsense, DeviceRefused, DeviceSilent
from collectors.snmp import message, usm
from collectors.snmp.ber import Malformed
from collectors.snmp.budget import Pace
from collectors.snmp.credential import Credential, Limits, Target, UsmUser
from collectors.snmp.message import CommunityWire, Response

_Address = tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]

_LARGEST_DATAGRAM = 65535
_RECEIVE_BUFFER = 1 << 20
GIVE_UP = 3
"""After so many requests without an answer a device is not asked again in the same session."""


class Wire(Protocol):
    """The message format around a PDU: community or USM."""

    def encode(self, message_id: int, pdu: bytes, now: float) -> bytes:
        """Wrap a request."""
        ...

    def decode(self, data: bytes, now: float) -> tuple[int, Response]:
        """Give the message-id and what the answer or report says; raises `Malformed`, nothing else."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: the kind of PDU, the OIDs as BER content octets, GETBULK's max-repetitions."""

    kind: int
    oids: tuple[bytes, ...]
    repetitions: int = 0


Follow = Callable[[Response], Request | None]
"""Looks at an answer; gives what to ask next, or ``None`` when that was all."""


def _no_more(_response: Response) -> None:
    return None


@dataclass(slots=True)
class _Exchange:
    """A conversation under way, and the request of it that waits for its answer."""

    request: Request
    follow: Follow
    end: asyncio.Future[Response]
    message_id: int = 0
    repetitions: int = 0
    sent_at: float = 0.0
    deadline: float = 0.0
    tries: int = 1
    cured: tuple[str, ...] = ()


class Channel:
    """Requests and answers between us and one device; made by `connect`."""

    def __init__(self, peer: socket.socket, target: Target, wire: Wire, limits: Limits, pace: Pace) -> None:
        self._peer = peer
        self._target = target
        self._wire = wire
        self._limits = limits
        self._pace = pace
        self._loop = asyncio.get_running_loop()
        self._under_way: dict[int, _Exchange] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._last_id = secrets.randbits(30)
        self._strange = 0
        self._unanswered = 0
        self.heard = False
        self._loop.add_reader(peer, self._receive)

    @classmethod
    async def connect(cls, target: Target, limits: Limits, pace: Pace) -> Self:
        """Open the socket; nothing is sent.

        Raises:
            DeviceSilent: the address cannot be resolved, or no route leads to it.
        """
        try:
            family, address = await resolve(target)
            peer = socket.socket(family, socket.SOCK_DGRAM)
        except OSError as error:
            raise DeviceSilent(target.device_id, f"{target.address}: {error.strerror or error}") from None
        try:
            peer.settimeout(0)
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
            peer.connect(address)
        except OSError as error:
            peer.close()
            raise DeviceSilent(target.device_id, f"{target.address}: {error.strerror or error}") from None
        return cls(peer, target, _wire(target.credential), limits, pace)

    def close(self) -> None:
        """Close the socket; requests under way are cancelled."""
        self._loop.remove_reader(self._peer)
        self._peer.close()
        if self._timer is not None:
            self._timer.cancel()
        for exchange in self._under_way.values():
            exchange.end.cancel()

    async def converse(self, first: Request, follow: Follow = _no_more) -> Response:
        """Send a request within the device's budget, then whatever ``follow`` makes of each answer; give the last one.

        ``follow`` is called as soon as an answer is there: the next request is on its way before any other
        task of the loop takes its turn.

        Raises:
            DeviceSilent: nothing came, or nothing came for the last requests.
            DeviceRefused: the port is closed, or the agent reports that it does not accept us.
            DeviceNonsense: what came was no answer, and nothing else ever came.
        """
        if self._unanswered >= GIVE_UP:
            raise self._silence()
        exchange = _Exchange(first, follow, self._loop.create_future())
        try:
            self._begin(exchange)
            return await exchange.end
        finally:
            self._under_way.pop(exchange.message_id, None)

    def _begin(self, exchange: _Exchange) -> None:
        """Send the exchange's request under a new id, once the budget allows it."""
        self._last_id = exchange.message_id = (self._last_id + 1) & 0x7FFFFFFF
        self._under_way[exchange.message_id] = exchange
        exchange.tries, exchange.cured = 1, ()
        now = self._loop.time()
        wait_s = self._pace.budget.reserve(now)
        if wait_s > 0:
            exchange.deadline = now + wait_s + self._limits.timeout_s
            self._loop.call_later(wait_s, self._send, exchange)
        else:
            self._send(exchange)

    def _send(self, exchange: _Exchange) -> None:
        if exchange.end.done():
            return
        request, now = exchange.request, self._loop.time()
        exchange.repetitions = max(request.repetitions >> (exchange.tries - 1), min(request.repetitions, 1))
        exchange.sent_at = now
        exchange.deadline = now + self._limits.timeout_s
        if self._timer is None:
            self._timer = self._loop.call_at(exchange.deadline, self._sweep)
        pdu = message.encode_pdu(request.kind, exchange.message_id, request.oids, exchange.repetitions)
        try:
            self._peer.send(self._wire.encode(exchange.message_id, pdu, now))
        except BlockingIOError:
            pass  # the queue is full: as good as lost on the way
        except OSError as error:
            self._break(error)

    def _sweep(self) -> None:
        """Repeat what is overdue, give up what was repeated often enough, and come back for the next."""
        self._timer = None
        now = self._loop.time()
        for exchange in list(self._under_way.values()):
            if exchange.end.done() or exchange.deadline > now:
                continue
            self._pace.timed_out(exchange.sent_at, now)
            if exchange.tries <= self._limits.retries:
                exchange.tries += 1
                self._pace.budget.reserve(now)
                self._send(exchange)
            else:
                self._unanswered += 1
                exchange.end.set_exception(self._silence())
        waiting = [exchange.deadline for exchange in self._under_way.values() if not exchange.end.done()]
        if waiting and self._timer is None:
            self._timer = self._loop.call_at(min(waiting), self._sweep)

    def _receive(self) -> None:
        try:
            data = self._peer.recv(_LARGEST_DATAGRAM)
        except BlockingIOError:
            return
        except OSError as error:
            self._break(error)
            return
        now = self._loop.time()
        try:
            message_id, response = self._wire.decode(data, now)
        except Malformed:
            self._strange += 1
            return
        exchange = self._under_way.get(message_id)
        if exchange is None or exchange.end.done():
            self._strange += 1
        elif response.kind == message.REPORT:
            self._take_report(exchange, usm.explain(response))
        else:
            self._take_answer(exchange, response, now)

    def _take_answer(self, exchange: _Exchange, response: Response, now: float) -> None:
        self.heard = True
        self._unanswered = 0
        if exchange.tries == 1:
            self._pace.answered(now - exchange.sent_at)
        elif exchange.repetitions:
            self._pace.shrink(exchange.repetitions)
        del self._under_way[exchange.message_id]
        try:
            following = exchange.follow(response)
        except Exception as error:  # noqa: BLE001 - not handled here: it belongs to whoever awaits the end
            exchange.end.set_exception(error)
            return
        if following is None:
            exchange.end.set_result(response)
        else:
            exchange.request = following
            self._begin(exchange)

    def _take_report(self, exchange: _Exchange, report: usm.Report) -> None:
        """Send the request again if the report taught us how, once for each kind of report."""
        if report.curable and report.oid not in exchange.cured:
            exchange.cured += (report.oid,)
            self._send(exchange)
        else:
            exchange.end.set_exception(DeviceRefused(self._target.device_id, report.meaning))

    def _break(self, error: OSError) -> None:
        """The host or the way to it said no: nothing that is under way will be answered."""
        where = f"{self._target.address} port {self._target.port}"
        problem: DeviceError
        if isinstance(error, ConnectionRefusedError):
            problem = DeviceRefused(self._target.device_id, f"{where} is closed: no SNMP agent listens there")
        else:
            problem = DeviceSilent(self._target.device_id, f"{where}: {error.strerror or error}")
        for exchange in self._under_way.values():
            if not exchange.end.done():
                exchange.end.set_exception(problem)

    def _silence(self) -> DeviceError:
        where = f"{self._target.address} port {self._target.port}"
        if self.heard:
            return DeviceSilent(self._target.device_id, f"no answer from {where}")
        if self._strange:
            what = f"{self._strange} datagrams came from {where}, none of them an answer to what was asked"
            return DeviceNonsense(self._target.device_id, what)
        return DeviceSilent(self._target.device_id, f"no answer from {where}: {causes_of_silence(self._target)}")


def causes_of_silence(target: Target) -> str:
    """Say why a device that never answered may be silent."""
    secret = "priv secret" if isinstance(target.credential, UsmUser) else "community"
    return f"device down, wrong {secret}, a view that shows nothing, or an ACL on the way"


def _wire(credential: Credential) -> Wire:
    if isinstance(credential, UsmUser):
        return usm.UsmWire(credential, secrets.randbits(64))
    return CommunityWire(credential)


async def resolve(target: Target) -> tuple[int, _Address]:
    """Give address family and socket address; a numeric address needs no thread."""
    try:
        found = socket.getaddrinfo(target.address, target.port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST)
    except socket.gaierror:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(target.address, target.port, type=socket.SOCK_DGRAM)
    family, _type, _protocol, _name, address = found[0]
    return family, address
