"""Which of the AP entities that controllers tell of are one AP, and when was it seen?

One AP may be known by its serial at one source and by its MAC at another, or change from the one to the other
with its profile. It is counted under one entity at a time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from campus.model import Entity, Latest
from campus.settings import ap_key

OUTLIVED = timedelta(hours=1)
"""How much longer an entity must be told of than the other one of the same AP, to be the one that is left."""

_NO_KEYS = frozenset({"", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"})


@dataclass(frozen=True, slots=True)
class Sighting:
    """An AP as its sources tell of it under one entity; it counts under it during ``[since, until)``.

    ``keys`` are its serials and MACs, serials first; ``sources`` the devices that ever told of it, first
    the one that has it up, else the newest.
    """

    entity: Entity
    keys: tuple[str, ...]
    name: str
    sources: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    first_up: datetime | None
    since: datetime | None = None
    until: datetime | None = None


def sightings(seen: Iterable[Latest], first_up: Mapping[Entity, datetime]) -> list[Sighting]:
    """Tell the APs apart; ``first_up`` says when each entity was first seen up."""
    by_entity: dict[Entity, list[Latest]] = defaultdict(list)
    for row in seen:
        by_entity[row.entity].append(row)
    single = [_sighting(entity, rows, first_up.get(entity)) for entity, rows in by_entity.items()]
    return [one for group in _aliases(single) for one in _as_one(group)]


def _sighting(entity: Entity, rows: list[Latest], first_up: datetime | None) -> Sighting:
    newest = max(row.at for row in rows)
    rows.sort(key=lambda row: (row.values.get("ap.up") == 1 and row.until > newest, row.at), reverse=True)
    keys = (row.facts.get(fact, "") for fact in ("serial", "mac") for row in rows)
    return Sighting(
        entity=entity,
        keys=_distinct((*keys, entity.id)),
        name=next((row.facts["name"] for row in rows if row.facts.get("name")), ""),
        sources=tuple(dict.fromkeys(row.source for row in rows)),
        first_seen=min(row.first_seen for row in rows),
        last_seen=newest,
        first_up=first_up,
    )


def _distinct(keys: Iterable[str]) -> tuple[str, ...]:
    """Serials first, then MACs, each once."""
    known = dict.fromkeys(key for raw in keys if (key := ap_key(raw)) not in _NO_KEYS)
    return tuple(sorted(known, key=lambda key: ":" in key))


def _aliases(single: Iterable[Sighting]) -> list[list[Sighting]]:
    """Put together those that share a key."""
    by_key: dict[str, list[Sighting]] = {}
    for one in single:
        known = {id(group): group for key in one.keys if (group := by_key.get(key))}
        merged = [*(member for group in known.values() for member in group), one]
        by_key.update((key, merged) for member in merged for key in member.keys)
    return list({id(group): group for group in by_key.values()}.values())


def _as_one(group: list[Sighting]) -> list[Sighting]:
    """Let one AP count under one of its entities at a time: of those that were seen up, the one that appeared
    first, until the next one appears after it or outlives it."""
    if len(group) == 1:
        return group
    keys = _distinct(key for one in group for key in one.keys)
    name = next((one.name for one in sorted(group, key=lambda one: one.last_seen, reverse=True) if one.name), "")
    told = [one for one in group if one.first_up] or group[:1]
    kept: list[Sighting] = []
    for one in sorted((replace(one, keys=keys, name=name) for one in told), key=lambda one: one.first_seen):
        if not kept:
            kept.append(one)
        elif one.first_seen > kept[-1].last_seen or one.last_seen > kept[-1].last_seen + OUTLIVED:
            handover = max(one.first_seen, kept[-1].last_seen)
            kept[-1] = replace(kept[-1], until=handover)
            kept.append(replace(one, since=handover))
    return kept
