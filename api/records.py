"""How does a judged number leave the house? One record for every door (REST, export, webhook)."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from pydantic import Field

from api.shapes import NO_DATA, Count, Minutes, Out, Percent, PercentOrNone, RatioOrNone, percent, percent_or_none
from campus.indicators.definition import Indicator
from campus.indicators.engine import attainment_ratio, attainment_score, deviation
from campus.model import Grade, IndicatorValue, Lines, Scope, Tally

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
    term: str | None = Field(description="null = no term calendar is set")
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
    revision: Count
    frozen: bool
    worst: list[WorstOut]
    measures: list[str]
    evidence: str | None = Field(description="null = no evidence document is kept for this record")


def record(
    value: IndicatorValue, indicator: Indicator, path: Callable[[Scope], str], local: Callable[[datetime], datetime]
) -> IndicatorRecord:
    """Write one judged number; ``path`` names a scope's places, ``local`` gives campus time."""
    scope, period, lines = value.scope, value.period, value.lines
    return IndicatorRecord(
        indicator=value.indicator,
        name_zh=indicator.label.zh,
        scope=ScopeOut(type=scope.type, id=scope.id, path=path(scope)),
        period=PeriodOut(
            grain=period.grain,
            start=local(period.start),
            end=local(period.end),
            term=None,
            calendar=indicator.calendar,
        ),
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
        revision=1,
        frozen=False,
        worst=[WorstOut(scope=str(scope), actual=percent(ratio)) for scope, ratio in value.worst],
        measures=[],
        evidence=None,
    )


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
