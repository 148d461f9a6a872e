"""``campus indicators``: what the indicators were, with what they were counted from."""

import asyncio
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.build import Suite, engine, now, suite
from campus.cli.options import Config, Style, instant
from campus.cli.texts import pick, say
from campus.errors import ConfigError, Fault
from campus.indicators.definition import Indicator
from campus.model import IndicatorValue, Scope

DAY = timedelta(days=1)
COLUMNS = ("indicator", "name", "scope", "start", "value", "grade", "completeness", "good", "bad", "unknown")


class Grain(StrEnum):
    """The grains of a period."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    CUSTOM = "custom"


def indicators(
    scope: Annotated[str, typer.Option(help=say("option.scope"))] = "campus:campus",
    grain: Annotated[Grain, typer.Option(help=say("option.grain"))] = Grain.DAY,
    start: Annotated[str | None, typer.Option("--from", help=say("option.from"))] = None,
    end: Annotated[str | None, typer.Option("--to", help=say("option.to"))] = None,
    config: Config = Path("campus.yaml"),
    style: Style = out.Format.TABLE,
) -> None:
    """List values; the last day if no window is given."""
    until = instant(end) if end else now()
    window = (instant(start) if start else until - DAY, until)
    if window[0] >= window[1]:
        raise typer.BadParameter(say("option.window"))
    out.emit(asyncio.run(_rows(suite(config), _scope(scope), grain.value, window)), COLUMNS, style)


def _scope(text: str) -> Scope:
    try:
        return Scope.parse(text)
    except ValueError as error:
        raise ConfigError([Fault("--scope", 0, str(error))]) from None


async def _rows(of: Suite, scope: Scope, grain: str, window: tuple[datetime, datetime]) -> list[dict[str, object]]:
    async with engine(of) as (_, judges):
        return [
            _row(of, indicator, value)
            for indicator in judges.definitions.values()
            for value in await judges.values(indicator.id, [scope], grain, *window)
        ]


def _row(of: Suite, indicator: Indicator, value: IndicatorValue) -> dict[str, object]:
    return {
        "indicator": value.indicator,
        "name": pick(indicator.label),
        "scope": str(value.scope),
        "start": value.period.start.astimezone(of.zone).isoformat(timespec="minutes"),
        "value": _per_cent(value.value),
        "grade": value.grade.value,
        "completeness": _per_cent(value.completeness),
        "good": value.tally.good,
        "bad": value.tally.bad,
        "unknown": value.tally.unknown,
    }


def _per_cent(ratio: float | None) -> float | None:
    """Two decimals, cut and never rounded up: 99.996 is not 100."""
    return None if ratio is None else int(ratio * 10_000) / 100
