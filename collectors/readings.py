"""What did a device tell, in our words but before any memory of earlier answers? The hand-over to `normalise`."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from campus.model import Entity


@dataclass(frozen=True, slots=True)
class Counted:
    """A counter as read: ``value`` in 0 … 2^``bits`` − 1.

    It becomes events, or with ``rate`` ``scale`` × events a second. ``most`` is the largest plausible rate, in
    units after ``scale``; another ``since`` than last time says that the counter began anew.
    """

    value: int
    bits: int
    rate: bool
    scale: float = 1
    most: float | None = None
    since: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One entity as the device told of it: values in units of the catalogue, facts, and counters by metric."""

    entity: Entity
    values: Mapping[str, float]
    facts: Mapping[str, str]
    counters: Mapping[str, Counted] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """All readings of one device at one instant. ``gaps`` has one line for each thing not answered.

    ``settled`` names the kinds whose tables of state ended regularly and are whole: only there does a missing
    state say something. ``uptime_s`` is how long the device's counters have been running. ``nameless`` counts
    the rows that are no reading, since what they are known by was not answered.
    """

    readings: tuple[Reading, ...]
    gaps: tuple[str, ...]
    settled: frozenset[str]
    uptime_s: float | None = None
    nameless: int = 0
