"""``campus report``: one period's numbers as a file that a quality office shows."""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.reports.content import Report
from api.reports.gather import Asked, Source, gather
from api.reports.page import as_html
from api.reports.tables import as_csv, as_json
from api.reports.workbook import as_xlsx
from campus.cli.build import Suite, engine, now, suite
from campus.cli.indicators import period_of, scope_of
from campus.cli.options import Config
from campus.cli.processes import records
from campus.cli.texts import say
from campus.errors import ConfigError, Fault
from campus.indicators.measures import Measures

WRITERS: Mapping[str, Callable[[Report], bytes]] = {
    ".xlsx": as_xlsx,
    ".html": as_html,
    ".csv": as_csv,
    ".json": as_json,
}


class Language(StrEnum):
    """The languages of a report."""

    ZH = "zh"
    EN = "en"


def report(
    period: Annotated[str, typer.Option(help=say("option.period"))],
    out: Annotated[Path, typer.Option(help=say("report.out"))],
    scope: Annotated[str, typer.Option(help=say("option.scope"))] = "campus:campus",
    language: Annotated[Language, typer.Option("--lang", help=say("report.lang"))] = Language.ZH,
    config: Config = Path("campus.yaml"),
) -> None:
    """Write the report; what it is written as follows from the file's name."""
    write = WRITERS.get(out.suffix.lower())
    if write is None:
        raise typer.BadParameter(say("report.formats", formats=" ".join(WRITERS)))
    of = suite(config)
    asked = Asked(period_of(of, period), scope_of(scope), language.value)
    if asked.scope not in of.estate.paths:
        raise ConfigError([Fault("--scope", 0, f"no place is called {scope}")])
    content = asyncio.run(_gather(of, asked))
    out.write_bytes(write(content))
    print(say("report.written", out=out, numbers=len(content.records)))


async def _gather(of: Suite, asked: Asked) -> Report:
    async with engine(of) as (_, judges), records(of) as kept:
        measures = Measures(kept, of.calendar, of.settings.indicators.measure_periods)
        return await gather(Source(judges, kept, measures), asked, now())
