"""Which profiles fit this device, and on which arcs does it answer?

What answers GETNEXT decides, never sysObjectID: recorded H3C controllers name one enterprise tree there and
answer in another, and a card can carry the system group of the switch that it sits in.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from campus.model import Evidence
from collectors.snmp import ber
from collectors.snmp.walk import Session, VarBind
from inventory.profile import Profiles
from inventory.profile_language import Arc, Place, Profile, Table

_VENDORS = "1.3.6.1.4.1."


@dataclass(frozen=True, slots=True)
class Match:
    """A profile that fits: ``arcs`` maps its arc names to the OID that answered; one that did not is missing.

    ``spared`` are the tables that need not be asked, since their better twins answer.
    """

    profile: Profile
    arcs: Mapping[str, str]
    variant: str
    evidence: Evidence | None
    spared: frozenset[str] = frozenset()

    def oid(self, place: Place) -> str | None:
        """Give the dotted OID of ``place``; ``None`` if nothing answers under its arc."""
        if not place.arc:
            return place.below
        base = self.arcs.get(place.arc)
        return None if base is None else place.under(base)

    def column(self, table: Table, name: str) -> str | None:
        """Give the dotted OID of a column; ``None`` as in `oid`."""
        base = self.oid(table.place)
        return None if base is None else f"{base}.{table.columns[name].at}"


async def detect(session: Session, profiles: Profiles) -> list[Match]:
    """Find those of ``profiles`` that fit, vendors' own arcs first.

    A match that another match extends is dropped; several may remain (a controller card in a switch).

    Raises:
        DeviceError: nothing could be read.
    """
    places = {oid for profile in profiles.values() for oid in _probes(profile)}
    answers = await _answering(session, places)
    matches = [match for profile in profiles.values() if (match := _match(profile, answers)) is not None]
    extended = {match.profile.extends for match in matches}
    left = [match for match in matches if match.profile.name not in extended]
    return sorted([await _with_spared(session, match) for match in left], key=_order)


async def _with_spared(session: Session, match: Match) -> Match:
    tables = match.profile.tables
    twins = {name: match.oid(tables[table.unless].place) for name, table in tables.items() if table.unless is not None}
    answers = await _answering(session, {oid for oid in twins.values() if oid is not None})
    return replace(match, spared=frozenset(name for name, oid in twins.items() if oid in answers))


def _order(match: Match) -> tuple[bool, str]:
    oid = match.oid(match.profile.detect) or ""
    return (not oid.startswith(_VENDORS), match.profile.name)


def _probes(profile: Profile) -> Iterable[str]:
    for arcs in profile.arcs.values():
        yield from (arc.oid for arc in arcs)
    yield from candidates(profile)


def candidates(profile: Profile) -> list[str]:
    """Give the OIDs of which one must answer."""
    place = profile.detect
    return [place.under(arc.oid) for arc in profile.arcs.get(place.arc, (Arc(""),))]


async def _answering(session: Session, oids: Collection[str]) -> frozenset[str]:
    """Tell under which OIDs the device has at least one cell.

    The first question goes alone: a device that is down costs one time-out, not one for each profile.
    """
    found = {oid: await session.get_next(oid) for oid in sorted(oids)[:1]}
    others = sorted(oids)[1:]
    answers = await asyncio.gather(*map(session.get_next, others), return_exceptions=True)
    for oid, cell in zip(others, answers, strict=True):
        if isinstance(cell, BaseException):
            raise cell
        found[oid] = cell
    return frozenset(oid for oid, cell in found.items() if cell is not None and _is_below(cell, oid))


def _is_below(cell: VarBind, oid: str) -> bool:
    return cell.value is not None and cell.oid.startswith(ber.encode_oid(oid))


def _match(profile: Profile, answers: Collection[str]) -> Match | None:
    oids = candidates(profile)
    number = next((n for n, oid in enumerate(oids) if oid in answers), None)
    if number is None:
        return None
    arcs = {name: oid for name, choices in profile.arcs.items() if (oid := _first(choices, answers)) is not None}
    chosen = Arc("")
    if profile.detect.arc:
        chosen = profile.arcs[profile.detect.arc][number]
        arcs[profile.detect.arc] = chosen.oid
    return Match(profile, arcs, chosen.variant, chosen.evidence or profile.evidence)


def _first(arcs: Iterable[Arc], answers: Collection[str]) -> str | None:
    return next((arc.oid for arc in arcs if arc.oid in answers), None)
