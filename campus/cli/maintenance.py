"""``campus maintenance``: planned works, during which nothing counts and nothing is wrong."""

import asyncio
import getpass
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.build import Suite, now, suite
from campus.cli.options import Config, Style
from campus.cli.processes import records
from campus.cli.texts import say
from campus.errors import ConfigError, Fault, NotFound
from campus.indicators.maintenance import KIND, Window, of_record
from campus.model import Scope, Segment

app = typer.Typer(help=say("maintenance.help"), no_args_is_help=True)

COLUMNS = ("id", "state", "scope", "start", "end", "start_utc", "repeat", "reason", "principal")
PAST = timedelta(days=7)
AHEAD = timedelta(days=366 * 4)
EVER = timedelta(days=366 * 10)
MINUTES = {"m": 1, "h": 60, "d": 24 * 60}
PLACES = frozenset({"campus", "area", "building", "floor"})
DEVICES = frozenset({"ac", "switch", "host"})


@app.command(help=say("maintenance.add"))
def add(
    scope: Annotated[str, typer.Option(help=say("maintenance.scope"))],
    start: Annotated[str, typer.Option("--from", help=say("maintenance.from"))],
    duration: Annotated[str, typer.Option("--for", help=say("maintenance.for"))],
    reason: Annotated[str, typer.Option(help=say("maintenance.reason"))],
    repeat: Annotated[str, typer.Option(help=say("maintenance.repeat"))] = "",
    zone: Annotated[str | None, typer.Option(help=say("maintenance.zone"))] = None,
    principal: Annotated[str | None, typer.Option(help=say("maintenance.principal"))] = None,
    config: Config = Path("campus.yaml"),
    style: Style = out.Format.TABLE,
) -> None:
    """Register a window."""
    of = suite(config)
    at = now()
    try:
        window = Window(
            id=f"M{at.astimezone(of.zone):%Y%m%d}-{secrets.token_hex(2)}",
            scope=_known(of, Scope.parse(scope)),
            zone=zone or of.settings.campus.timezone,
            start=datetime.fromisoformat(start),
            duration=_duration(duration),
            reason=reason,
            principal=principal or getpass.getuser(),
            registered_at=at,
            rule=repeat,
        )
        _late(of, window, at)
    except ValueError as error:
        raise ConfigError([Fault("campus maintenance add", 0, str(error))]) from None
    asyncio.run(_keep(of, window, at, window.principal))
    out.emit([_row(of, window, at)], COLUMNS, style)


@app.command("list", help=say("maintenance.list"))
def list_(
    every: Annotated[bool, typer.Option("--all", help=say("maintenance.all"))] = False,
    config: Config = Path("campus.yaml"),
    style: Style = out.Format.TABLE,
) -> None:
    """List the windows that are open or to come."""
    of, at = suite(config), now()
    rows = [_row(of, window, at) for window in asyncio.run(_windows(of))]
    out.emit([row for row in rows if every or row["state"] in {"open", "planned"}], COLUMNS, style)


@app.command(help=say("maintenance.end"))
def end(
    window_id: Annotated[str, typer.Argument(metavar="ID")],
    principal: Annotated[str | None, typer.Option(help=say("maintenance.principal"))] = None,
    config: Config = Path("campus.yaml"),
) -> None:
    """End a window now, and for good."""
    of, at = suite(config), now()
    window = next((one for one in asyncio.run(_windows(of)) if one.id == window_id), None)
    if window is None:
        raise NotFound(say("maintenance.unknown", id=window_id))
    if window.ended_at is None:
        asyncio.run(_keep(of, replace(window, ended_at=at), at, principal or getpass.getuser()))


async def _windows(of: Suite) -> Sequence[Window]:
    async with records(of) as kept:
        return [of_record(record) for record in await kept.list(KIND)]


async def _keep(of: Suite, window: Window, at: datetime, principal: str) -> None:
    async with records(of) as kept:
        await kept.append(window.record(at, principal))


def _known(of: Suite, scope: Scope) -> Scope:
    """Refuse a place or a device that is not in the estate; APs and radios are known to the controllers alone."""
    units = {device.id for device in of.estate.devices} | {group.id for group in of.estate.ha_groups}
    strange = scope not in of.estate.paths if scope.type in PLACES else scope.type in DEVICES and scope.id not in units
    if strange or scope.type not in PLACES | DEVICES | {"ap", "radio"}:
        raise ValueError(say("maintenance.strange", scope=scope))
    return scope


def _duration(text: str) -> timedelta:
    number, unit = text[:-1], text[-1:]
    if not number.isdecimal() or unit not in MINUTES:
        raise ValueError(say("maintenance.duration", text=text))
    return timedelta(minutes=int(number) * MINUTES[unit])


def _late(of: Suite, window: Window, at: datetime) -> None:
    """Refuse what begins so long ago that the readings to count those hours anew may be gone."""
    reach = min(PAST, timedelta(days=of.settings.store.raw_days))
    if next(window.during(at - EVER, at - reach), None):
        raise ValueError(say("maintenance.late", days=reach.days))


def _row(of: Suite, window: Window, at: datetime) -> dict[str, object]:
    turns = window.during(at - window.duration, at + AHEAD)
    turn = next((one for one in turns if one.end > at), None)
    return {
        "id": window.id,
        "state": _state(window, turn, at),
        "scope": str(window.scope),
        "start": turn.start.astimezone(of.zone).isoformat(timespec="minutes") if turn else None,
        "end": turn.end.astimezone(of.zone).isoformat(timespec="minutes") if turn else None,
        "start_utc": turn.start.isoformat(timespec="minutes") if turn else None,
        "wall": window.start.isoformat(timespec="minutes"),
        "zone": window.zone,
        "repeat": window.rule,
        "reason": window.reason,
        "principal": window.principal,
    }


def _state(window: Window, turn: Segment | None, at: datetime) -> str:
    if window.ended_at:
        return "ended"
    if turn is None:
        return "over"
    return "open" if turn.start <= at else "planned"
