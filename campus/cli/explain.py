"""``campus indicators explain``: what a number is made of, cause by cause, and what was missing when."""

import asyncio
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.build import Suite, engine, now, suite
from campus.cli.indicators import per_cent, period_of, scope_of
from campus.cli.options import Config, Limit, Style
from campus.cli.texts import say
from campus.errors import NotFound
from campus.indicators.explain import Charge, Explanation, Stretch
from campus.indicators.timeline import MINUTE, minutes
from campus.model import Period, Scope


def explain(
    indicator: Annotated[str, typer.Argument(help=say("explain.indicator"))],
    day: Annotated[str, typer.Option("--day", help=say("explain.day"))],
    scope: Annotated[str, typer.Option(help=say("option.scope"))] = "campus:campus",
    limit: Limit = 20,
    config: Config = Path("campus.yaml"),
    style: Style = out.Format.TABLE,
) -> None:
    """Say what one indicator was made of on one day (or week, month, term)."""
    of = suite(config)
    found = asyncio.run(_explained(of, indicator, scope_of(scope), period_of(of, day)))
    if style is out.Format.JSON:
        out.print_json(_document(of, found))
        return
    _head(of, found)
    out.emit([_charge(one) for one in found.charges[:limit]], ("state", "cause", "minutes", "cells"), style)
    rows = [_stretch(of, one) for one in found.stretches]
    out.emit(rows[:limit], ("start", "end", "minutes", "state", "cause", "object", "name"), style)
    if len(rows) > limit:
        print(say("explain.more", number=len(rows) - limit))


async def _explained(of: Suite, indicator_id: str, scope: Scope, period: Period) -> Explanation:
    async with engine(of) as (_, judges):
        if indicator_id not in judges.definitions:
            known = ", ".join(sorted(judges.definitions))
            raise NotFound(say("explain.unknown", indicator=indicator_id, known=known))
        until = min(period.end, await judges.live.as_of(now()) + MINUTE)
        return await judges.ledger.explain(indicator_id, scope, Period(period.grain, period.start, until))


def _head(of: Suite, found: Explanation) -> None:
    value = found.value
    print(
        say(
            "explain.head",
            indicator=value.indicator,
            scope=value.scope,
            start=of_campus(of, value.period.start),
            end=of_campus(of, value.period.end),
            value=out.cell(per_cent(value.value)),
            grade=value.grade.value,
            completeness=out.cell(per_cent(value.completeness)),
        )
    )


def _document(of: Suite, found: Explanation) -> dict[str, object]:
    value = found.value
    return {
        "indicator": value.indicator,
        "scope": str(value.scope),
        "from": of_campus(of, value.period.start),
        "to": of_campus(of, value.period.end),
        "value": per_cent(value.value),
        "grade": value.grade.value,
        "completeness": per_cent(value.completeness),
        "rules_version": value.lines.version,
        "counts": asdict(value.tally),
        "causes": [_charge(one) for one in found.charges],
        "stretches": [_stretch(of, one) for one in found.stretches],
    }


def of_campus(of: Suite, instant: datetime) -> str:
    """An instant in campus time."""
    return instant.astimezone(of.zone).isoformat(timespec="minutes")


def _charge(one: Charge) -> dict[str, object]:
    return {
        "state": one.state.value,
        "cause": str(one.cause or ""),
        "minutes": one.minutes,
        "cells": one.cells,
    }


def _stretch(of: Suite, one: Stretch) -> dict[str, object]:
    return {
        "start": of_campus(of, one.segment.start),
        "end": of_campus(of, one.segment.end),
        "minutes": minutes(one.segment.start, one.segment.end),
        "state": one.segment.state.value,
        "cause": str(one.segment.cause or ""),
        "object": str(one.cell),
        "name": one.name,
    }
