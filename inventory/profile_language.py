"""What can a vendor profile say? The profile language as frozen values, ready for the reader.

A profile names where a vendor keeps its cells (arcs, tables, columns) and what they mean (entities with
values and facts). Every value is an expression of the closed set below; there is no text to interpret left.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from campus.model import Evidence


class Tier(StrEnum):
    """How often a column is read: load and state each minute, counters each five, names a few times a day."""

    STATE = "state"
    COUNTERS = "counters"
    NAMES = "names"


ALL_TIERS = frozenset(Tier)

INDEX_TYPES = frozenset({"integer", "mac", "ip", "string", "string_implied", "mac_counted", "rest"})
FIXERS = frozenset({"text", "mac", "ip", "number", "numbers", "dhms", "uint32", "minus", "band", "mw_dbm"})


@dataclass(frozen=True, slots=True)
class Place:
    """An OID: ``below`` an arc of the profile (``H`` + ``2.1.10.1``), or absolute where ``arc`` is empty."""

    arc: str
    below: str

    def under(self, base: str) -> str:
        """Give the dotted OID when the arc answers at ``base``."""
        return ".".join(part for part in (base, self.below) if part)


@dataclass(frozen=True, slots=True)
class Arc:
    """One candidate for a named arc; the first under which GETNEXT answers wins and names the variant."""

    oid: str
    variant: str = ""
    evidence: Evidence | None = None


# ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Ref:
    """The cell, index part or looked-up field ``field`` of the entity's row in ``table``."""

    table: str
    field: str


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number."""

    value: float


@dataclass(frozen=True, slots=True)
class First:
    """The first option that answers; all options mean the same quantity."""

    options: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Convert:
    """``of`` mapped, fixed, scaled, checked, in this order.

    ``mapping`` goes from the text of the vendor's number to ours, ``None`` = known to say nothing; a number
    that it lacks becomes ``otherwise``, or no value and a gap where that is ``None``.
    """

    of: "Expression"
    mapping: Mapping[str, float | str | None] | None = None
    otherwise: float | str | None = None
    fix: str | None = None
    scale: float | None = None
    valid: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``add``, ``sub``, ``mul``, ``div`` from left to right; all operands or nothing."""

    operator: str
    operands: tuple["Expression", ...]


@dataclass(frozen=True, slots=True)
class Nth:
    """Item ``number`` (from 1) of a list of numbers."""

    items: "Expression"
    number: "Expression"


@dataclass(frozen=True, slots=True)
class Count:
    """How many entities of ``kind`` there are, or have ``metric`` equal to ``equals``."""

    kind: str
    metric: str = ""
    equals: float = 0


@dataclass(frozen=True, slots=True)
class Over:
    """``sum``, ``max`` or ``mean`` of a column over the rows of its table; each row must have the cell."""

    operator: str
    of: Ref


@dataclass(frozen=True, slots=True)
class Present:
    """1 if the entity has a row in ``table``, unless column ``unless`` of it answers on this device."""

    table: str
    unless: str


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter of ``bits``; the normaliser makes events (``rate`` false) or ``scale`` × events a second of it.

    ``most`` bounds a plausible rate; a change of ``since`` says that the counter began anew.
    """

    of: Ref
    bits: int
    rate: bool
    scale: float = 1
    most: "Expression | None" = None
    since: Ref | None = None


Expression = Ref | Number | First | Convert | Arithmetic | Nth | Count | Over | Present | Counter


# ── tables and entities ──────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``at`` below its table. ``absent`` are sentinels; outside ``valid`` is refused."""

    name: str
    at: str
    tier: Tier
    fix: str | None = None
    absent: frozenset[int] = frozenset()
    valid: tuple[float, float] | None = None
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """Only rows whose ``field`` is one of / none of ``values``, or unlike a pattern; a missing cell fails."""

    field: str
    values: frozenset[str] = frozenset()
    negated: bool = False
    unlike: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Take ``take`` from the row of ``table`` in which each (mine, theirs) of ``match`` agrees."""

    table: str
    match: tuple[tuple[str, str], ...]
    take: str


@dataclass(frozen=True, slots=True)
class Table:
    """Cells with a common index; without index they are scalars, seen by all entities.

    One with ``unless`` is a twin: it is asked only where that other table does not answer.
    """

    name: str
    place: Place
    index: tuple[tuple[str, str], ...]
    columns: Mapping[str, Column]
    exists: str | None = None
    where: tuple[Filter, ...] = ()
    lookups: Mapping[str, tuple[Lookup, ...]] = field(default_factory=dict)
    one_row: bool = False
    unless: str | None = None

    @property
    def shared(self) -> bool:
        """Whether all entities see its one row."""
        return self.one_row or not self.index

    def has(self, name: str) -> bool:
        """Whether rows have the field ``name``: a column, an index part or a lookup."""
        return name in self.columns or name in self.lookups or any(name == part for part, _ in self.index)


@dataclass(frozen=True, slots=True)
class Rows:
    """One table whose rows, keyed by ``key``, make (``adds``) or enrich entities.

    ``sums`` are fields added up over rows of one key. ``element`` names the field that stands in for a key
    that was not answered; each row of such a table is one entity for sure.
    """

    table: str
    key: tuple[str, ...]
    adds: bool = True
    sums: frozenset[str] = frozenset()
    element: str | None = None


@dataclass(frozen=True, slots=True)
class EntityKind:
    """How entities of one kind are made; no ``rows`` = the device itself.

    ``id`` are alternatives for the last part of an id; empty = the key, its parts joined by a slash.
    """

    kind: str
    rows: tuple[Rows, ...]
    values: Mapping[str, Expression]
    facts: Mapping[str, Expression]
    id: tuple[Ref, ...] = ()
    optional: bool = False
    only_when_up: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One vendor family. ``uptime`` (seconds) tells the normaliser when counters began anew."""

    name: str
    extends: str | None
    detect: Place
    evidence: Evidence | None
    arcs: Mapping[str, tuple[Arc, ...]]
    tables: Mapping[str, Table]
    entities: Mapping[str, EntityKind]
    uptime: Expression | None = None


def refs(expression: Expression) -> Iterator[Ref]:
    """Give every cell that ``expression`` may ask for; of `Present` its table with the field it looks at."""
    match expression:
        case Ref():
            yield expression
        case Present(table=table, unless=unless):
            yield Ref(table, unless)
        case _:
            for part in _parts(expression):
                yield from refs(part)


def _parts(expression: Expression) -> Sequence[Expression]:
    match expression:
        case First(options=parts) | Arithmetic(operands=parts):
            return parts
        case Convert(of=inner) | Over(of=inner):
            return (inner,)
        case Nth(items=items, number=number):
            return (items, number)
        case Counter(of=of, most=most, since=since):
            return [part for part in (of, most, since) if part is not None]
        case _:
            return ()
