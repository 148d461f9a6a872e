"""What is one value? Evaluates the expressions of a profile over the rows of one entity. Pure."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce

from collectors.readings import Counted
from collectors.snmp import fixers
from collectors.snmp.tables import REFUSED, Answered, Cell, Gaps, Refused, Row, within
from inventory.profile_language import (
    Arithmetic,
    Convert,
    Count,
    Counter,
    Expression,
    First,
    Nth,
    Number,
    Over,
    Present,
    Ref,
)


@dataclass(frozen=True, slots=True)
class Population:
    """The entities of one kind: their values, whether their tables ended regularly, whether they have a state."""

    values: Sequence[Mapping[str, float]]
    settled: bool
    stateful: bool


Result = Cell | Counted
Own = Mapping[str, Row]
"""The rows of one entity by table."""


@dataclass(slots=True)
class Evaluator:
    """Evaluates against one device's ``tables``; ``kinds`` holds the entities that were read before."""

    tables: Mapping[str, Answered]
    gaps: Gaps
    kinds: dict[str, Population] = field(default_factory=dict)

    def number(self, name: str, value: Expression, own: Own) -> float | Counted | None:
        """Give the value of metric ``name``: a finite number, a counter, or nothing."""
        return self.finite(name, self.value(name, value, own))

    def finite(self, name: str, found: Result) -> float | Counted | None:
        """Let pass what can be the value of a metric."""
        if found is None or found is REFUSED:
            return None
        if isinstance(found, Counted) or (isinstance(found, int | float) and math.isfinite(found)):
            return found
        self.gaps.count(f"{name}: # values are no numbers")
        return None

    def text(self, name: str, value: Expression, own: Own) -> str | None:
        """Give the value of fact ``name`` as text."""
        found = self.value(name, value, own)
        return None if found is None or found is REFUSED else str(found)

    def value(self, name: str, value: Expression, own: Own) -> Result:
        """Give what ``value`` says; `REFUSED` stops alternatives, ``None`` passes to the next."""
        match value:
            case Ref():
                found: Result = self._cell(value, own)
            case First(options=options):
                found = self.first(name, options, own)[0]
            case Convert():
                found = self._convert(name, value, self.value(name, value.of, own))
            case Number(value=number):
                found = number
            case Arithmetic():
                found = self._arithmetic(name, value, own)
            case Nth():
                found = self._nth(name, value, own)
            case _:
                found = self._collective(name, value, own)
        return found

    def _collective(self, name: str, value: Present | Over | Count | Counter, own: Own) -> Result:
        match value:
            case Present(table=table, unless=unless):
                return 1 if table in own and unless not in self.tables[table].columns else None
            case Over():
                return self._over(name, value)
            case Count():
                return self._count(name, value)
            case Counter():
                return self._counter(name, value, own)

    def first(self, name: str, options: Iterable[Expression], own: Own) -> tuple[Result, int]:
        """Give the first option that answers and its number, from 0."""
        for number, option in enumerate(options):
            found = self.value(name, option, own)
            if found is not None:
                return found, number
        return None, -1

    def _nth(self, name: str, value: Nth, own: Own) -> Cell:
        items, number = self.value(name, value.items, own), self.value(name, value.number, own)
        if isinstance(items, tuple) and isinstance(number, int) and 1 <= number <= len(items):
            return items[number - 1]
        return None

    def _cell(self, ref: Ref, own: Own) -> Cell:
        return self._row(ref.table, own).get(ref.field)

    def _row(self, name: str, own: Own) -> Row:
        """Give the entity's row in a table, or the one row that all entities see."""
        row = own.get(name)
        if row is not None:
            return row
        table = self.tables[name]
        return table.rows[0] if table.spec.shared and table.rows else {}

    def _convert(self, name: str, how: Convert, found: Result) -> Result:
        if found is None or isinstance(found, Refused | Counted):
            return found
        if how.mapping is not None:
            mapped = self._mapped(name, how, str(found))
            if mapped is None or isinstance(mapped, Refused):
                return mapped
            found = mapped
        if how.fix is not None:
            fixed = fixers.BY_NAME[how.fix](found)
            if fixed is None:
                return None
            found = fixed
        if how.scale is not None and isinstance(found, int | float):
            found = round(found * how.scale, 9)
        if how.valid is not None and not within(found, how.valid):
            self.gaps.count(f"{name}: # values outside {how.valid[0]:g}…{how.valid[1]:g} refused")
            return REFUSED
        return found

    def _mapped(self, name: str, how: Convert, text: str) -> float | str | Refused | None:
        mapping = how.mapping or {}
        if text in mapping:
            return mapping[text]
        if how.otherwise is not None:
            return how.otherwise
        self.gaps.count(f"{name}: # cells say {text}, which the profile does not know")
        return REFUSED

    def _arithmetic(self, name: str, how: Arithmetic, own: Own) -> Cell:
        numbers: list[float] = []
        missing: list[Expression] = []
        for operand in how.operands:
            found = self.value(name, operand, own)
            if isinstance(found, int | float):
                numbers.append(found)
            elif found is None:
                missing.append(operand)
            else:
                return REFUSED
        if not missing:
            return _reckon(how.operator, numbers)
        if not numbers or all(self._is_optional(operand) for operand in missing):
            return None
        # Half a source is a damaged source: the next one would give another number for the same thing.
        if not all(self._says_nothing(operand, own) for operand in missing):
            self.gaps.count(f"{name}: # values lack an operand")
        return REFUSED

    def _says_nothing(self, operand: Expression, own: Own) -> bool:
        """Whether a sentinel was answered: there is no swap, there is no drive."""
        return isinstance(operand, Ref) and operand.field in self._row(operand.table, own)

    def _is_optional(self, operand: Expression) -> bool:
        match operand:
            case Ref(table=table, field=name):
                columns = self.tables[table].spec.columns
                return name in columns and columns[name].optional
            case Arithmetic(operands=operands):
                return any(self._is_optional(part) for part in operands)
            case _:
                return False

    def _over(self, name: str, how: Over) -> Cell:
        """Reckon over all rows of a table: each must have the cell, and the column must have ended regularly."""
        table = self.tables[how.of.table]
        field_name = how.of.field
        if field_name not in table.columns:
            return None
        holes = sum(field_name not in row for row in table.rows)
        if holes or field_name in table.broken:
            self.gaps.say(f"{name}: no {how.operator}, {how.of.table}.{field_name} is incomplete")
            return None
        cells = [row[field_name] for row in table.rows]
        numbers = [cell for cell in cells if isinstance(cell, int | float)]
        if not numbers or REFUSED in cells or (how.operator == "sum" and len(numbers) < len(cells)):
            return None
        self.gaps.say(f"{name}: no scalar, {how.operator} of {len(numbers)} × {how.of.table}.{field_name}")
        return _OVER[how.operator](numbers)

    def _count(self, name: str, how: Count) -> Cell:
        population = self.kinds.get(how.kind)
        if population is None or not population.values:
            return None
        if not population.settled:
            self.gaps.say(f"{name}: not counted, the tables of {how.kind} are incomplete")
            return None
        known = [values for values in population.values if not how.metric or how.metric in values]
        if not known:
            return None
        self.gaps.say(f"{name}: no scalar, counted from {len(known)} × {how.kind}")
        return sum(not how.metric or values[how.metric] == how.equals for values in known)

    def _counter(self, name: str, how: Counter, own: Own) -> Counted | None:
        cell = self._cell(how.of, own)
        if not isinstance(cell, int):
            return None
        most = self.value(name, how.most, own) if how.most is not None else None
        since = self._cell(how.since, own) if how.since is not None else None
        return Counted(
            value=cell % 2**how.bits,
            bits=how.bits,
            rate=how.rate,
            scale=how.scale,
            most=most if isinstance(most, int | float) else None,
            since=since if isinstance(since, int | float) else None,
        )


def _reckon(operator: str, numbers: Sequence[float]) -> float | None:
    if operator == "div" and 0 in numbers[1:]:
        return None
    return reduce(_STEP[operator], numbers)


_STEP: Mapping[str, Callable[[float, float], float]] = {
    "add": lambda left, right: left + right,
    "sub": lambda left, right: left - right,
    "mul": lambda left, right: left * right,
    "div": lambda left, right: left / right,
}

_OVER: Mapping[str, Callable[[Sequence[float]], float]] = {
    "sum": sum,
    "max": max,
    "mean": lambda numbers: sum(numbers) / len(numbers),
}
