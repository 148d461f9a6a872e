"""``campus measures``: what is being done about indicators that fell short, and when it may be closed."""

import asyncio
import getpass
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.build import Suite, now, suite
from campus.cli.indicators import period_of, scope_of
from campus.cli.options import Config, Style
from campus.cli.processes import records
from campus.cli.texts import say
from campus.errors import ConfigError, Fault
from campus.indicators import definition
from campus.indicators.measures import Measure, Measures, Wish

CONFIG = Path("campus.yaml")
COLUMNS = ("id", "indicator", "scope", "period", "text", "owner", "due", "state")

app = typer.Typer(help=say("measures.help"), no_args_is_help=True)


@app.command(help=say("measures.add"))
def add(
    indicator: Annotated[str, typer.Option(help=say("measures.indicator"))],
    period: Annotated[str, typer.Option(help=say("option.period"))],
    owner: Annotated[str, typer.Option(help=say("measures.owner"))],
    due: Annotated[datetime, typer.Option(help=say("measures.due"), formats=["%Y-%m-%d"])],
    text: Annotated[str, typer.Option(help=say("measures.text"))],
    scope: Annotated[str, typer.Option(help=say("option.scope"))] = "campus:campus",
    evidence: Annotated[str, typer.Option(help=say("measures.evidence"))] = "",
    config: Config = CONFIG,
    style: Style = out.Format.TABLE,
) -> None:
    """Keep a measure and print it with its number."""
    of = suite(config)
    place = scope_of(scope)
    if indicator not in definition.load(of.catalogue):
        raise ConfigError([Fault("--indicator", 0, f"no indicator is called {indicator}")])
    if place not in of.estate.paths:
        raise ConfigError([Fault("--scope", 0, f"no place is called {scope}")])
    wish = Wish(indicator, place, period_of(of, period), owner, due.date(), text, evidence)
    _emit(of, [asyncio.run(_add(of, wish))], style)


@app.command("list", help=say("measures.list"))
def list_(config: Config = CONFIG, style: Style = out.Format.TABLE) -> None:
    """Print all measures, oldest first."""
    of = suite(config)
    _emit(of, asyncio.run(_all(of)), style)


@app.command(help=say("measures.close"))
def close(
    measure_id: Annotated[str, typer.Argument(metavar="ID")],
    evidence: Annotated[str, typer.Option(help=say("measures.evidence"))],
    config: Config = CONFIG,
    style: Style = out.Format.TABLE,
) -> None:
    """Close a measure that closed periods prove; exit code 1 while they do not."""
    of = suite(config)
    _emit(of, [asyncio.run(_close(of, measure_id, evidence))], style)


@asynccontextmanager
async def _measures(of: Suite) -> AsyncIterator[Measures]:
    async with records(of) as kept:
        yield Measures(kept, of.calendar, of.settings.indicators.measure_periods)


async def _add(of: Suite, wish: Wish) -> Measure:
    async with _measures(of) as measures:
        return await measures.add(wish, now(), getpass.getuser())


async def _all(of: Suite) -> list[Measure]:
    async with _measures(of) as measures:
        return await measures.all()


async def _close(of: Suite, measure_id: str, evidence: str) -> Measure:
    async with _measures(of) as measures:
        return await measures.close(measure_id, now(), getpass.getuser(), evidence)


def _emit(of: Suite, measures: list[Measure], style: out.Format) -> None:
    today = now().astimezone(of.zone).date()
    out.emit([_row(of, one, today) for one in measures], COLUMNS, style)


def _row(of: Suite, measure: Measure, today: date) -> dict[str, object]:
    wish = measure.wish
    return {
        "id": measure.id,
        "indicator": wish.indicator,
        "scope": str(wish.scope),
        "period": of.calendar.name(wish.period),
        "text": wish.text,
        "owner": wish.owner,
        "due": wish.due.isoformat(),
        "state": "closed" if measure.closed_at else "late" if measure.late(today) else "open",
        "evidence": wish.evidence,
        "proof": [int(value * 10_000) / 100 for value in measure.proof],
    }
