"""What is a tally worth? Value, completeness, grade and attainment of one indicator in one scope and period."""

from campus.indicators.definition import Indicator
from campus.model import Grade, IndicatorValue, Lines, Period, Scope, Tally


def judge(
    indicator: Indicator, scope: Scope, period: Period, tally: Tally, previous: float | None = None
) -> IndicatorValue:
    """Judge one tally.

    ``previous`` is the value of the period before: below the warning line twice running is red.
    Completeness below what the indicator asks gives no value and grey, never a flattering number.
    """
    lines = indicator.lines_on(period.start.date())
    completeness = tally.completeness
    known = completeness is not None and completeness >= indicator.minimum_completeness
    value = tally.ratio if known else None
    return IndicatorValue(
        indicator=indicator.id,
        scope=scope,
        period=period,
        value=value,
        grade=grade(value, lines, previous),
        completeness=completeness,
        tally=tally,
        lines=lines,
        previous=previous,
    )


def grade(value: float | None, lines: Lines, previous: float | None = None) -> Grade:
    """Give the colour of a value: green at the target or above, then blue, yellow, orange; grey without one."""
    if value is None:
        return Grade.GREY
    if value >= lines.target:
        return Grade.GREEN
    if value >= lines.standard:
        return Grade.BLUE
    if value >= lines.warning:
        return Grade.YELLOW
    return Grade.RED if previous is not None and previous < lines.warning else Grade.ORANGE


def deviation(value: float, lines: Lines) -> float:
    """Value minus target; negative = short of it."""
    return value - lines.target


def attainment_ratio(value: float, lines: Lines) -> float | None:
    """Value ÷ target; ``None`` for a target of zero."""
    return value / lines.target if lines.target else None


def attainment_score(value: float, lines: Lines) -> float:
    """0 at the warning line or below, 100 at the target or above, linear between."""
    if lines.target == lines.warning:
        return 100.0 if value >= lines.target else 0.0
    return 100 * min(1.0, max(0.0, (value - lines.warning) / (lines.target - lines.warning)))
