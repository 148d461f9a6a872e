"""Does a controller's CAPWAP service answer, how fast, and what does it say?

One Discovery Request over UDP 5246 to one controller that consented (`collectors.capwap.consent`), repeated
once, at its pace (`collectors.capwap.pace`). It never joins, never answers, and sends nothing else. One
unconnected socket for each address family serves all controllers: a controller with many addresses may
answer from another one.
"""

import asyncio
import errno
import ipaddress
import logging
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from collectors.capwap.codec import CapwapError, ControlMessage, DtlsRecord, Fragment, decode, encode, name_of
from collectors.capwap.consent import Controller, must_not_repeat, require
from collectors.capwap.discovery import PROBE, Identity, Outcome, State, answers, request
from collectors.capwap.pace import Pace
from collectors.capwap.reassembly import Reassembler

log = logging.getLogger(__name__)

WAITS_S = (2.0, 4.0)
"""After each request, so long; the second wait hears late answers to the first request, too."""

_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_ANY = {socket.AF_INET: "0.0.0.0", socket.AF_INET6: "::"}  # noqa: S104 - answers come in on any interface
# IP_RECVERR of ip(7) and IPV6_RECVERR of ipv6(7): ICMP errors reach an unconnected socket.
_TELL_ERRORS = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
_ERRNO = struct.Struct("=I")  # the first field of struct sock_extended_err
_BURST = 64
_MAX_REMARKS = 8

Peer = tuple[str, int]


@dataclass(slots=True)
class _Question:
    """One probe on its way: when each of its sequence numbers was sent, and what came so far."""

    peer: Peer
    outcome: asyncio.Future[Outcome]
    sent_s: dict[int, float] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    garbled: bool = False

    def note(self, remark: str) -> None:
        if remark not in self.remarks and len(self.remarks) < _MAX_REMARKS:
            self.remarks.append(remark)

    def settle(self, outcome: Outcome) -> None:
        if not self.outcome.done():
            self.outcome.set_result(outcome)


class Prober:
    """Asks controllers. ``chance`` gives 0…1; ``waits_s`` are as `WAITS_S`.

    ``unexpected`` counts answers that nobody waits for: late ones, duplicates, strangers'.
    """

    def __init__(
        self, chance: Callable[[], float], identity: Identity = PROBE, waits_s: tuple[float, ...] = WAITS_S
    ) -> None:
        self.unexpected = 0
        self._identity = identity
        self._waits_s = waits_s
        self._pace = Pace(chance)
        self._never_again: set[str] = set()
        self._sequence = int(chance() * 256)
        self._socks: dict[int, socket.socket] = {}
        self._waiting: dict[int, _Question] = {}
        self._reassembler = Reassembler()

    async def __aenter__(self) -> Self:
        for family, (level, option) in _TELL_ERRORS.items():
            try:
                sock = socket.socket(family, socket.SOCK_DGRAM)
            except OSError:
                log.debug("address family %s is not available here", family.name)
                continue
            sock.setblocking(False)  # noqa: FBT003 - the library's own signature
            sock.setsockopt(level, option, 1)
            sock.bind((_ANY[family], 0))
            asyncio.get_running_loop().add_reader(sock, self._take, sock)
            self._socks[family] = sock
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sock in self._socks.values():
            asyncio.get_running_loop().remove_reader(sock)
            sock.close()
        self._socks.clear()

    async def probe(self, controller: Controller) -> Outcome | None:
        """Ask a controller at its pace; ``None`` = it is not its turn yet, or it must not be asked again.

        Raises:
            ProbeRefusedError: it must not be asked at all.
        """
        require(controller)
        loop = asyncio.get_running_loop()
        if controller.device_id in self._never_again or not self._pace.take(controller.device_id, loop.time()):
            return None
        outcome = await self.ask(controller)
        self._pace.tell(controller.device_id, answered=outcome.state is State.ANSWERING, now_s=loop.time())
        why = must_not_repeat(outcome.answer) if outcome.answer else None
        if why:
            log.warning("%s is not probed again: %s", controller.device_id, why)
            self._never_again.add(controller.device_id)
        return outcome

    async def ask(self, controller: Controller) -> Outcome:
        """Ask once, now: for a person who wants to know.

        Raises:
            ProbeRefusedError: it must not be asked at all.
        """
        require(controller)
        address = ipaddress.ip_address(controller.address)
        question = _Question((str(address), controller.port), asyncio.get_running_loop().create_future())
        try:
            return await self._outcome(question, _FAMILIES[address.version])
        finally:
            for sequence in question.sent_s:
                del self._waiting[sequence]

    async def _outcome(self, question: _Question, family: socket.AddressFamily) -> Outcome:
        for wait_s in self._waits_s:
            self._send(question, family)
            await asyncio.wait([question.outcome], timeout=wait_s)
            if question.outcome.done():
                return question.outcome.result()
        state = State.MALFORMED if question.garbled else State.SILENT
        return Outcome(state, remarks=tuple(question.remarks))

    def _send(self, question: _Question, family: socket.AddressFamily) -> None:
        sock = self._socks.get(family)
        if sock is None:
            question.settle(Outcome(State.UNREACHABLE, remarks=(f"this machine has no {family.name}",)))
            return
        sequence = self._next_sequence()
        datagram = encode(request(self._identity, sequence))
        self._waiting[sequence] = question
        question.sent_s[sequence] = asyncio.get_running_loop().time()
        self._take_errors(sock)  # else one that waits for another controller would be told here
        try:
            sock.sendto(datagram, question.peer)
        except OSError as error:
            question.settle(Outcome(State.UNREACHABLE, remarks=(error.strerror or str(error),)))

    def _next_sequence(self) -> int:
        """Give a number that no question waits for: so a late answer is never taken for another's."""
        following = ((self._sequence + step) % 256 for step in range(1, 257))
        # Never exhausted: at its pace the prober has 60 requests on their way at most.
        self._sequence = next(sequence for sequence in following if sequence not in self._waiting)
        return self._sequence

    # ── what comes in ────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, sock: socket.socket) -> None:
        self._take_errors(sock)
        for _ in range(_BURST):
            try:
                datagram, source = sock.recvfrom(65535)
            except BlockingIOError:
                return
            except OSError as error:  # the queue of errors tells more of it
                log.debug("CAPWAP socket: %s", error)
                continue
            self._heard(datagram, source[:2])

    def _take_errors(self, sock: socket.socket) -> None:
        for _ in range(_BURST):
            try:
                _, notes, _, peer = sock.recvmsg(2048, 512, socket.MSG_ERRQUEUE)
            except OSError:
                return
            numbers = [_ERRNO.unpack_from(data)[0] for _, _, data in notes if len(data) >= _ERRNO.size]
            if peer and numbers and numbers[0] != errno.EMSGSIZE:
                for question in self._asked(peer[:2]):
                    question.settle(Outcome(State.UNREACHABLE, remarks=(os.strerror(numbers[0]),)))

    def _asked(self, peer: Peer) -> list[_Question]:
        return [question for question in self._waiting.values() if question.peer == peer]

    def _heard(self, datagram: bytes, source: Peer) -> None:
        now_s = asyncio.get_running_loop().time()
        try:
            message = decode(datagram)
            if isinstance(message, Fragment):
                found = self._reassembler.take(f"{source[0]} {source[1]}", message, now_s)
                if found is None:
                    return
                message = found
        except CapwapError as error:
            self._garbled(source, str(error))
            return
        if isinstance(message, ControlMessage) and answers(message):
            self._answered(message, source, now_s)
        else:
            self._garbled(source, f"no Discovery Response but {_kind(message)}")

    def _garbled(self, source: Peer, what: str) -> None:
        asked = self._asked(source)
        self.unexpected += not asked
        for question in asked:
            question.garbled = True
            question.note(what)

    def _answered(self, message: ControlMessage, source: Peer, now_s: float) -> None:
        asked = self._asked(source)
        question = self._waiting.get(message.sequence)
        stranger = question is not None and question.peer != source
        if question is None or (stranger and (asked or source[1] != question.peer[1])) or question.outcome.done():
            self.unexpected += 1
            for other in asked:
                other.note(f"an answer with sequence number {message.sequence}, which nobody asked with")
            return
        if stranger:
            question.note(f"answered from {source[0]}")
        if message.header.binding != 1:
            question.note(f"wireless binding {message.header.binding}, asked with 1")
        remarks = (*question.remarks, *message.anomalies)
        rtt_s = now_s - question.sent_s[message.sequence]
        question.settle(Outcome(State.ANSWERING, rtt_s, message, remarks))


def _kind(message: object) -> str:
    if isinstance(message, DtlsRecord):
        return "a DTLS record"
    return name_of(message.kind) if isinstance(message, ControlMessage) else "something else"
