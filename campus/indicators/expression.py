"""When is a reading good? A YAML tree of a closed set of operators, with unknown as a third answer.

``{lt: [radio.channel_use_ratio, 0.7]}`` · ``{all: [{eq: [ap.up, 1]}, {not: {…}}]}``. No eval, no text language.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from campus.strict_yaml import Plain

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One metric against one number; unknown (``None``) where the metric has no value."""

    compare: Callable[[float, float], bool]
    metric: str
    number: float

    def holds(self, values: Mapping[str, float]) -> bool | None:
        """Answer for one entity's values."""
        value = values.get(self.metric)
        return None if value is None else self.compare(value, self.number)

    def metrics(self) -> frozenset[str]:
        """The metrics it reads."""
        return frozenset({self.metric})


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite; unknown stays unknown."""

    part: "Expression"

    def holds(self, values: Mapping[str, float]) -> bool | None:
        """Answer for one entity's values."""
        answer = self.part.holds(values)
        return None if answer is None else not answer

    def metrics(self) -> frozenset[str]:
        """The metrics it reads."""
        return self.part.metrics()


@dataclass(frozen=True, slots=True)
class Junction:
    """All (``decisive`` False) or any (``decisive`` True) of its parts; one decisive answer settles it."""

    decisive: bool
    parts: tuple["Expression", ...]

    def holds(self, values: Mapping[str, float]) -> bool | None:
        """Answer for one entity's values."""
        answers = {part.holds(values) for part in self.parts}
        if self.decisive in answers:
            return self.decisive
        return None if None in answers else not self.decisive

    def metrics(self) -> frozenset[str]:
        """The metrics it reads."""
        return frozenset().union(*(part.metrics() for part in self.parts))


Expression = Comparison | Not | Junction


def parse(tree: Plain) -> Expression:
    """Build an expression from plain YAML data.

    Raises:
        ValueError: an unknown operator or a wrong shape.
    """
    if not isinstance(tree, dict) or len(tree) != 1:
        raise ValueError("a condition is one operator, like {eq: [ap.up, 1]}")
    ((word, body),) = tree.items()
    if word in COMPARISONS:
        return _comparison(word, body)
    if word == "not":
        return Not(parse(body))
    if word in {"all", "any"} and isinstance(body, list) and body:
        return Junction(word == "any", tuple(parse(part) for part in body))
    known = ", ".join((*COMPARISONS, "not", "all", "any"))
    raise ValueError(f"{word!r} is no operator, or lacks its list; known: {known}")


def _comparison(word: str, body: Plain) -> Comparison:
    match body:
        case [str(metric), int() | float() as number] if not isinstance(number, bool):
            return Comparison(COMPARISONS[word], metric, float(number))
    raise ValueError(f"{word} compares one metric with one number, like [ap.up, 1]")
