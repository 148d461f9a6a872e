"""By which rule is a cell good or bad? One frozen value a rule; the definitions name them."""

from dataclasses import dataclass

from campus.indicators.expression import Expression


@dataclass(frozen=True, slots=True)
class Answering:
    """A device is good while it answers its witnesses."""


@dataclass(frozen=True, slots=True)
class Floors:
    """A floor is bad while more than ``share`` and at least ``count`` of its APs are (one of one counts); a
    building is good while none of its floors is bad."""

    share: float
    count: int


@dataclass(frozen=True, slots=True)
class Reported:
    """What a controller reports on is good while ``good_when`` holds; ``floors`` make it a matter of buildings."""

    good_when: Expression
    floors: Floors | None = None


@dataclass(frozen=True, slots=True)
class Sampled:
    """A reading is good while ``good_when`` holds; where ``counts_when`` is known not to, nothing is counted."""

    good_when: Expression
    counts_when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """Good while a reading for which ``good_when`` holds is in the store, else bad: this is never unknown."""

    good_when: Expression


Rule = Answering | Reported | Sampled | Stored
