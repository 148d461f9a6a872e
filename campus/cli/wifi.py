"""``campus wifi``: what the duty engineer asks about APs and radios."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.build import Suite, engine, now, suite
from campus.cli.options import Config, Limit, Style
from campus.cli.texts import say
from campus.errors import ConfigError, Fault
from campus.indicators.live import newest
from campus.model import Condition, Latest, Scope, State

app = typer.Typer(help=say("wifi.help"), no_args_is_help=True)

Where = Annotated[str | None, typer.Option("--scope", help=say("option.scope"))]
Row = dict[str, object]


@app.command(help=say("wifi.aps"))
def aps(
    scope: Where = None,
    state: Annotated[State | None, typer.Option(help=say("option.state"))] = None,
    config: Config = Path("campus.yaml"),
    style: Style = out.Format.TABLE,
) -> None:
    """List APs."""
    rows = [row for row in _aps(suite(config), scope) if state is None or row["state"] == state.value]
    out.emit(rows, ("state", "name", "area", "building", "floor", "stations", "since", "cause", "serial"), style)


@app.command(help=say("wifi.top"))
def top(
    scope: Where = None, limit: Limit = 10, config: Config = Path("campus.yaml"), style: Style = out.Format.TABLE
) -> None:
    """List the busiest APs."""
    known = [row for row in _aps(suite(config), scope) if isinstance(row["stations"], int)]
    busiest = sorted(known, key=lambda row: (-_number(row["stations"]), str(row["name"])))
    out.emit(busiest[:limit], ("stations", "name", "area", "building", "floor"), style)


@app.command(help=say("wifi.radios"))
def radios(scope: Where = None, config: Config = Path("campus.yaml"), style: Style = out.Format.TABLE) -> None:
    """List radios."""
    rows = asyncio.run(_radios(suite(config), scope))
    out.emit(rows, ("ap", "id", "band", "up", "channel", "use", "noise", "power", "stations"), style)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _aps(of: Suite, scope: str | None) -> list[Row]:
    return asyncio.run(_ap_rows(of, scope))


async def _ap_rows(of: Suite, scope: str | None) -> list[Row]:
    async with engine(of) as (_, judges):
        conditions = await judges.conditions("ap", now())
        told = newest(await judges.latest("ap"))
    found = [one for one in conditions if _lies_in(of, one, scope)]
    return [_ap_row(of, one, told.get(one.member.entity.id)) for one in found]


def _ap_row(of: Suite, one: Condition, told: Latest | None) -> Row:
    place = {scope.type: scope.id for scope in one.member.scopes}
    stations = told.values.get("ap.stations") if told else None
    return {
        "id": one.member.entity.id,
        "name": one.member.name,
        "state": one.state.value,
        "cause": str(one.cause or ""),
        "since": one.since.astimezone(of.zone).isoformat(timespec="minutes"),
        "area": place.get("area"),
        "building": place.get("building"),
        "floor": place.get("floor"),
        "stations": None if stations is None else int(stations),
        "serial": told.facts.get("serial") if told else None,
        "model": told.facts.get("model") if told else None,
    }


async def _radios(of: Suite, scope: str | None) -> list[Row]:
    async with engine(of) as (_, judges):
        conditions = {one.member.entity.id: one for one in await judges.conditions("ap", now())}
        readings = newest(await judges.latest("radio"))
    rows = []
    for radio_id, told in sorted(readings.items()):
        condition = conditions.get(told.facts.get("ap", ""))
        if condition and _lies_in(of, condition, scope):
            rows.append(_radio_row(radio_id, condition.member.name, told))
    return rows


def _radio_row(radio_id: str, ap: str, told: Latest) -> Row:
    values = {
        "up": "radio.up",
        "channel": "radio.channel",
        "use": "radio.channel_use_ratio",
        "noise": "radio.noise_dbm",
        "power": "radio.tx_power_dbm",
        "stations": "radio.stations",
    }
    row: Row = {"ap": ap, "id": radio_id, "band": told.facts.get("band")}
    return row | {key: _plain(told.values.get(metric)) for key, metric in values.items()}


def _plain(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _lies_in(of: Suite, one: Condition, scope: str | None) -> bool:
    if scope is None:
        return True
    try:
        wanted = Scope.parse(scope)
    except ValueError as error:
        raise ConfigError([Fault("--scope", 0, str(error))]) from None
    if wanted not in of.estate.paths:
        raise ConfigError([Fault("--scope", 0, f"no place is called {scope}")])
    return wanted in one.member.scopes
