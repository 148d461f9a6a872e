"""Which words do the rooms use to hand things to each other?

Frozen values only. Times are aware UTC datetimes. "No data" is an absent key or ``None``, never 0 or -1.
Ratios run 0…1. Ids are opaque text. A *reading* taken at ``at`` stands for ``[at, at + holds)``: what no
reading covers is unknown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

# ── what is measured ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, order=True)
class Entity:
    """One thing that has numbers: ``kind`` is a kind of ``campus/metrics.yaml``, ``id`` is stable for life."""

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One entity at one instant, in names and units of the catalogue. Absent value = absent key."""

    entity: Entity
    at: datetime
    values: Mapping[str, float]
    facts: Mapping[str, str] = field(default_factory=dict)


class Evidence(StrEnum):
    """How sure we are that a profile's variant reads a real device right, weakest first."""

    SYNTHETIC = "synthetic"
    DERIVED = "derived"
    RECORDED = "recorded"
    LAB = "lab"
    FIELD = "field"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a device gave nothing: ``kind`` is the name of a `DeviceError`, ``detail`` is safe to show."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one device gave in one poll. A failed device is a value, never an exception.

    ``gaps`` names what the device did not answer, one line each. ``profiles`` are further ones that
    matched (an AC card in a switch).
    """

    device_id: str
    at: datetime
    took_s: float
    profile: str = ""
    variant: str = ""
    evidence: Evidence | None = None
    profiles: tuple[str, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    gaps: tuple[str, ...] = ()
    problem: Problem | None = None


# ── what exists ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """A set of entities that numbers are added up over: ``campus:``, ``area:A1``, ``building:B3``, ``ap:…``."""

    type: str
    id: str

    def __str__(self) -> str:
        return f"{self.type}:{self.id}"

    @classmethod
    def parse(cls, text: str) -> "Scope":
        """Read the text form ``type:id``.

        Raises:
            ValueError: no colon, or an empty type.
        """
        kind, colon, name = text.partition(":")
        if not colon or not kind:
            raise ValueError(f"{text!r} is no scope; write it as type:id, like building:B3")
        return cls(kind, name)


CAMPUS = Scope("campus", "campus")


class Service(StrEnum):
    """Is an entity meant to work now? Only ``in_service`` counts; the others are *excluded*."""

    IN_SERVICE = "in_service"
    PLANNED = "planned"
    SPARE = "spare"
    RETIRED = "retired"
    UNPLACED = "unplaced"


@dataclass(frozen=True, slots=True)
class Membership:
    """One entity's place and duty during ``[since, until)``; ``None`` = open end.

    ``scopes`` run from the campus down to the smallest place. ``sources`` are the ids of the devices that
    report on the entity: for an AP every unit of its HA group, for a device itself.
    ``group`` is the HA group (or the device itself) whose loss takes the entity along.
    """

    entity: Entity
    scopes: tuple[Scope, ...]
    service: Service = Service.IN_SERVICE
    since: datetime | None = None
    until: datetime | None = None
    sources: tuple[str, ...] = ()
    group: str = ""
    name: str = ""


class Members(Protocol):
    """Who is in service, where? Filled by the inventory from the estate and from what was seen."""

    async def memberships(self, kind: str, start: datetime, end: datetime) -> Sequence[Membership]:
        """Give the memberships of all entities of ``kind`` that overlap ``[start, end)``."""
        ...


class Collector(Protocol):
    """Asks one kind of device. One device's failure is in the result."""

    async def collect(self, device_id: str, now: datetime) -> PollResult:
        """Poll one device; never raises `DeviceError`."""
        ...


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Batch:
    """Measurements of one ``source`` (a device's id, or the collector's for its own witnesses).

    Every reading in it stands for ``holds`` from its instant on.
    """

    source: str
    holds: timedelta
    measurements: tuple[Measurement, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A value that held during ``[start, end)``."""

    start: datetime
    end: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Series:
    """One metric of one entity as told by one source; ``spans`` are in order and do not overlap."""

    entity: Entity
    source: str
    metric: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class SeriesQuery:
    """Which spans? Those of ``metrics`` that overlap ``[start, end)``, cut to it; all entities if ``None``."""

    metrics: tuple[str, ...]
    start: datetime
    end: datetime
    entities: tuple[Entity, ...] | None = None


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest values and facts of one entity as told by one source.

    ``at`` is the newest reading's instant, ``until`` when the first value that it told ends. ``values`` are what
    it told, and what an earlier one told that still stands then; others are absent.
    ``facts`` are the newest known ones, however old.
    """

    entity: Entity
    source: str
    at: datetime
    until: datetime
    values: Mapping[str, float]
    facts: Mapping[str, str]
    first_seen: datetime


# ── what is judged ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of minutes by state; they add up over time and scope. Unknown is never good and never bad."""

    good: int = 0
    bad: int = 0
    unknown: int = 0
    maintenance: int = 0
    excluded: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.good + other.good,
            self.bad + other.bad,
            self.unknown + other.unknown,
            self.maintenance + other.maintenance,
            self.excluded + other.excluded,
        )

    @property
    def known(self) -> int:
        """Minutes of which the state is known."""
        return self.good + self.bad

    @property
    def ratio(self) -> float | None:
        """Good ÷ known; ``None`` where nothing is known."""
        return self.good / self.known if self.known else None

    @property
    def completeness(self) -> float | None:
        """Known ÷ expected (without maintenance and excluded); ``None`` where nothing was expected."""
        expected = self.known + self.unknown
        return self.known / expected if expected else None


@dataclass(frozen=True, slots=True)
class ScopeTally:
    """The tally of one indicator over one scope in the hour that begins at ``hour``."""

    indicator: str
    scope: Scope
    hour: datetime
    tally: Tally


class State(StrEnum):
    """The state of a cell (one entity in one minute)."""

    GOOD = "good"
    BAD = "bad"
    UNKNOWN = "unknown"
    MAINTENANCE = "maintenance"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """What a state is charged to: ``controller``, ``device``, ``ap``, ``snmp``, ``collector``, …, and its id."""

    kind: str
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


@dataclass(frozen=True, slots=True)
class Segment:
    """One entity was in one state during ``[start, end)``, charged to ``cause`` unless good."""

    start: datetime
    end: datetime
    state: State
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """How an entity is now, and since when (as far as the last day tells)."""

    member: Membership
    state: State
    cause: Cause | None
    since: datetime
    seen_at: datetime | None


class Grade(StrEnum):
    """The colour of a judged number (蓝黄橙红 from mild to severe; grey = not enough data)."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    GREY = "grey"


@dataclass(frozen=True, slots=True)
class Lines:
    """Target, standard and warning value of an indicator (ratios 0…1), and the version that set them."""

    target: float
    standard: float
    warning: float
    version: str


@dataclass(frozen=True, slots=True)
class Period:
    """``[start, end)`` and the grain it is one of: ``hour``, ``day``, ``week``, ``month``, ``term`` or ``custom``."""

    grain: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """A judged number. ``value`` is ``None`` where completeness is below what the indicator asks.

    ``previous`` is the value of the period before; ``worst`` are the worst parts of the scope, worst first.
    """

    indicator: str
    scope: Scope
    period: Period
    value: float | None
    grade: Grade
    completeness: float | None
    tally: Tally
    lines: Lines
    worst: tuple[tuple[Scope, float], ...] = ()
    previous: float | None = None
