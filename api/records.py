"""How does a judged number leave the house? One record for every door (REST, export, webhook)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from api.shapes import NO_DATA, Minutes, Out, Percent, PercentOrNone, RatioOrNone, percent, percent_or_none
from campus.indicators.calendar import Calendar
from campus.indicators.definition import Indicator
from campus.indicators.engine import attainment_ratio, attainment_score, deviation
from campus.indicators.measures import Measure, concerning
from campus.indicators.published import Published
from campus.model import Grade, IndicatorValue, Lines, Period, Scope, Tally

_METHODS = {"A": "measured", "B": "sampled", "C": "external"}


class ScopeOut(Out):
    """The entities that a number is added up over; ``path`` names the places from the campus down."""

    type: str
    id: str
    path: str


class PeriodOut(Out):
    """``[start, end)`` in campus time, and the service calendar that counted."""

    grain: str
    start: datetime
    end: datetime
    term: str | None = Field(description="The term in which it begins; null = between terms, or none is set")
    calendar: str


class CountsOut(Out):
    """Cell-minutes by state."""

    good: Minutes
    bad: Minutes
    unknown: Minutes
    maintenance: Minutes
    excluded: Minutes


class WorstOut(Out):
    """One of the worst parts of a scope."""

    scope: str
    actual: Percent


class IndicatorRecord(Out):
    """One indicator over one scope and period."""

    indicator: str
    name_zh: str
    scope: ScopeOut
    period: PeriodOut
    actual: PercentOrNone
    unit: str
    target: Percent
    standard: Percent
    warning: Percent
    deviation: PercentOrNone = Field(description="actual - target; negative = short of the target")
    attainment_ratio: RatioOrNone = Field(description="actual / target")
    attainment_score: Annotated[
        float | None,
        Field(
            description="0 at the warning line, 100 at the target",
            json_schema_extra={"x-unit": "points of 100", "x-null": NO_DATA},
        ),
    ]
    grade: Grade
    counts: CountsOut
    completeness: Annotated[
        float | None,
        Field(
            description="known / expected cell-minutes",
            json_schema_extra={"x-unit": "1", "x-null": "no cell was expected to work"},
        ),
    ]
    method: str
    rules_version: str
    revision: Annotated[
        int,
        Field(
            description="1 until a closed period is counted again and differs; higher = published again",
            json_schema_extra={"x-unit": "1"},
        ),
    ]
    frozen: bool = Field(description="true = the period is closed and this number is final; false = it may change")
    worst: list[WorstOut]
    measures: list[str] = Field(description="The measures in force for this number")
    evidence: str | None = Field(description="Where the kept number and its hash are; null = the period is open")


@dataclass(frozen=True, slots=True)
class Telling:
    """How numbers are told: ``path`` names a scope's places, ``local`` gives campus time."""

    path: Callable[[Scope], str]
    local: Callable[[datetime], datetime]
    calendar: Calendar
    measures: Sequence[Measure] = ()


def record(told: Published, indicator: Indicator, telling: Telling) -> IndicatorRecord:
    """Write one judged number."""
    value = told.value
    lines = value.lines
    return IndicatorRecord(
        indicator=value.indicator,
        name_zh=indicator.label.zh,
        scope=ScopeOut(type=value.scope.type, id=value.scope.id, path=telling.path(value.scope)),
        period=_period(value.period, indicator, telling),
        actual=percent_or_none(value.value),
        unit="%",
        target=percent(lines.target),
        standard=percent(lines.standard),
        warning=percent(lines.warning),
        deviation=None if value.value is None else round(deviation(value.value, lines) * 100, 2),
        attainment_ratio=_ratio(value.value, lines),
        attainment_score=None if value.value is None else round(attainment_score(value.value, lines), 1),
        grade=value.grade,
        counts=_counts(value.tally),
        completeness=None if value.completeness is None else round(value.completeness, 4),
        method=_METHODS[indicator.method_class],
        rules_version=lines.version,
        revision=told.revision,
        frozen=told.frozen,
        worst=[WorstOut(scope=str(scope), actual=percent(ratio)) for scope, ratio in value.worst],
        measures=[one.id for one in concerning(telling.measures, value)],
        evidence=_evidence(value, telling.calendar) if told.frozen else None,
    )


def _period(period: Period, indicator: Indicator, telling: Telling) -> PeriodOut:
    return PeriodOut(
        grain=period.grain,
        start=telling.local(period.start),
        end=telling.local(period.end),
        term=telling.calendar.term(period.start),
        calendar=indicator.calendar,
    )


def _evidence(value: IndicatorValue, calendar: Calendar) -> str:
    asked = urlencode({"scope": str(value.scope), "period": calendar.name(value.period)})
    return f"/api/v1/indicators/{value.indicator}/evidence?{asked}"


def _ratio(value: float | None, lines: Lines) -> float | None:
    ratio = None if value is None else attainment_ratio(value, lines)
    return None if ratio is None else round(ratio, 4)


def _counts(tally: Tally) -> CountsOut:
    return CountsOut(
        good=tally.good,
        bad=tally.bad,
        unknown=tally.unknown,
        maintenance=tally.maintenance,
        excluded=tally.excluded,
    )
