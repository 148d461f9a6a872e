"""Which words do all answers share? Units and the meaning of null stand in the schema (``x-unit``, ``x-null``).

Per cent exists from here on outwards only; inside, ratios run 0…1.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from campus.catalogue import Label
from campus.model import State, Tally

NO_DATA = "insufficient data: too little is known to give a number"
NOT_TOLD = "no source has told this"

Count = Annotated[int, Field(json_schema_extra={"x-unit": "1"})]
Minutes = Annotated[int, Field(json_schema_extra={"x-unit": "min"})]
Percent = Annotated[float, Field(json_schema_extra={"x-unit": "%"})]
PercentOrNone = Annotated[float | None, Field(json_schema_extra={"x-unit": "%", "x-null": NO_DATA})]
RatioOrNone = Annotated[float | None, Field(json_schema_extra={"x-unit": "1", "x-null": NO_DATA})]
StationsOrNone = Annotated[int | None, Field(json_schema_extra={"x-unit": "1", "x-null": NOT_TOLD})]


class Out(BaseModel):
    """Base of every answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Text(Out):
    """One text in both languages."""

    zh: str
    en: str


class Place(Out):
    """One place; ``scope`` is the form that every ``scope`` parameter takes."""

    scope: str = Field(examples=["building:B-A3"])
    id: str
    name: Text


class Freshness(Out):
    """How old data is: a reader whose clock has passed ``stale_at`` shows it as stale."""

    as_of: datetime | None = Field(description="The newest reading; null = nothing was ever read")
    stale_at: datetime | None = Field(description="Two of its intervals after the newest reading; null as in as_of")


class Counts(Out):
    """Entities by state at one instant; ``in_service`` = good + bad + unknown + maintenance."""

    in_service: Count
    good: Count
    bad: Count
    unknown: Count
    maintenance: Count
    excluded: Count

    @classmethod
    def of(cls, tally: Tally) -> "Counts":
        """The counts of a tally of one instant."""
        return cls(
            in_service=tally.known + tally.unknown + tally.maintenance,
            good=tally.good,
            bad=tally.bad,
            unknown=tally.unknown,
            maintenance=tally.maintenance,
            excluded=tally.excluded,
        )


class CauseOut(Out):
    """What a state is charged to; ``name`` is the entity's, where it has one."""

    kind: str
    id: str
    name: str


class Value(Out):
    """One measured value in the unit of the catalogue (ratios 0…1)."""

    metric: str = Field(examples=["ac.cpu_ratio"])
    label: Text
    value: float = Field(json_schema_extra={"x-unit": "that of the field unit"})
    unit: str


class StateOut(Out):
    """How one entity is; ``since`` reaches back one day at most."""

    state: State
    cause: CauseOut | None = Field(description="null = good, or not in service")
    since: datetime
    seen_at: datetime | None = Field(description="null = never seen")


def text(label: Label) -> Text:
    """A label of the catalogue, as it is sent."""
    return Text(zh=label.zh, en=label.en)


def percent(ratio: float) -> float:
    """A ratio in per cent with 2 decimals; what is short of everything is never rounded up to 100."""
    rounded = round(ratio * 100, 2)
    return 99.99 if rounded >= 100 and ratio < 1 else rounded


def percent_or_none(ratio: float | None) -> float | None:
    """As `percent`; unknown stays unknown."""
    return None if ratio is None else percent(ratio)
