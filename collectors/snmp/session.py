"""How is a live device asked over UDP?

GET, GETNEXT and the walk of a column on top of a `Channel`: what each error-status means, how requests are
cut to what the device can answer, how many columns are in flight.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Protocol, Self

from campus.errors import DeviceError, DeviceNonsense, DeviceRefused
from collectors.snmp import ber, message
from collectors.snmp.budget import Pace
from collectors.snmp.channel import Channel, Follow, Request
from collectors.snmp.column import ColumnBuilder
from collectors.snmp.credential import Community, Limits, Target
from collectors.snmp.message import Response
from collectors.snmp.walk import Column, VarBind

_OIDS_PER_GET = 20
_USUAL = Limits()


class Asker(Protocol):
    """What a session needs of an engine; ``heard`` tells whether the device ever answered."""

    heard: bool

    async def converse(self, first: Request, follow: Follow = ...) -> Response:
        """Ask, and go on as ``follow`` says; give the last answer, whatever its error-status.

        Raises:
            DeviceError: there was no answer.
        """
        ...

    def close(self) -> None:
        """Let go of the device."""
        ...


Connect = Callable[[Target, Limits, Pace], Awaitable[Asker]]


class UdpSession:
    """A device that is asked over UDP, by our own engine unless ``connect`` brings another.

    ``pace`` is what earlier sessions learned about the device; keep it and give it to the next one.
    Entering resolves the address and opens the socket; the first request meets the device.
    """

    def __init__(
        self,
        target: Target,
        limits: Limits = _USUAL,
        pace: Pace | None = None,
        connect: Connect = Channel.connect,
    ) -> None:
        self._target = target
        self._limits = limits
        self._pace = pace or Pace()
        self._gate = _Gate(self._pace)
        self._connect = connect
        self._bulk = not (isinstance(target.credential, Community) and target.credential.version == "1")
        self._open: Asker | None = None

    async def __aenter__(self) -> Self:
        self._open = await self._connect(self._target, self._limits, self._pace)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._channel.close()

    @property
    def _channel(self) -> Asker:
        if self._open is None:
            raise RuntimeError("a session is used inside 'async with'")
        return self._open

    async def get(self, oids: Sequence[str]) -> list[VarBind]:
        """GET: one varbind for each OID, in order.

        ``value`` is ``None`` and the tag NULL where the agent had an error for this OID, or stopped answering.

        Raises:
            DeviceError: nothing could be read.
        """
        asked = [ber.encode_oid(oid) for oid in oids]
        answers: dict[bytes, VarBind] = {}
        async with self._gate:
            for start in range(0, len(asked), _OIDS_PER_GET):
                for varbind in await self._get(tuple(asked[start : start + _OIDS_PER_GET])):
                    answers[varbind.oid] = varbind
        return [answers.get(oid) or VarBind(oid, ber.NULL, None) for oid in asked]

    async def get_next(self, oid: str) -> VarBind | None:
        """GETNEXT: the first cell after ``oid``; ``None`` at the end of the MIB.

        Raises:
            DeviceError: no answer, or an error-status (`DeviceRefused`).
        """
        async with self._gate:
            response = await self._channel.converse(Request(message.GET_NEXT, (ber.encode_oid(oid),)))
        if response.status == message.NO_SUCH_NAME:
            return None
        if response.status:
            raise DeviceRefused(self._target.device_id, f"{message.status_name(response.status)} after {oid}")
        if not response.varbinds or response.varbinds[0].tag in ber.EXCEPTIONS:
            return None
        if response.varbinds[0].tag == ber.UNREADABLE:
            raise DeviceNonsense(self._target.device_id, f"an answer without a readable varbind after {oid}")
        return response.varbinds[0]

    async def walk(self, oid: str) -> Column:
        """All cells below ``oid``; what ends the walk early is the column's ``problem``.

        Raises:
            DeviceError: the device never gave an answer in this session.
        """
        walk = _Walk(ColumnBuilder(oid, self._limits.max_rows), self._pace, bulk=self._bulk)
        async with self._gate:
            try:
                await self._channel.converse(walk.request(ber.encode_oid(oid)), walk.follow)
            except DeviceError as error:
                if not self._channel.heard:
                    raise
                walk.builder.fail(error.detail)
        return walk.builder.column()

    async def _get(self, oids: tuple[bytes, ...]) -> list[VarBind]:
        """GET; an OID that the agent fails on is left out, so that the others are answered."""
        try:
            response = await self._channel.converse(Request(message.GET, oids))
        except DeviceError:
            if not self._channel.heard:
                raise
            return []
        if not response.status:
            return response.varbinds
        if response.status == message.AUTHORIZATION_ERROR:
            raise DeviceRefused(self._target.device_id, message.status_name(response.status))
        culprit = 0 if len(oids) == 1 else response.index - 1
        if response.status == message.TOO_BIG or not 0 <= culprit < len(oids):
            half = len(oids) // 2
            return [*await self._get(oids[:half]), *await self._get(oids[half:])] if half else []
        tag = ber.NO_SUCH_INSTANCE if response.status == message.NO_SUCH_NAME else ber.NULL
        others = oids[:culprit] + oids[culprit + 1 :]
        return [VarBind(oids[culprit], tag, None), *(await self._get(others) if others else ())]


class _Walk:
    """The requests of one column, and what the answers to them mean."""

    def __init__(self, builder: ColumnBuilder, pace: Pace, *, bulk: bool) -> None:
        self.builder = builder
        self._pace = pace
        self._bulk = bulk
        self._asked = 0

    def request(self, after: bytes) -> Request:
        """Ask for what follows ``after``."""
        if not self._bulk:
            return Request(message.GET_NEXT, (after,))
        self._asked = self._pace.repetitions
        return Request(message.GET_BULK, (after,), self._asked)

    def follow(self, response: Response) -> Request | None:
        """Take an answer; give the next request."""
        if not response.status:
            self.builder.take(response.varbinds)
        elif response.status == message.NO_SUCH_NAME and not self._bulk:
            self.builder.take(())  # v1 has no endOfMibView
        elif response.status == message.TOO_BIG and self._asked > 1:
            self._pace.shrink(self._asked // 2)
        else:
            self.builder.fail(message.status_name(response.status))
        return None if self.builder.next is None else self.request(self.builder.next)


class _Gate:
    """Lets as many columns in as the pace's window says at this moment."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._inside = 0
        self._changed = asyncio.Condition()

    async def __aenter__(self) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: self._inside < self._pace.window)
            self._inside += 1

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        async with self._changed:
            self._inside -= 1
            self._changed.notify(self._pace.window)
