"""What does an answer mean? `read` turns a walk into readings: enums, scales and indexes resolved, counters still
counters. Pure.

What the device did not answer is in ``gaps``; nothing is guessed from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from campus.model import Entity
from collectors.readings import Answer, Counted, Reading
from collectors.snmp.detect import Match
from collectors.snmp.evaluate import Evaluator, Own, Population
from collectors.snmp.fetch import EVERYTHING, Ask, used
from collectors.snmp.tables import REFUSED, Answered, Cell, Gaps, Row, answered
from collectors.snmp.walk import Walk
from inventory.profile_language import Count, EntityKind, Expression, First, Over, Ref, Rows, refs


def read(walk: Walk, match: Match, ask: Ask = EVERYTHING) -> Answer:
    """Interpret ``walk`` by the profile that fits; ``ask`` is what the walk was fetched for."""
    gaps = Gaps()
    tables = answered(walk, match, used(match, ask), gaps)
    _tell_silent_arcs(match, gaps)
    reader = _Reader(walk.device_id, tables, gaps, Evaluator(tables, gaps))
    kinds = [kind for kind in match.profile.entities.values() if ask.wants(kind)]
    listed = [reading for kind in kinds if kind.rows for reading in reader.entities(kind)]
    device = [reader.device(kind) for kind in kinds if not kind.rows]
    uptime = reader.evaluator.number("uptime", match.profile.uptime, {}) if match.profile.uptime else None
    settled = frozenset(kind for kind, population in reader.evaluator.kinds.items() if population.settled)
    return Answer(
        readings=(*device, *listed),
        gaps=gaps.lines(),
        settled=settled,
        uptime_s=uptime if isinstance(uptime, int | float) else None,
        nameless=reader.nameless,
    )


def _tell_silent_arcs(match: Match, gaps: Gaps) -> None:
    for name, arcs in match.profile.arcs.items():
        if name not in match.arcs:
            gaps.say(f"{name}: nothing answers under {' or '.join(arc.oid for arc in arcs)}")


@dataclass(slots=True)
class _Reader:
    device_id: str
    tables: Mapping[str, Answered]
    gaps: Gaps
    evaluator: Evaluator
    nameless: int = 0

    def device(self, kind: EntityKind) -> Reading:
        """Read the device itself, after the entities that it may count."""
        self._compare(kind)
        return self._reading(kind, self.device_id, {})

    def entities(self, kind: EntityKind) -> list[Reading]:
        """Read all entities of one kind."""
        owns = self._joined(kind)
        readings = [self._reading(kind, name, own) for name, own in self._named(kind, owns)]
        readings += [Reading(Entity(kind.kind, name), {}, {}) for name in self._elements(kind, len(owns))]
        values = [reading.values for reading in readings]
        self.evaluator.kinds[kind.kind] = Population(values, self._settled(kind), f"{kind.kind}.up" in kind.values)
        return readings

    def _joined(self, kind: EntityKind) -> dict[tuple[object, ...], dict[str, Row]]:
        """Unite the rows of all tables of a kind by their keys."""
        owns: dict[tuple[object, ...], dict[str, Row]] = {}
        for rows in kind.rows:
            for row in self.tables[rows.table].rows:
                key = _key(rows, row)
                if key is None:
                    self.nameless += 1
                    self.gaps.count(f"{rows.table}: # rows without {'/'.join(rows.key)} left out")
                elif not rows.adds and key not in owns:
                    self.gaps.count(f"{rows.table}: # rows of no {kind.kind} left out")
                else:
                    self._join(owns.setdefault(key, {}), rows, row)
        return owns

    def _join(self, own: dict[str, Row], rows: Rows, row: Row) -> None:
        first = own.get(rows.table)
        if first is None:
            own[rows.table] = dict(row)
        elif rows.sums:
            for name in rows.sums:
                first[name] = _sum(first.get(name), row.get(name))
        elif not {name for name, _ in self.tables[rows.table].spec.index}.issuperset(rows.key):
            self.gaps.count(f"{rows.table}: # rows repeat a key and are left out")

    def _named(self, kind: EntityKind, owns: Mapping[tuple[object, ...], Own]) -> Iterable[tuple[str, Own]]:
        if not kind.id:
            return [("/".join(map(str, key)), own) for key, own in owns.items()]
        return self._by_name(kind, list(owns.values()))

    def _by_name(self, kind: EntityKind, owns: Sequence[Own]) -> list[tuple[str, Own]]:
        """Name entities by the first table of their ids that this device answers at all.

        It names all of them, or leaves them out: an id taken from elsewhere whenever a cell is lost would begin
        a new history. Within the table, what several share or nobody has gives way to the next field.
        """
        table = next((ref.table for ref in kind.id if self.tables[ref.table].columns), None)
        named: list[tuple[str, Own]] = []
        left = owns
        for ref in kind.id:
            if ref.table != table or (not left and named):
                continue
            groups: dict[str, list[Own]] = {}
            for own in left:
                groups.setdefault(self.evaluator.text(kind.kind, ref, own) or "", []).append(own)
            nameless = groups.pop("", [])
            if not groups and ref.field not in self.tables[table].broken:
                continue
            self.nameless += len(nameless)
            self.gaps.count(f"{kind.kind}: # without {table}.{ref.field} left out", len(nameless))
            named += [(name, same[0]) for name, same in groups.items() if len(same) == 1]
            left = [own for same in groups.values() if len(same) > 1 for own in same]
        self.gaps.count(f"{kind.kind}: # without a name of their own left out", len(left) if named else 0)
        return named

    def _elements(self, kind: EntityKind, known: int) -> list[str]:
        """Name the rows whose key was not answered, unless they may be doubles of entities that are known."""
        names: list[str] = []
        for rows in kind.rows:
            if rows.element is None:
                continue
            table = self.tables[rows.table]
            nameless = [row[rows.element] for row in table.rows if _key(rows, row) is None and rows.element in row]
            if nameless and known + len(nameless) <= len(table.rows):
                names += [f"{self.device_id}/element:{number}" for number in nameless]
        for name in names:
            self.gaps.say(f"{name}: its identity was not answered")
        return names

    def _settled(self, kind: EntityKind) -> bool:
        """Tell whether every table that lists a kind or tells its state ended regularly."""
        state = kind.values.get(f"{kind.kind}.up")
        told = {ref.table for ref in refs(state)} if state is not None else set()
        return not any(self.tables[name].broken for name in told | {rows.table for rows in kind.rows if rows.adds})

    def _reading(self, kind: EntityKind, name: str, own: Own) -> Reading:
        values: dict[str, float] = {}
        counters: dict[str, Counted] = {}
        for metric, value in kind.values.items():
            found = self.evaluator.number(metric, value, own) if own else self._device_value(metric, value)
            if isinstance(found, Counted):
                counters[metric] = found
            elif found is not None:
                values[metric] = found
        state = f"{kind.kind}.up"
        if kind.only_when_up and values.get(state) != 1:
            values = {metric: number for metric, number in values.items() if metric == state}
            counters = {}
        told = ((fact, self.evaluator.text(fact, value, own)) for fact, value in kind.facts.items())
        facts = {fact: text for fact, text in told if text is not None}
        return Reading(Entity(kind.kind, name), values, facts, counters)

    def _device_value(self, metric: str, value: Expression) -> float | Counted | None:
        if not isinstance(value, First):
            return self.evaluator.number(metric, value, {})
        told, number = self.evaluator.first(metric, value.options, {})
        found = self.evaluator.finite(metric, told)
        if found is not None and number > 0 and not isinstance(value.options[number], Count | Over):
            self.gaps.say(f"{metric}: taken from source {number + 1} of {len(value.options)}")
        return found

    def _compare(self, kind: EntityKind) -> None:
        """Hold scalars against rows: a controller that says 171 and lists 40 has an incomplete table.

        Only for what has a state: totals of stations and the rows of a walk that takes seconds never agree.
        """
        for metric, value in kind.values.items():
            if not isinstance(value, First) or not isinstance(value.options[0], Ref):
                continue
            says = self.evaluator.number(metric, value.options[0], {})
            for option in value.options[1:]:
                if isinstance(option, Count) and isinstance(says, int | float):
                    self._compare_count(metric, says, option)

    def _compare_count(self, metric: str, says: float, count: Count) -> None:
        population = self.evaluator.kinds.get(count.kind)
        if population is None or not population.stateful:
            return
        rows = sum(not count.metric or values.get(count.metric) == count.equals for values in population.values)
        short = says - rows
        if abs(short) > max(3, says * 0.01) and (short > 0 or not count.metric):
            self.gaps.say(f"{count.kind}: table incomplete: {metric} is {says:g}, the rows give {rows}")
            self.evaluator.kinds[count.kind] = replace(population, settled=False)


def _key(rows: Rows, row: Row) -> tuple[object, ...] | None:
    parts = tuple(row.get(name) for name in rows.key)
    return None if any(part is None or part is REFUSED for part in parts) else parts


def _sum(mine: Cell, other: Cell) -> Cell:
    """Add two cells; a sum without one of its addends is none."""
    if isinstance(mine, int | float) and isinstance(other, int | float):
        return mine + other
    return REFUSED
