"""What does one value of a profile say? Plain YAML data to an expression, every mistake reported."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from campus.catalogue import Catalogue
from campus.strict_yaml import Spot
from inventory.profile_language import (
    FIXERS,
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
    Table,
)

Report = Callable[[Spot, str, str], None]

_ARITHMETIC = ("add", "sub", "mul", "div")
_OVER = ("sum", "max", "mean")
_CONVERT = frozenset({"of", "map", "else", "fix", "scale", "valid"})
_KEYS: Mapping[str, frozenset[str]] = {
    "of": _CONVERT,
    "count": frozenset({"count", "where"}),
    "nth": frozenset({"nth"}),
    "present": frozenset({"present", "unless"}),
    "delta": frozenset({"delta", "bits", "since"}),
    "rate": frozenset({"rate", "bits", "scale", "most", "since"}),
    **{name: frozenset({name}) for name in (*_ARITHMETIC, *_OVER)},
}
_HINT = f"write table.column, a number, a list of alternatives, or a mapping with one of: {', '.join(sorted(_KEYS))}"


class _Broken(Exception):
    """The value cannot be read; why was reported."""


@dataclass(frozen=True, slots=True)
class ValueParser:
    """Parses the values of one profile against its ``tables``, its entity ``kinds`` and the catalogue."""

    tables: Mapping[str, Table]
    kinds: frozenset[str]
    catalogue: Catalogue
    report: Report

    def parse(self, value: object, spot: Spot) -> Expression | None:
        """Read one value; ``None`` (and a report) if it is wrong."""
        try:
            return self._value(value, spot)
        except _Broken:
            return None

    def ref(self, value: object, spot: Spot) -> Ref | None:
        """Read ``table.field``; ``None`` (and a report) if it is wrong."""
        try:
            return self._ref(value, spot)
        except _Broken:
            return None

    def _fail(self, spot: Spot, what: str, hint: str = "") -> _Broken:
        self.report(spot, what, hint)
        return _Broken()

    def _value(self, value: object, spot: Spot) -> Expression:
        if isinstance(value, str):
            return self._ref(value, spot)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return Number(value)
        if isinstance(value, list) and value:
            return First(self._all(value, spot))
        if isinstance(value, dict):
            return self._operation(value, spot)
        raise self._fail(spot, f"{value!r} is no value", _HINT)

    def _all(self, values: object, spot: Spot) -> tuple[Expression, ...]:
        if not isinstance(values, list):
            raise self._fail(spot, f"{values!r} is no list of values")
        parsed = [self.parse(value, (*spot, number)) for number, value in enumerate(values)]
        good = tuple(part for part in parsed if part is not None)
        if len(good) < len(parsed):
            raise _Broken
        return good

    def _ref(self, value: object, spot: Spot) -> Ref:
        name, point, column = value.partition(".") if isinstance(value, str) else ("", "", "")
        if not point:
            raise self._fail(spot, f"{value!r} is no table.column")
        table = self.tables.get(name)
        if table is None:
            raise self._fail(spot, f"there is no table {name!r}", f"known: {', '.join(sorted(self.tables))}")
        if not table.has(column):
            raise self._fail(spot, f"table {name!r} has no column, index part or lookup {column!r}")
        return Ref(name, column)

    def _operation(self, value: dict[str, object], spot: Spot) -> Expression:
        operator = next((key for key in _KEYS if key in value), None)
        if operator is None:
            raise self._fail(spot, f"no such operation: {', '.join(value)}", _HINT)
        strays = sorted(value.keys() - _KEYS[operator])
        if strays:
            known = ", ".join(sorted(_KEYS[operator]))
            raise self._fail((*spot, strays[0]), f"{operator!r} knows no {strays[0]!r}", f"known: {known}")
        inner = (*spot, operator)
        match operator:
            case "of":
                parsed: Expression = self._convert(value, spot)
            case "count":
                parsed = self._count(value, spot)
            case "present":
                parsed = self._present(value, spot)
            case "delta" | "rate":
                parsed = self._counter(operator, value, spot)
            case "nth":
                parsed = self._nth(value["nth"], inner)
            case "sum" | "max" | "mean":
                parsed = Over(operator, self._ref(value[operator], inner))
            case _:
                parsed = Arithmetic(operator, self._all(value[operator], inner))
        return parsed

    def _nth(self, value: object, spot: Spot) -> Nth:
        parts = self._all(value, spot)
        if len(parts) != 2:
            raise self._fail(spot, "nth takes a list and a number")
        return Nth(*parts)

    def _convert(self, value: dict[str, object], spot: Spot) -> Convert:
        fix = value.get("fix")
        if fix is not None and fix not in FIXERS:
            raise self._fail((*spot, "fix"), f"{fix!r} is no fixer", f"known: {', '.join(sorted(FIXERS))}")
        scale = value.get("scale")
        if scale is not None and not _is_number(scale):
            raise self._fail((*spot, "scale"), f"{scale!r} is no number")
        mapping = self._mapping(value.get("map"), (*spot, "map"))
        otherwise = value.get("else")
        if "else" in value and (not _is_plain(otherwise) or mapping is None):
            raise self._fail((*spot, "else"), "else stands beside map and is a number or a text")
        return Convert(
            of=self._value(value["of"], (*spot, "of")),
            mapping=mapping,
            otherwise=otherwise if isinstance(otherwise, int | float | str) else None,
            fix=str(fix) if fix is not None else None,
            scale=float(scale) if isinstance(scale, int | float) else None,
            valid=self._range(value.get("valid"), (*spot, "valid")),
        )

    def _mapping(self, value: object, spot: Spot) -> dict[str, float | str | None] | None:
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self._fail(spot, "map is a mapping from the device's numbers to ours")
        mapping: dict[str, float | str | None] = {}
        for theirs, ours in value.items():
            if ours is not None and not isinstance(ours, int | float | str):
                raise self._fail((*spot, theirs), f"{ours!r} is neither a number nor a text nor null")
            mapping[str(theirs)] = ours
        return mapping

    def _range(self, value: object, spot: Spot) -> tuple[float, float] | None:
        if value is None:
            return None
        if isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)) and value[0] < value[1]:
            return (value[0], value[1])
        raise self._fail(spot, "valid is [lowest, highest]")

    def _count(self, value: dict[str, object], spot: Spot) -> Count:
        kind, where = value["count"], value.get("where", {})
        if not isinstance(kind, str) or kind not in self.kinds:
            raise self._fail((*spot, "count"), f"there is no entity {kind!r} in this profile")
        if not isinstance(where, dict) or len(where) > 1:
            raise self._fail((*spot, "where"), "where is one metric and the number that it must have")
        for metric, equals in where.items():
            if metric not in self.catalogue.metrics or not isinstance(equals, int | float):
                raise self._fail((*spot, "where"), f"{metric!r} is no metric with a number")
            return Count(kind, metric, equals)
        return Count(kind)

    def _present(self, value: dict[str, object], spot: Spot) -> Present:
        unless = self._ref(value.get("unless"), (*spot, "unless"))
        if value["present"] != unless.table:
            raise self._fail((*spot, "present"), "present and unless name the same table")
        return Present(unless.table, unless.field)

    def _counter(self, operator: str, value: dict[str, object], spot: Spot) -> Counter:
        bits, scale = value.get("bits"), value.get("scale", 1)
        if bits not in {32, 64} or not isinstance(bits, int):
            raise self._fail((*spot, "bits"), "a counter has 32 or 64 bits", "write bits: 32 or bits: 64")
        if not isinstance(scale, int | float):
            raise self._fail((*spot, "scale"), f"{scale!r} is no number")
        return Counter(
            of=self._ref(value[operator], (*spot, operator)),
            bits=bits,
            rate=operator == "rate",
            scale=scale,
            most=self._value(value["most"], (*spot, "most")) if "most" in value else None,
            since=self._ref(value["since"], (*spot, "since")) if "since" in value else None,
        )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_plain(value: object) -> bool:
    return isinstance(value, str) or _is_number(value)
