"""What does a store get from one turn of the poll loop?

A device's own measurements under the device's id; what the collector witnessed (did SNMP answer, did an echo)
under the collector's. All of it bears the start of the cycle in which it was taken, and stands for that cycle.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campus.catalogue import Catalogue
from campus.model import Batch, Entity, Measurement, PollResult
from collectors.echo import Echo
from collectors.schedule import snap

SOURCE = "collector"
_ANSWERING_KINDS = frozenset({"ac", "host", "switch"})


@dataclass(frozen=True, slots=True)
class Target:
    """A device as the poll loop sees it: ``kind`` is ``ac``, ``host`` or ``switch``; echoes go to ``address``.

    Units of one HA ``group`` are asked together; a device without one is its own.
    """

    device_id: str
    kind: str
    address: str
    ha_group: str = ""

    @property
    def group(self) -> str:
        """The HA group, or the device itself."""
        return self.ha_group or self.device_id


def by_group(targets: Iterable[Target]) -> list[list[Target]]:
    """Put the units of each HA group together, in the order in which the groups come."""
    groups: dict[str, list[Target]] = {}
    for target in targets:
        groups.setdefault(target.group, []).append(target)
    return list(groups.values())


@dataclass(frozen=True, slots=True)
class Asking:
    """What came of asking one device once. ``echo`` is ``None`` where no witness could ask.

    ``answered`` is ``None`` where we never learned it: the deadline cut the device off, or we erred ourselves.
    """

    target: Target
    result: PollResult
    answered: bool | None
    echo: Echo | None


@dataclass(frozen=True, slots=True)
class Holds:
    """How long a reading stands: one cycle; one of the counters until they are read again."""

    state: timedelta
    counters: timedelta


def of_asking(asking: Asking, holds: Holds, witness: str, catalogue: Catalogue) -> list[Batch]:
    """Give what to keep of one asking; ``witness`` names the echo witness."""
    at = snap(asking.result.at, holds.state)
    device_id = asking.target.device_id
    own = tuple(replace(one, entity=catalogue.keyed(one.entity, device_id), at=at) for one in _with_answer(asking))
    snmp = [] if asking.answered is None else [_asked(at, device_id, answered=asking.answered)]
    echo = [] if asking.echo is None else [_echoed(at, device_id, asking.echo, witness)]
    batches = [
        Batch(device_id, holds.counters, tuple(_counters(own, catalogue))),
        Batch(device_id, holds.state, tuple(_states(own, catalogue))),
        Batch(SOURCE, holds.state, (*snmp, *echo)),
    ]
    return [batch for batch in batches if batch.measurements]


def _counters(measured: Iterable[Measurement], catalogue: Catalogue) -> Iterator[Measurement]:
    for one in measured:
        values = {name: value for name, value in one.values.items() if name in catalogue.counters}
        if values:
            yield replace(one, values=values, facts={})


def _states(measured: Iterable[Measurement], catalogue: Catalogue) -> Iterator[Measurement]:
    """What is left when the counters are told apart; an entity of which nothing at all is known is none."""
    for one in measured:
        if one.values or one.facts:
            values = {name: value for name, value in one.values.items() if name not in catalogue.counters}
            yield replace(one, values=values)


def of_anchors(at: datetime, period: timedelta, witness: str, echoes: Mapping[str, Echo]) -> list[Batch]:
    """Give what to keep of the anchors' echoes, by address."""
    reach = tuple(_echoed(at, f"anchor:{address}", echo, witness) for address, echo in echoes.items())
    return [Batch(SOURCE, period, reach)] if reach else []


def _with_answer(asking: Asking) -> Iterable[Measurement]:
    """Add "it answers" to the device itself. The contrary is never told: SNMP alone proves no device down."""
    measured = list(asking.result.measurements)
    if not asking.answered:
        return measured
    own = Entity(asking.target.kind, asking.target.device_id)
    if all(one.entity != own for one in measured):
        measured.append(Measurement(own, asking.result.at, {}))
    return [_answering(one) if _is_device(one.entity, own.id) else one for one in measured]


def _is_device(entity: Entity, device_id: str) -> bool:
    return entity.id == device_id and entity.kind in _ANSWERING_KINDS


def _answering(measurement: Measurement) -> Measurement:
    return replace(measurement, values={**measurement.values, f"{measurement.entity.kind}.up": 1.0})


def _asked(at: datetime, device_id: str, *, answered: bool) -> Measurement:
    facts = {"target": device_id, "witness": "snmp"}
    return Measurement(Entity("reach", f"{device_id}/snmp"), at, {"reach.up": float(answered)}, facts)


def _echoed(at: datetime, target: str, echo: Echo, witness: str) -> Measurement:
    values = {"reach.up": float(echo.up), "reach.loss_ratio": echo.loss_ratio}
    if echo.rtt_s is not None:
        values["reach.rtt_s"] = echo.rtt_s
    return Measurement(Entity("reach", f"{target}/icmp"), at, values, {"target": target, "witness": witness})
