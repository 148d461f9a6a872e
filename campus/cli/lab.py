"""``campus lab``: break and mend things in the running simulated campus."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from campus.cli.texts import say
from lab.control import Verb, send_fault

DEMO = Path("var/demo")

app = typer.Typer(help=say("lab.help"), no_args_is_help=True)

Target = Annotated[str, typer.Argument(help=say("lab.target"))]
Where = Annotated[Path, typer.Option("--dir", help=say("lab.dir"))]


@app.command("ap-down", help=say("lab.ap-down"))
def ap_down(target: Target, folder: Where = DEMO) -> None:
    """Take an AP down."""
    _order(folder, "ap-down", target)


@app.command("ac-silent", help=say("lab.ac-silent"))
def ac_silent(
    target: Target,
    snmp_only: Annotated[bool, typer.Option("--snmp-only", help=say("lab.snmp-only"))] = False,
    folder: Where = DEMO,
) -> None:
    """Silence a controller."""
    _order(folder, "ac-silent", target, snmp_only=snmp_only)


@app.command("switch-down", help=say("lab.switch-down"))
def switch_down(target: Target, folder: Where = DEMO) -> None:
    """Power a switch off."""
    _order(folder, "switch-down", target)


@app.command("host-down", help=say("lab.host-down"))
def host_down(target: Target, folder: Where = DEMO) -> None:
    """Power a host off."""
    _order(folder, "host-down", target)


@app.command(help=say("lab.clear"))
def clear(target: Annotated[str | None, typer.Argument(help=say("lab.target"))] = None, folder: Where = DEMO) -> None:
    """Mend everything, or one target."""
    _order(folder, "clear", target)


def _order(folder: Path, do: Verb, target: str | None, *, snmp_only: bool = False) -> None:
    print(asyncio.run(send_fault(folder, do, target, snmp_only=snmp_only)))
