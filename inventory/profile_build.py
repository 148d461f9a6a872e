"""Does a well-formed profile make sense? Turns its shape into a `Profile`, every wrong reference reported."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from campus.catalogue import Catalogue
from campus.errors import Fault
from campus.strict_yaml import Document, Spot
from inventory.profile_language import (
    Arc,
    Column,
    Convert,
    Counter,
    EntityKind,
    Expression,
    Filter,
    First,
    Lookup,
    Place,
    Profile,
    Ref,
    Rows,
    Table,
    refs,
)
from inventory.profile_shape import EntityShape, FilterShape, LookupShape, ProfileShape, RowsShape, TableShape
from inventory.profile_values import ValueParser

_ADDRESSES = {"mac": ({"mac"}, {"mac", "mac_counted"}), "ip": ({"ip"}, {"ip"})}
"""Facts that must come from a column with one of these fixers, or an index part of one of these types."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a spot of a merged profile was written: in the file itself, or in the one that it extends."""

    document: Document
    base: Document | None

    def fault(self, spot: Spot, what: str, hint: str) -> Fault:
        """Name a mistake in the file that says it."""
        inherited = self.base is not None and spot not in self.document.lines and spot in self.base.lines
        return (self.base if inherited and self.base else self.document).fault(spot, what, hint)


@dataclass(slots=True)
class Builder:
    """Builds one profile; ``faults`` are the mistakes found."""

    source: Source
    catalogue: Catalogue
    faults: list[Fault] = field(default_factory=list)

    def profile(self, shape: ProfileShape) -> Profile:
        """Build the profile; what is wrong is left out of it and reported."""
        arcs = {name: tuple(Arc(a.oid, a.variant, a.evidence) for a in shape.arcs[name]) for name in shape.arcs}
        given = {name: table for name, table in shape.tables.items() if table is not None}
        tables = {name: self._table(name, table, arcs) for name, table in given.items()}
        for name, table in given.items():
            self._check_lookups(name, table, tables)
            if table.unless is not None and table.unless not in tables:
                self._report(("tables", name, "unless"), f"there is no table {table.unless!r}")
        entities = {kind: entity for kind, entity in shape.entities.items() if entity is not None}
        parser = ValueParser(tables, frozenset(entities), self.catalogue, self._report)
        self._check_heads(shape, entities)
        return Profile(
            name=shape.profile,
            extends=shape.extends,
            detect=self._place(shape.detect.answers if shape.detect else "", ("detect", "answers"), arcs),
            evidence=shape.evidence,
            arcs=arcs,
            tables=tables,
            entities={k: self._entity(k, e, shape.identity.get(k), parser) for k, e in entities.items()},
            uptime=parser.parse(shape.uptime, ("uptime",)) if shape.uptime is not None else None,
        )

    def _report(self, spot: Spot, what: str, hint: str = "") -> None:
        self.faults.append(self.source.fault(spot, what, hint))

    def _check_heads(self, shape: ProfileShape, entities: Mapping[str, EntityShape]) -> None:
        if shape.detect is None:
            self._report(("profile",), "a profile says by detect: {answers: OID} which devices it fits")
        for kind in shape.identity.keys() - entities.keys():
            self._report(("identity", kind), f"there is no entity {kind!r} in this profile")
        elsewhere = any(arc.evidence for arcs in shape.arcs.values() for arc in arcs)
        if shape.evidence is None and not elsewhere:
            self._report(("profile",), "no evidence is stated", "write evidence: recorded (or what is true)")

    def _place(self, oid: str, spot: Spot, arcs: Mapping[str, object]) -> Place:
        first, _, rest = oid.partition(".")
        if not first.isalpha():
            return Place("", oid)
        if first not in arcs:
            self._report(spot, f"there is no arc {first!r}", f"known: {', '.join(sorted(arcs))}")
        return Place(first, rest)

    # ── tables ───────────────────────────────────────────────────────────────────────────────────────────────

    def _table(self, name: str, shape: TableShape, arcs: Mapping[str, object]) -> Table:
        spot = ("tables", name)
        if shape.oid is None:
            self._report(spot, f"table {name!r} has no oid")
        if not shape.columns:
            self._report(spot, f"table {name!r} has no columns")
        if shape.one_row and not shape.index:
            self._report((*spot, "one_row"), "a table without index has one row anyway")
        known = shape.columns.keys() | shape.index.keys()
        for key in shape.where.keys() - known:
            self._report((*spot, "where", key), f"table {name!r} has no column or index part {key!r}")
        if shape.exists is not None and shape.exists not in shape.columns:
            self._report((*spot, "exists"), f"table {name!r} has no column {shape.exists!r}")
        for twice in (shape.columns.keys() & shape.index.keys()) | (shape.lookup.keys() & known):
            self._report(spot, f"table {name!r} has two fields named {twice!r}")
        return Table(
            name=name,
            place=self._place(shape.oid or "", (*spot, "oid"), arcs),
            index=tuple(shape.index.items()),
            columns={
                key: Column(key, c.at, c.tier or shape.tier, c.fix, frozenset(c.absent), c.valid, c.optional)
                for key, c in shape.columns.items()
            },
            exists=shape.exists,
            where=tuple(_filter(key, part) for key, part in shape.where.items()),
            lookups={key: tuple(map(_lookup, parts)) for key, parts in shape.lookup.items()},
            one_row=shape.one_row,
            unless=shape.unless,
        )

    def _check_lookups(self, name: str, shape: TableShape, tables: Mapping[str, Table]) -> None:
        for field_name, parts in shape.lookup.items():
            for part in parts:
                spot = ("tables", name, "lookup", field_name)
                other = tables.get(part.in_)
                if other is None:
                    self._report(spot, f"there is no table {part.in_!r}")
                    continue
                theirs = {*part.match.values(), part.take}
                self._check_fields(spot, part.in_, theirs, other.columns.keys() | dict(other.index).keys())
                self._check_fields(spot, name, part.match, shape.columns.keys() | shape.index.keys())

    def _check_fields(self, spot: Spot, table: str, asked: Iterable[str], known: Iterable[str]) -> None:
        for missing in sorted(set(asked) - set(known)):
            self._report(spot, f"table {table!r} has no column or index part {missing!r}")

    # ── entities ─────────────────────────────────────────────────────────────────────────────────────────────

    def _entity(self, kind: str, shape: EntityShape, identity: str | None, parser: ValueParser) -> EntityKind:
        spot = ("entities", kind)
        words = self.catalogue.kinds.get(kind)
        if words is None:
            self._report(spot, f"{kind!r} is no kind of the catalogue", f"known: {', '.join(self.catalogue.kinds)}")
        if shape.rows is None:
            self._report(spot, f"entity {kind!r} has no rows", "write rows: device, or a list of tables")
        for name in shape.values:
            if name not in self.catalogue.metrics or name.partition(".")[0] != kind:
                self._report((*spot, "values", name), f"{name!r} is no metric of {kind!r} in the catalogue")
        for name in shape.facts if words else ():
            if words and name not in words.facts:
                known = f"known: {', '.join(words.facts)}"
                self._report((*spot, "facts", name), f"{name!r} is no fact of {kind!r} in the catalogue", known)
        values = self._values(parser, (*spot, "values"), shape.values)
        facts = self._values(parser, (*spot, "facts"), shape.facts)
        self._check_counters(kind, values)
        self._check_addresses(kind, facts, parser.tables)
        ids = [parser.ref(text, (*spot, "id")) for text in shape.id]
        rows = [
            self._rows((*spot, "rows", n), part, identity, parser.tables) for n, part in enumerate(shape.rows or [])
        ]
        return EntityKind(
            kind=kind,
            rows=tuple(rows),
            values=values,
            facts=facts,
            id=tuple(ref for ref in ids if ref is not None),
            optional=shape.optional,
            only_when_up=shape.only_when_up,
        )

    def _values(self, parser: ValueParser, spot: Spot, values: Mapping[str, object]) -> dict[str, Expression]:
        parsed = {name: parser.parse(value, (*spot, name)) for name, value in values.items()}
        return {name: value for name, value in parsed.items() if value is not None}

    def _rows(self, spot: Spot, shape: RowsShape, identity: str | None, tables: Mapping[str, Table]) -> Rows:
        key = tuple(shape.key or ([identity] if identity else []))
        table = tables.get(shape.table)
        if table is None:
            self._report(spot, f"there is no table {shape.table!r}")
        elif not key:
            self._report(spot, f"rows of {shape.table!r} have no key", "name the fields, or the kind's identity")
        for name in (*key, *shape.sum, *([shape.element] if shape.element else [])):
            if table is not None and not table.has(name):
                self._report(spot, f"table {shape.table!r} has no column, index part or lookup {name!r}")
        return Rows(shape.table, key, shape.adds, frozenset(shape.sum), shape.element)

    def _check_counters(self, kind: str, values: Mapping[str, Expression]) -> None:
        for name, value in values.items():
            metric = self.catalogue.metrics.get(name)
            if metric is None:
                continue
            found = {type(part) is Counter and not part.rate for part in _options(value)}
            if found != {metric.kind == "delta"}:
                what = f"{name!r} is {metric.kind}: only a delta metric takes {{delta: …}}, and nothing else"
                self._report(("entities", kind, "values", name), what)

    def _check_addresses(self, kind: str, facts: Mapping[str, Expression], tables: Mapping[str, Table]) -> None:
        for name, (fixers, types) in _ADDRESSES.items():
            for part in _options(facts[name]) if name in facts else ():
                if not _fixed(part, tables, fixers, types):
                    what = f"the fact {name!r} comes from a column without fix: {name}"
                    self._report(("entities", kind, "facts", name), what)


def _filter(key: str, shape: FilterShape) -> Filter:
    values = shape.any if shape.any is not None else shape.not_ or []
    pattern = re.compile(shape.unlike) if shape.unlike is not None else None
    return Filter(key, frozenset(map(str, values)), shape.any is None and pattern is None, pattern)


def _lookup(shape: LookupShape) -> Lookup:
    return Lookup(shape.in_, tuple(shape.match.items()), shape.take)


def _options(value: Expression) -> tuple[Expression, ...]:
    return value.options if isinstance(value, First) else (value,)


def _fixed(value: Expression, tables: Mapping[str, Table], fixers: set[str], types: set[str]) -> bool:
    """Tell whether every cell that ``value`` takes is made an address."""
    if isinstance(value, Convert) and value.fix in fixers:
        return True
    return all(_cell_fixed(ref, tables, fixers, types) for ref in refs(value))


def _cell_fixed(ref: Ref, tables: Mapping[str, Table], fixers: set[str], types: set[str]) -> bool:
    table = tables[ref.table]
    if ref.field in table.columns:
        return table.columns[ref.field].fix in fixers
    if ref.field in table.lookups:
        return all(_cell_fixed(Ref(p.table, p.take), tables, fixers, types) for p in table.lookups[ref.field])
    return dict(table.index)[ref.field] in types
