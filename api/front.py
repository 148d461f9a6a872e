"""Of what does the first page consist? Shapes only; `api.routers.overview` fills them."""

from datetime import datetime

from pydantic import Field

from api.shapes import (
    CauseOut,
    Count,
    Counts,
    Freshness,
    Out,
    Percent,
    PercentOrNone,
    Place,
    RatioOrNone,
    StationsOrNone,
    Text,
)
from campus.model import Grade, State

MOST_PROBLEMS = 100
MOST_PLACES = 5


class AffectedOut(Out):
    """How many entities of one kind."""

    kind: str = Field(examples=["ap"])
    count: Count


class TouchedPlace(Place):
    """A place with the number of affected entities in it."""

    count: Count


class ProblemOut(Out):
    """Everything that is bad or unknown for one cause."""

    id: str
    cause: CauseOut
    state: State
    since: datetime
    affected: list[AffectedOut]
    places: list[TouchedPlace] = Field(description=f"The most affected buildings (else areas), at most {MOST_PLACES}")
    places_total: Count


class Heat(Out):
    """One coloured cell: an indicator in one period."""

    start: datetime
    actual: PercentOrNone
    grade: Grade
    completeness: RatioOrNone


class ApsTile(Out):
    """APs by state; ``unplaced`` ones have no place and count nowhere."""

    counts: Counts
    unplaced: Count
    fresh: Freshness


class StationsTile(Out):
    """Stations on the APs that told a number lately."""

    count: StationsOrNone
    reporting_aps: Count
    fresh: Freshness


class ControllersTile(Out):
    """Controllers by state; good = answers."""

    counts: Counts
    fresh: Freshness


class AvailabilityTile(Out):
    """The availability of APs today, and hour by hour over the last day."""

    indicator: str
    name: Text
    target: Percent
    today: Heat | None = Field(description="null = nothing was counted today")
    hours: list[Heat]
    fresh: Freshness


class PlaceRow(Place):
    """One line of the heat table."""

    aps: Counts
    stations: StationsOrNone
    today: Heat | None = Field(description="null = nothing was counted today")
    hours: list[Heat]


class AreaRows(Out):
    """An area and its buildings."""

    area: PlaceRow
    buildings: list[PlaceRow]


class Window(Out):
    """``[start, end)``."""

    start: datetime
    end: datetime


class Overview(Out):
    """The whole first page. The server's clock is the ``Date`` header of the answer."""

    aps: ApsTile
    stations: StationsTile
    controllers: ControllersTile
    availability: AvailabilityTile
    areas: list[AreaRows]
    problems: list[ProblemOut] = Field(description=f"The worst, at most {MOST_PROBLEMS}")
    problems_total: Count
    witnesses: Freshness = Field(description="How old the collector's own look at the devices is")
    synthetic: Window | None = Field(description="What of the last day a lab made up; null = nothing")
