"""``campus keys``: keys for programs and people that read the API."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.keys import SCOPES, Keyring
from campus.cli import out
from campus.cli.build import Suite, now, suite
from campus.cli.options import Config, Style
from campus.cli.processes import records
from campus.cli.texts import say

app = typer.Typer(help=say("keys.help"), no_args_is_help=True)


@app.command(help=say("keys.add"))
def add(
    name: Annotated[str, typer.Argument(help=say("keys.name"))],
    scope: Annotated[list[str] | None, typer.Option(help=say("keys.scope"))] = None,
    days: Annotated[int, typer.Option(help=say("keys.days"), min=1)] = 365,
    config: Config = Path("campus.yaml"),
) -> None:
    """Print a new key."""
    print(asyncio.run(issue(suite(config), name, scope or list(SCOPES), timedelta(days=days))))


@app.command("list", help=say("keys.list"))
def list_(config: Config = Path("campus.yaml"), style: Style = out.Format.TABLE) -> None:
    """Print all keys, without their secrets."""
    out.emit(asyncio.run(_rows(suite(config))), ("id", "name", "scopes", "expires", "state"), style)


@app.command(help=say("keys.revoke"))
def revoke(key_id: Annotated[str, typer.Argument(metavar="ID")], config: Config = Path("campus.yaml")) -> None:
    """End a key."""
    asyncio.run(_revoke(suite(config), key_id))


async def issue(of: Suite, name: str, scopes: list[str], life: timedelta) -> str:
    """Make a key and give its token."""
    async with records(of) as kept:
        return await Keyring(kept).issue(name, scopes, now(), life)


async def _rows(of: Suite) -> list[dict[str, object]]:
    async with records(of) as kept:
        keys = await Keyring(kept).keys()
    return [
        {
            "id": key.id,
            "name": key.name,
            "scopes": " ".join(sorted(key.scopes)),
            "expires": key.expires_at.astimezone(of.zone).isoformat(timespec="minutes"),
            "state": _state(revoked=key.revoked, expired=key.expires_at <= now()),
        }
        for key in keys.values()
    ]


def _state(*, revoked: bool, expired: bool) -> str:
    return "revoked" if revoked else "expired" if expired else "good"


async def _revoke(of: Suite, key_id: str) -> None:
    async with records(of) as kept:
        await Keyring(kept).revoke(key_id, now())
