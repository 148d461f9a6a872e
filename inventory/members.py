"""Who is in service, where, and since when? The estate's statements joined with what was seen."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from campus.errors import NotFound
from campus.model import Entity, Latest, Membership, Scope, SeriesQuery, Service
from campus.store.contracts import SeriesStore
from inventory.estate import Duty, Estate
from inventory.mounts import ap_memberships
from inventory.sightings import Sighting, sightings

DEVICE_KINDS = frozenset({"ac", "switch", "host"})


@dataclass(frozen=True, slots=True)
class Survey:
    """What a person should look at: APs without a place, and statements that contradict what is seen."""

    unplaced: tuple[Membership, ...]
    warnings: tuple[str, ...]


class EstateMembers:
    """The `campus.model.Members` of an estate over a store."""

    def __init__(self, estate: Estate, store: SeriesStore) -> None:
        self._estate = estate
        self._store = store
        self._first_up: dict[Entity, datetime] = {}

    async def memberships(self, kind: str, start: datetime, end: datetime) -> Sequence[Membership]:
        """Give the memberships of all entities of ``kind`` that overlap ``[start, end)``.

        Kinds are ac, switch, host and ap; ``radio`` (of the APs), and ``reach`` (the asking of each device).

        Raises:
            NotFound: the estate has no entities of this kind.
        """
        if kind == "ap":
            found = ap_memberships(self._estate, await self._sightings(end))
        elif kind == "radio":
            aps = ap_memberships(self._estate, await self._sightings(end))
            found = radio_memberships(aps, await self._store.latest("radio"))
        elif kind == "reach":
            found = [_asking(one) for known in sorted(DEVICE_KINDS) for one in device_memberships(self._estate, known)]
        elif kind in DEVICE_KINDS:
            found = device_memberships(self._estate, kind)
        else:
            raise NotFound(f"the estate has no entities of kind {kind}")
        return [one for one in found if _overlaps(one, start, end)]

    async def survey(self, now: datetime) -> Survey:
        """Say which APs have no place at ``now``, and which statements do not fit what is seen."""
        seen = await self._sightings(now)
        found = ap_memberships(self._estate, seen)
        unplaced = (
            one
            for one in found
            if one.service is Service.UNPLACED and Duty(one.service, one.since, one.until).holds(now)
        )
        return Survey(tuple(unplaced), tuple(_warnings(self._estate, seen)))

    async def _sightings(self, end: datetime) -> list[Sighting]:
        rows = await self._store.latest("ap")
        await self._learn([row for row in rows if row.entity not in self._first_up], end)
        return sightings(rows, self._first_up)

    async def _learn(self, rows: Sequence[Latest], end: datetime) -> None:
        """Find out when APs were first seen up: what was found once stays true."""
        start = min((row.first_seen for row in rows), default=end)
        if start >= end:
            return
        entities = tuple({row.entity for row in rows})
        for series in await self._store.range(SeriesQuery(("ap.up",), start, end, entities)):
            up = min((span.start for span in series.spans if span.value == 1), default=None)
            if up is not None:
                self._first_up[series.entity] = min(up, self._first_up.get(series.entity, up))


def device_memberships(estate: Estate, kind: str) -> list[Membership]:
    """Give the memberships of the devices of one kind, of all times."""
    return [
        Membership(
            entity=Entity(kind, device.id),
            scopes=device.scopes,
            service=device.duty.service,
            since=device.duty.since,
            until=device.duty.until,
            sources=(device.id,),
            group=device.group,
            name=device.name,
        )
        for device in estate.devices
        if device.kind == kind
    ]


def radio_memberships(aps: Iterable[Membership], seen: Iterable[Latest]) -> list[Membership]:
    """Give the memberships of the radios that were seen: each lies in its AP and shares its duty and its sources."""
    first: dict[Entity, datetime] = {}
    for row in seen:
        first[row.entity] = min(row.first_seen, first.get(row.entity, row.first_seen))
    by_ap: dict[str, list[tuple[Entity, datetime]]] = defaultdict(list)
    for entity, first_seen in first.items():
        by_ap[entity.id.rpartition("/")[0]].append((entity, first_seen))
    return [
        replace(
            ap,
            entity=radio,
            scopes=(*ap.scopes, Scope("ap", ap.entity.id)),
            since=max(filter(None, (ap.since, first_seen))),
            name=f"{ap.name}/{radio.id.rpartition('/')[2]}",
        )
        for ap in aps
        for radio, first_seen in by_ap[ap.entity.id]
        if ap.until is None or first_seen < ap.until
    ]


def _asking(device: Membership) -> Membership:
    """The asking of one device over SNMP, as the collector keeps it."""
    return replace(device, entity=Entity("reach", f"{device.entity.id}/snmp"))


def _overlaps(member: Membership, start: datetime, end: datetime) -> bool:
    return (member.since is None or member.since < end) and (member.until is None or start < member.until)


def _warnings(estate: Estate, seen: Iterable[Sighting]) -> Iterator[str]:
    for one in seen:
        homes = {scope.id for source in one.sources for scope in estate.home(source) if scope.type == "area"}
        if len(homes) > 1:
            areas = ", ".join(sorted(homes))
            yield f"AP {one.entity.id} is told of by controllers of the areas {areas}; its own floor counts"
        rows = [key for key in (*one.keys, one.name) if key in estate.table]
        if len(rows) > 1:
            yield f"AP {one.entity.id} stands in the table as {', '.join(rows)}; {rows[0]} counts"
