"""Which cells are asked, and how? Only the columns that a profile uses; scalars by GET, columns side by side.

A column that fails after the device answered is kept as *incomplete*, so one broken table never costs the
others.
"""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campus.errors import DeviceError, DeviceSilent
from collectors.snmp.detect import Match
from collectors.snmp.walk import Column, Session, VarBind, Walk
from inventory.profile_language import ALL_TIERS, EntityKind, Expression, Profile, Table, Tier, refs

_SCALARS_PER_GET = 16


@dataclass(frozen=True, slots=True)
class Ask:
    """What one poll wants: columns of ``tiers``, and optional entities only if their kind is in ``optional``.

    What is not there ``within_s`` is left out and named, so that a slow or lossy device still tells the rest.
    `Tier.STATE` belongs to every poll. `Tier.NAMES` brings the keys and names that others are joined by: it is
    read at first; later `names` of an earlier walk may stand in for it.
    """

    tiers: frozenset[Tier] = ALL_TIERS
    optional: frozenset[str] = frozenset()
    within_s: float = 40

    def wants(self, entity: EntityKind) -> bool:
        """Whether entities of this kind are read."""
        return not entity.optional or entity.kind in self.optional


EVERYTHING = Ask()


async def fetch(device_id: str, matches: Sequence[Match], session: Session, ask: Ask, at: datetime) -> Walk:
    """Read what all ``matches`` need in one walk; its profile is the first one's.

    Raises:
        DeviceError: not one column could be read.
    """
    scalars, tables = _wanted(matches, ask)
    groups = [scalars[n : n + _SCALARS_PER_GET] for n in range(0, len(scalars), _SCALARS_PER_GET)]
    asked = {asyncio.create_task(_get(session, group)): group for group in groups}
    asked |= {asyncio.create_task(_walk(session, oid)): [oid] for oid in tables}
    parts = await _within(
        ask.within_s, asked, DeviceSilent(device_id, f"no column was whole within {ask.within_s:g} s")
    )
    columns = {column.oid: column for part in parts for column in part.columns}
    failures = [part.error for part in parts if part.error is not None]
    if failures and len(failures) == len(parts):
        raise failures[0]
    return Walk(device_id, matches[0].profile.name if matches else "", at, columns)


def names(walk: Walk, matches: Sequence[Match]) -> dict[str, Column]:
    """Give the columns of tier `Tier.NAMES` of ``walk``, to lay under later walks that do not ask for them."""
    everything = frozenset(kind for match in matches for kind in match.profile.entities)
    wanted = _wanted(matches, Ask(frozenset({Tier.NAMES}), everything))
    return {oid: walk.columns[oid] for part in wanted for oid in part if oid in walk.columns}


@dataclass(frozen=True, slots=True)
class _Part:
    columns: Sequence[Column]
    error: DeviceError | None = None


async def _within(seconds: float, asked: Mapping[asyncio.Task[_Part], Sequence[str]], late: DeviceError) -> list[_Part]:
    """Wait for all parts; those that are not there in time are given up, as incomplete columns."""
    try:
        if asked:
            await asyncio.wait(asked, timeout=seconds)
        done = {task for task in asked if task.done()}
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
    problem = f"not whole within {seconds:g} s"
    return [
        task.result() if task in done else _Part([Column(oid, (), problem) for oid in oids], late)
        for task, oids in asked.items()
    ]


async def _walk(session: Session, oid: str) -> _Part:
    try:
        return _Part([await session.walk(oid)])
    except DeviceError as error:
        return _Part([Column(oid, (), error.detail)], error)


async def _get(session: Session, oids: Sequence[str]) -> _Part:
    try:
        cells = await session.get([f"{oid}.0" for oid in oids])
    except DeviceError as error:
        return _Part([Column(oid, (), error.detail) for oid in oids], error)
    return _Part([Column(oid, _answered(cell)) for oid, cell in zip(oids, cells, strict=True)])


def _answered(cell: VarBind) -> Sequence[VarBind]:
    return () if cell.value is None else (cell,)


def _wanted(matches: Sequence[Match], ask: Ask) -> tuple[list[str], list[str]]:
    """Give the OIDs of the scalars and of the table columns to read, each once."""
    scalars: dict[str, None] = {}
    tables: dict[str, None] = {}
    for match in matches:
        for table, name in used(match, ask):
            oid = match.column(table, name)
            if oid is not None and table.columns[name].tier in ask.tiers:
                (tables if table.index else scalars)[oid] = None
    return list(scalars), list(tables)


def used(match: Match, ask: Ask) -> Iterator[tuple[Table, str]]:
    """Give the columns that the entities asked for depend on, in the order of the profile."""
    fields = _fields(match.profile, ask)
    for name, table in match.profile.tables.items():
        if name in fields and name not in match.spared:
            yield from ((table, column) for column in table.columns if column in fields[name])


def _fields(profile: Profile, ask: Ask) -> Mapping[str, set[str]]:
    """Give the columns that are needed, by table; a table of which only the rows matter gives its first."""
    needed: dict[str, set[str]] = {}
    for entity in profile.entities.values():
        if ask.wants(entity):
            for table, field in _asked_by(entity):
                _need(profile, needed, table, field)
    for ref in refs(profile.uptime) if profile.uptime is not None else ():
        _need(profile, needed, ref.table, ref.field)
    for name, fields in needed.items():
        if not fields & profile.tables[name].columns.keys():
            fields.add(next(iter(profile.tables[name].columns)))
    return needed


def _asked_by(entity: EntityKind) -> Iterator[tuple[str, str]]:
    expressions: Collection[Expression] = (*entity.values.values(), *entity.facts.values(), *entity.id)
    for expression in expressions:
        yield from ((ref.table, ref.field) for ref in refs(expression))
    for rows in entity.rows:
        keys: Iterable[str] = (*rows.key, *rows.sums)
        yield from ((rows.table, field) for field in keys)


def _need(profile: Profile, needed: dict[str, set[str]], name: str, field: str) -> None:
    table = profile.tables[name]
    fields = needed.get(name)
    if fields is None:
        fields = needed[name] = {part.field for part in table.where}
        if table.exists is not None:
            fields.add(table.exists)
    if field in fields:
        return
    fields.add(field)
    for lookup in table.lookups.get(field, ()):
        for mine, theirs in lookup.match:
            _need(profile, needed, name, mine)
            _need(profile, needed, lookup.table, theirs)
        _need(profile, needed, lookup.table, lookup.take)
