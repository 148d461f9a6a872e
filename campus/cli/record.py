"""``campus record``: a scrubbed recording of a device, for a test or a bug report."""

import asyncio
import secrets
from pathlib import Path
from typing import Annotated

import typer

from campus.cli.build import Suite, suite
from campus.cli.collectors import target_of
from campus.cli.options import Config
from campus.cli.texts import say
from campus.errors import CampusError
from collectors.snmp.engine import open_session
from collectors.snmp.record import record as record_device
from collectors.snmp.scrub import Scrubber

KEY_OCTETS = 32


def record(
    device: Annotated[str, typer.Argument(help=say("record.device"))],
    out: Annotated[Path, typer.Option(help=say("record.out"))],
    config: Config = Path("campus.yaml"),
) -> None:
    """Walk the device, write the file, say what kept it from being whole (exit 1)."""
    problems = asyncio.run(_record(suite(config), device, out))
    for problem in problems:
        typer.echo(say("poll.gap", gap=problem), err=True)
    typer.echo(say("record.done", out=out), err=True)
    raise typer.Exit(int(bool(problems)))


async def _record(of: Suite, device_id: str, out: Path) -> list[str]:
    async with open_session(target_of(of, of.estate.device(device_id))) as session:
        try:
            return await record_device(session, out, Scrubber(secrets.token_bytes(KEY_OCTETS)))
        except OSError as error:
            raise CampusError(f"{out}: {error.strerror}") from None
