"""How does a simulated campus get a past? By the same road as the present, under a simulated clock.

Each device of the lab is asked for what it would have answered then; reading, normalising, keeping and
counting are the suite's own. What is kept so is recorded as ``synthetic``.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from types import TracebackType
from typing import Self

from api.engine import Engine
from campus.catalogue import Catalogue
from campus.errors import DeviceSilent
from campus.indicators.timeline import MINUTE
from campus.model import Batch, Measurement
from campus.store.contracts import Record, RecordStore
from campus.store.sqlite import SqliteStore
from collectors.batches import Asking, Holds, Target, of_anchors, of_asking
from collectors.echo import Echo
from collectors.snmp import ber
from collectors.snmp.collect import DevicePoll
from collectors.snmp.fetch import EVERYTHING
from collectors.snmp.walk import Column, VarBind
from inventory import profile
from lab.ber import Oid
from lab.faults import Outage
from lab.history import History
from lab.mib import Cell, Snapshot

STEP = timedelta(hours=1)
LAG = timedelta(seconds=30)
"""How far into its minute a device is asked: a poll that misses is repeated, and an HA pair swaps, within it."""
WITNESS = "lab"
ANSWERED = Echo(1, (0.001,))
LOST = Echo(1, ())
SYNTHETIC = "synthetic"
"""The kind of the records that tell of a past that was made up."""


class PastSession:
    """What one device of the lab would have answered at one instant; silent if it was."""

    def __init__(self, device_id: str, snapshot: Snapshot | None) -> None:
        self._device_id = device_id
        self._snapshot = snapshot

    async def get(self, oids: Sequence[str]) -> list[VarBind]:
        """GET, as `collectors.snmp.walk.Session` tells."""
        held = self._held()
        cells = ((oid, held.get(tuple(map(int, oid.split("."))))) for oid in oids)
        return [
            _varbind(cell) if cell else VarBind(ber.encode_oid(oid), ber.NO_SUCH_INSTANCE, None) for oid, cell in cells
        ]

    async def get_next(self, oid: str) -> VarBind | None:
        """GETNEXT."""
        cell = self._held().following(tuple(map(int, oid.split("."))))
        return _varbind(cell) if cell else None

    async def walk(self, oid: str) -> Column:
        """A walk."""
        return Column(oid, [_varbind(cell) for cell in self._held().below(tuple(map(int, oid.split("."))))])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def _held(self) -> Snapshot:
        if self._snapshot is None:
            raise DeviceSilent(self._device_id, "no answer")
        return self._snapshot


def _varbind(cell: Cell) -> VarBind:
    value = ".".join(map(str, cell.value)) if isinstance(cell.value, tuple) else cell.value
    return VarBind(_octets(cell.oid), cell.tag, value)


@cache
def _octets(oid: Oid) -> bytes:
    return ber.encode_arcs(oid)


class Past:
    """The past of the lab, kept in a store."""

    def __init__(self, history: History, store: SqliteStore, catalogue: Catalogue, anchor: str) -> None:
        self._history = history
        self._store = store
        self._catalogue = catalogue
        self._anchor = anchor
        profiles = profile.load()
        self._polls = {device.id: DevicePoll(device.id, profiles) for device in history.plan.devices}

    async def relive(self, instants: Sequence[datetime]) -> None:
        """Poll every device at all ``instants`` but the last; what it tells stands until the next one."""
        told: dict[tuple[str, timedelta], list[Measurement]] = defaultdict(list)
        for at, following in pairwise(instants):
            for batch in await self._batches(at, following - at):
                told[batch.source, batch.holds].extend(batch.measurements)
        for (source, holds), measurements in told.items():
            await self._store.write(Batch(source, holds, tuple(measurements)))

    async def _batches(self, at: datetime, holds: timedelta) -> list[Batch]:
        batches = of_anchors(at, holds, WITNESS, {self._anchor: ANSWERED})
        for device in self._history.plan.devices:
            asked_at = at + LAG
            answers = self._history.answers(device.id, asked_at)
            session = PastSession(device.id, self._history.snapshot(device.id, asked_at) if answers else None)
            result = await self._polls[device.id].poll(session, EVERYTHING, at)
            echo = ANSWERED if self._history.echoes(device.id, asked_at) else LOST
            asking = Asking(Target(device.id, device.kind, ""), result, answers, echo)
            told = of_asking(asking, Holds(MINUTE, MINUTE), WITNESS, self._catalogue)
            batches += [replace(batch, holds=holds) for batch in told]
        return batches


def instants(start: datetime, end: datetime, outages: Sequence[Outage]) -> list[datetime]:
    """When the past is looked at: every `STEP`, and in the minutes in which something broke or was mended."""
    steps = {start + number * STEP for number in range(int((end - start) / STEP))}
    edges = {edge.replace(second=0, microsecond=0) for one in outages for edge in (one.since, one.until) if edge}
    return sorted({*steps, *(edge for edge in edges if start < edge < end), end})


async def is_remembered(records: RecordStore) -> bool:
    """Whether a past was made to its end. One whose making was cut short is made again, over what is there of it."""
    return bool(await records.list(SYNTHETIC))


async def remember(judges: Engine, records: RecordStore, window: tuple[datetime, datetime], now: datetime) -> None:
    """Count the past, and record that all of it is synthetic."""
    await judges.ledger.recount(*window)
    body = {"start": window[0].isoformat(), "end": window[1].isoformat(), "evidence": "synthetic"}
    await records.append(Record(SYNTHETIC, window[0].isoformat(), now, "campus demo", body))
