"""What does an SNMP device's answer look like before anybody interprets it?

The hand-overs between a session (bytes), `fetch` (which columns) and `read` (what they mean).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import NamedTuple, Protocol, Self

Value = int | bytes | float | str
"""INTEGER, Counter, Gauge, TimeTicks = int; OCTET STRING, IpAddress, Opaque = bytes; Opaque float = float;
OBJECT IDENTIFIER = dotted str."""


class VarBind(NamedTuple):
    """One cell: ``oid`` as BER content octets (prefix test = ``startswith``), the wire's ``tag``, the value.

    ``value`` is ``None`` for NULL, noSuchObject, noSuchInstance and endOfMibView (told apart by ``tag``).
    """

    oid: bytes
    tag: int
    value: Value | None


@dataclass(frozen=True, slots=True)
class Column:
    """All cells below one prefix, in the order the agent served them.

    ``problem`` says why the column is *incomplete* (time-out, error-status, repeated OID, row cap) and is
    ``None`` when the walk ended regularly; an incomplete column never means "rows gone".
    ``backward`` counts OIDs that were smaller than their predecessor but new.
    """

    oid: str
    varbinds: Sequence[VarBind]
    problem: str | None = None
    backward: int = 0


@dataclass(frozen=True, slots=True)
class Walk:
    """One device's answer to what one profile asks: the columns by their dotted prefix."""

    device_id: str
    profile: str
    at: datetime
    columns: Mapping[str, Column]


class Session(Protocol):
    """Something that answers SNMP requests: a device over UDP, or a recording of one.

    Every method raises `campus.errors.DeviceSilent`, `DeviceRefused` or `DeviceNonsense` when nothing at all
    could be read; ``walk`` keeps what it has and sets ``Column.problem`` once the first answer was there.
    """

    async def get(self, oids: Sequence[str]) -> list[VarBind]:
        """GET: one varbind for each OID, in order; ``value`` is ``None`` where the agent has none."""
        ...

    async def get_next(self, oid: str) -> VarBind | None:
        """GETNEXT: the first cell after ``oid``; ``None`` at the end of the MIB."""
        ...

    async def walk(self, oid: str) -> Column:
        """All cells below ``oid``."""
        ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
