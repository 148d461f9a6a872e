"""What is said of one row?

``eq ne lt le gt ge`` compare a field with a value, ``in`` with a list, ``match`` with a pattern, ``mode`` with the
widest file mode, ``inside`` an address and its wildcard with networks; ``given`` asks whether the field is there;
``all any not`` join them. ``{policy: name}`` stands for a number or list of ``policy.yaml``.
"""

import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from campus.strict_yaml import Plain

Row = Mapping[str, str]
Value = int | str | tuple[str, ...]
Policy = Mapping[str, Value]

COMPARISONS: Mapping[str, tuple[str, Callable[[float, float], bool]]] = {
    "lt": ("<", operator.lt),
    "le": ("<=", operator.le),
    "gt": (">", operator.gt),
    "ge": (">=", operator.ge),
}


@dataclass(frozen=True, slots=True)
class Ref:
    """The name of a policy variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one value; a field that is missing, or no number where one is needed, is unknown."""

    word: str
    name: str
    value: Value | Ref

    def on(self, row: Row, policy: Policy) -> bool | None:
        """Answer for one row."""
        cell = row.get(self.name)
        return None if cell is None else _TESTS[self.word](cell, bound(self.value, policy), row)

    def tell(self, policy: Policy) -> str:
        """Say it as a person reads it."""
        value = bound(self.value, policy)
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)
        return f"{self.name} {_SIGNS.get(self.word, self.word)} {shown}"

    def fields(self) -> tuple[str, ...]:
        """The fields it looks at."""
        return (self.name,)

    def refs(self) -> frozenset[str]:
        """The policy variables it uses."""
        return frozenset({self.value.name}) if isinstance(self.value, Ref) else frozenset()


@dataclass(frozen=True, slots=True)
class Given:
    """Is the field there and not empty? This one is always known."""

    name: str

    def on(self, row: Row, policy: Policy) -> bool:  # noqa: ARG002 -- one shape for all
        """Answer for one row."""
        return bool(row.get(self.name))

    def tell(self, policy: Policy) -> str:  # noqa: ARG002 -- one shape for all
        """Say it as a person reads it."""
        return self.name

    def fields(self) -> tuple[str, ...]:
        """The field it looks at."""
        return (self.name,)

    def refs(self) -> frozenset[str]:
        """It uses no policy."""
        return frozenset()


@dataclass(frozen=True, slots=True)
class RowNot:
    """The opposite; unknown stays unknown."""

    part: "RowCondition"

    def on(self, row: Row, policy: Policy) -> bool | None:
        """Answer for one row."""
        answer = self.part.on(row, policy)
        return None if answer is None else not answer

    def tell(self, policy: Policy) -> str:
        """Say it as a person reads it."""
        return f"not ({self.part.tell(policy)})"

    def fields(self) -> tuple[str, ...]:
        """The fields it looks at."""
        return self.part.fields()

    def refs(self) -> frozenset[str]:
        """The policy variables it uses."""
        return self.part.refs()


@dataclass(frozen=True, slots=True)
class RowJoin:
    """All (``decisive`` False) or any (True) of its parts; one decisive answer settles it."""

    decisive: bool
    parts: tuple["RowCondition", ...]

    def on(self, row: Row, policy: Policy) -> bool | None:
        """Answer for one row."""
        return joined([part.on(row, policy) for part in self.parts], decisive=self.decisive)

    def tell(self, policy: Policy) -> str:
        """Say it as a person reads it."""
        told = (" or " if self.decisive else " and ").join(part.tell(policy) for part in self.parts)
        return f"({told})" if self.decisive and len(self.parts) > 1 else told

    def fields(self) -> tuple[str, ...]:
        """The fields it looks at, each once."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.fields()))

    def refs(self) -> frozenset[str]:
        """The policy variables it uses."""
        return frozenset().union(*(part.refs() for part in self.parts))


RowCondition = Compare | Given | RowNot | RowJoin


def joined(answers: Sequence[bool | None], *, decisive: bool) -> bool | None:
    """Join answers: one decisive settles, else one unknown leaves it unknown."""
    if any(answer is decisive for answer in answers):
        return decisive
    return None if None in answers else not decisive


def bound(value: Value | Ref, policy: Policy) -> Value:
    """Give the value that a policy variable stands for."""
    return policy[value.name] if isinstance(value, Ref) else value


def parse(tree: Plain) -> RowCondition:
    """Build a condition over one row; errors as in `parse`."""
    word, body = only(tree)
    if word in {"all", "any"} and isinstance(body, list) and body:
        return RowJoin(word == "any", tuple(parse(part) for part in body))
    if word == "not":
        return RowNot(parse(body))
    if word == "given" and isinstance(body, str):
        return Given(body)
    match body:
        case [str(name), value] if word in _TESTS:
            return Compare(word, name, _value(word, value))
    raise ValueError(f"{word!r} is no condition over a row, or has a wrong shape; known: {' '.join(_TESTS)} given not")


def _value(word: str, value: Plain) -> Value | Ref:
    match value:
        case {"policy": str(name), **more} if not more:
            return Ref(name)
        case list() if word in {"in", "inside"}:
            return tuple(str(part) for part in value)
        case str() if word == "match":
            return pattern(value)
        case int() | str() if not isinstance(value, bool) and word not in {"in", "inside", "match"}:
            return value
    raise ValueError(f"{word} cannot compare with {value!r}")


def pattern(text: str) -> str:
    """Give a pattern back if it is one.

    Raises:
        ValueError: it is none.
    """
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no pattern: {error}") from None
    return text


def only(tree: Plain) -> tuple[str, Plain]:
    """Take the one operator of a tree apart from its body.

    Raises:
        ValueError: not exactly one.
    """
    if not isinstance(tree, dict) or len(tree) != 1:
        raise ValueError("a condition is one operator, like {ge: [minlen, 8]}")
    return next(iter(tree.items()))


# ── the tests of one field ───────────────────────────────────────────────────────────────────────────────────


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _ordered(compare: Callable[[float, float], bool]) -> "_Test":
    def test(cell: str, value: Value, row: Row) -> bool | None:  # noqa: ARG001 -- one shape for all
        left, right = _number(cell), _number(str(value))
        return None if left is None or right is None else compare(left, right)

    return test


def _equal(cell: str, value: Value, row: Row) -> bool:  # noqa: ARG001 -- one shape for all
    number = _number(cell) if isinstance(value, int) else None
    return cell == str(value) if number is None else number == value


def _mode(cell: str, value: Value, row: Row) -> bool | None:  # noqa: ARG001 -- one shape for all
    return not int(cell, 8) & ~int(str(value), 8) if re.fullmatch(r"[0-7]+", cell) else None


def _inside(cell: str, value: Value, row: Row) -> bool | None:
    """Is every address that a rule's source means in one of the networks? ``any`` never is."""
    if cell == "any":
        return False
    try:
        wildcard = row.get("wildcard", "0")
        free_bits = int(ip_address(wildcard)).bit_length() if wildcard != "0" else 0
        meant = ip_network((cell, 32 - free_bits), strict=False)
        networks = [ip_network(text) for text in (value if isinstance(value, tuple) else (str(value),))]
    except ValueError:
        return None
    return any(meant.version == network.version and meant.subnet_of(network) for network in networks)  # type: ignore[arg-type] # equal versions


_Test = Callable[[str, Value, Row], bool | None]
_TESTS: Mapping[str, _Test] = {
    "eq": _equal,
    "ne": lambda cell, value, row: not _equal(cell, value, row),
    **{word: _ordered(compare) for word, (_, compare) in COMPARISONS.items()},
    "in": lambda cell, value, _: cell in value if isinstance(value, tuple) else None,
    "match": lambda cell, value, _: re.search(str(value), cell) is not None,
    "mode": _mode,
    "inside": _inside,
}
_SIGNS: Mapping[str, str] = {
    "eq": "=",
    "ne": "!=",
    **{word: sign for word, (sign, _) in COMPARISONS.items()},
    "match": "~",
}
