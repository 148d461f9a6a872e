"""How do conditions, newest readings and places become the rows that are sent?"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from pydantic import Field

from api.places import Places
from api.services import Services
from api.shapes import NOT_TOLD, CauseOut, Freshness, Out, Place, StateOut, Value, text
from campus.catalogue import Catalogue
from campus.indicators.live import newest
from campus.model import Cause, Condition, Latest, Membership, Scope, Service, State, Tally


class EntityOut(Out):
    """What all entities share; facts that no source has told are null."""

    id: str
    name: str
    service: Service
    condition: StateOut
    area: Place | None = Field(description="null = not placed")
    building: Place | None = Field(description="null = not placed in a building")
    floor: Place | None = Field(description="null = not placed on a floor")


class DeviceOut(EntityOut):
    """One controller, switch or host. ``group`` is its HA group, or its own id."""

    group: str
    model: str | None = Field(description=NOT_TOLD)
    software: str | None = Field(description=NOT_TOLD)
    serial: str | None = Field(description=NOT_TOLD)
    values: list[Value]
    fresh: Freshness


def fresh(rows: Iterable[Latest], services: Services) -> Freshness:
    """The freshness of what several readings say together: that of the newest."""
    last = max(rows, key=lambda row: row.at, default=None)
    if last is None:
        return Freshness(as_of=None, stale_at=None)
    return Freshness(as_of=services.local(last.at), stale_at=services.local(stale_at(last)))


def stale_at(row: Latest) -> datetime:
    """When a reading is too old to be shown as the present: after two of its intervals, so one may come late."""
    return row.at + 2 * (row.until - row.at)


def census(conditions: Iterable[Condition]) -> dict[Scope, Tally]:
    """Count entities by state for every scope that holds one: the tally of one instant."""
    tallies: dict[Scope, Tally] = defaultdict(Tally)
    for one in conditions:
        mark = _MARKS[one.state]
        for scope in one.member.scopes:
            tallies[scope] += mark
    return dict(tallies)


_MARKS = {state: Tally(**{state.value: 1}) for state in State}


def condition(one: Condition, places: Places, services: Services) -> StateOut:
    """How one entity is, as it is sent; a cause in the entity itself carries its name."""
    return StateOut(
        state=one.state,
        cause=_cause(one.cause, one.member, places) if one.cause else None,
        since=services.local(one.since),
        seen_at=services.local_or_none(one.seen_at),
    )


def _cause(cause: Cause, member: Membership, places: Places) -> CauseOut:
    own = member.name if cause.id == member.entity.id else ""
    return CauseOut(kind=cause.kind, id=cause.id, name=own or places.device(cause.id))


def placed(one: Condition, places: Places) -> dict[str, Place | None]:
    """The area, building and floor of one entity."""
    found = {scope.type: places.place(scope) for scope in one.member.scopes}
    return {kind: found.get(kind) for kind in ("area", "building", "floor")}


def values(row: Latest | None, catalogue: Catalogue) -> list[Value]:
    """The newest values of one entity with their labels and units."""
    if row is None:
        return []
    known = [(name, value, catalogue.metrics[name]) for name, value in sorted(row.values.items())]
    return [
        Value(metric=name, label=text(metric.label), value=value, unit=metric.unit) for name, value, metric in known
    ]


async def devices(services: Services, kind: str) -> list[DeviceOut]:
    """All devices of ``kind`` in the order of their ids."""
    backend, now = services.backend, services.now()
    conditions = await backend.conditions(kind, now)
    places = Places(backend.estate)
    rows = newest(await backend.latest(kind))
    return [
        _device(one, rows.get(one.member.entity.id), places, services)
        for one in sorted(conditions, key=lambda one: one.member.entity.id)
    ]


def _device(one: Condition, row: Latest | None, places: Places, services: Services) -> DeviceOut:
    facts = row.facts if row else {}
    member = one.member
    return DeviceOut(
        id=member.entity.id,
        name=member.name or member.entity.id,
        service=member.service,
        condition=condition(one, places, services),
        **placed(one, places),
        group=member.group or member.entity.id,
        model=facts.get("model"),
        software=facts.get("software") or facts.get("os"),
        serial=facts.get("serial"),
        values=values(row, services.backend.catalogue),
        fresh=fresh([row] if row else [], services),
    )
