"""``campus indicators``: what the indicators were, with what they were counted from; closing and recounting periods."""

import asyncio
import getpass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.build import Suite, closings, engine, now, suite
from campus.cli.options import Config, Style, instant
from campus.cli.processes import records
from campus.cli.texts import pick, say
from campus.errors import ConfigError, Fault
from campus.indicators.closing import Verdict
from campus.indicators.definition import Awaited, Indicator, load_all
from campus.indicators.published import Published, published
from campus.model import IndicatorValue, Period, Scope

DAY = timedelta(days=1)
CONFIG = Path("campus.yaml")
COUNTS = ("good", "bad", "unknown")
COLUMNS = ("indicator", "name", "scope", "start", "value", "grade", "completeness", *COUNTS, "frozen", "note")
CLOSED = ("period", "indicator", "scope", "value", "grade", "completeness", "revision")


class Grain(StrEnum):
    """The grains of a period."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TERM = "term"
    CUSTOM = "custom"


app = typer.Typer(help=say("indicators.help"), invoke_without_command=True)


@app.callback()
def indicators(
    context: typer.Context,
    scope: Annotated[str, typer.Option(help=say("option.scope"))] = "campus:campus",
    grain: Annotated[Grain, typer.Option(help=say("option.grain"))] = Grain.DAY,
    start: Annotated[str | None, typer.Option("--from", help=say("option.from"))] = None,
    end: Annotated[str | None, typer.Option("--to", help=say("option.to"))] = None,
    config: Config = CONFIG,
    style: Style = out.Format.TABLE,
) -> None:
    """List values; the last day if no window is given."""
    if context.invoked_subcommand:
        return
    until = instant(end) if end else now()
    window = (instant(start) if start else until - DAY, until)
    if window[0] >= window[1]:
        raise typer.BadParameter(say("option.window"))
    out.emit(asyncio.run(_rows(suite(config), scope_of(scope), grain.value, window)), COLUMNS, style)


@app.command(help=say("indicators.close"))
def close(
    period: Annotated[str | None, typer.Option(help=say("indicators.close.period"))] = None,
    why: Annotated[str, typer.Option(help=say("indicators.close.why"))] = "",
    config: Config = CONFIG,
    style: Style = out.Format.TABLE,
) -> None:
    """Close what is due, or close one period (again); print the new numbers."""
    out.emit(asyncio.run(_close(suite(config), period, why)), CLOSED, style)


@app.command(help=say("indicators.verify"))
def verify(
    period: Annotated[str, typer.Option(help=say("option.period"))],
    config: Config = CONFIG,
    style: Style = out.Format.TABLE,
) -> None:
    """Count a closed period again; exit code 1 if it differs from what was published."""
    verdict = asyncio.run(_verify(suite(config), period))
    rows: list[dict[str, object]] = [
        {"indicator": one.indicator, "scope": str(one.scope), "what": one.what, "kept": one.kept, "found": one.found}
        for one in verdict.differences
    ]
    if rows or style is out.Format.JSON:
        out.emit(rows, ("indicator", "scope", "what", "kept", "found"), style)
    else:
        print(say("indicators.equal", numbers=verdict.numbers, period=period))
        if verdict.added:
            print(say("indicators.added", indicators=" ".join(verdict.added)))
    raise typer.Exit(int(bool(rows)))


async def _close(of: Suite, name: str | None, why: str) -> list[dict[str, object]]:
    principal = getpass.getuser()
    async with engine(of) as (_, judges), records(of) as kept:
        closing = closings(of, kept, judges)
        if name:
            written = await closing.close(period_of(of, name), now(), principal, why)
        else:
            written = await closing.close_due(now(), principal)
        return [_row(of, judges.definitions[one.value.indicator], one) for one in written]


async def _verify(of: Suite, name: str) -> Verdict:
    async with engine(of) as (_, judges), records(of) as kept:
        return await closings(of, kept, judges).verify(period_of(of, name))


def period_of(of: Suite, name: str) -> Period:
    """Give the period that an operator named.

    Raises:
        ConfigError: no period is called so.
    """
    try:
        return of.calendar.named(name)
    except ValueError as error:
        raise ConfigError([Fault("--period", 0, str(error))]) from None


def scope_of(text: str) -> Scope:
    """Give the scope that an operator wrote.

    Raises:
        ConfigError: it is none.
    """
    try:
        return Scope.parse(text)
    except ValueError as error:
        raise ConfigError([Fault("--scope", 0, str(error))]) from None


async def _rows(of: Suite, scope: Scope, grain: str, window: tuple[datetime, datetime]) -> list[dict[str, object]]:
    others = load_all(of.catalogue)
    async with engine(of) as (_, judges), records(of) as kept:
        rows = [
            _row(of, indicator, told)
            for indicator in judges.definitions.values()
            for told in await published(kept, await judges.values(indicator.id, [scope], grain, *window))
        ]
        present = [(one, await judges.live.present(one, scope, now())) for one in others.present.values()]
    rows += [_value(of, one, value) | {"note": say("indicators.present")} for one, value in present]
    rows += [_awaited(one, scope) for one in others.awaited.values()]
    return sorted(rows, key=lambda row: str(row["indicator"]))


def _awaited(one: Awaited, scope: Scope) -> dict[str, object]:
    """An indicator without a source: never a number."""
    nothing = dict.fromkeys(("start", "value", "grade", "completeness", *COUNTS))
    known = {"indicator": one.id, "name": pick(one.label), "scope": str(scope)}
    return known | nothing | {"note": pick(one.missing)}


def _row(of: Suite, indicator: Indicator, told: Published) -> dict[str, object]:
    return _value(of, indicator, told.value) | {"revision": told.revision, "frozen": told.frozen}


def _value(of: Suite, indicator: Indicator, value: IndicatorValue) -> dict[str, object]:
    return {
        "indicator": value.indicator,
        "name": pick(indicator.label),
        "scope": str(value.scope),
        "period": of.calendar.name(value.period),
        "start": value.period.start.astimezone(of.zone).isoformat(timespec="minutes"),
        "value": per_cent(value.value),
        "grade": value.grade.value,
        "completeness": per_cent(value.completeness),
        "good": value.tally.good,
        "bad": value.tally.bad,
        "unknown": value.tally.unknown,
    }


def per_cent(ratio: float | None) -> float | None:
    """Per cent with two decimals, cut and never rounded up: 99.996 is not 100."""
    return None if ratio is None else int(ratio * 10_000) / 100
