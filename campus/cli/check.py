"""``campus check``: are all files of the operator right? With ``--connect``: does every device answer?"""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from campus.cli import out
from campus.cli.build import Suite, engine, now, suite
from campus.cli.collectors import target_of
from campus.cli.options import Config, Style
from campus.cli.texts import say
from campus.errors import ConfigError
from campus.model import PollResult
from collectors.snmp.collect import poll_once
from collectors.snmp.engine import open_session
from inventory import profile
from inventory.check import Report, check
from inventory.members import EstateMembers
from inventory.profile import Profiles


def check_files(
    config: Config = Path("campus.yaml"),
    connect: Annotated[bool, typer.Option("--connect", help=say("check.connect"))] = False,
    style: Style = out.Format.TABLE,
) -> None:
    """Tell every mistake; then, on request, ask every device once."""
    report = check(config)
    if report.faults:
        raise ConfigError(report.faults)
    of = suite(config)
    if connect:
        results = asyncio.run(_connect(of))
        out.emit([_row(of, result) for result in results], ("device", "address", "profile", "result"), style)
        raise typer.Exit(int(any(result.problem for result in results)))
    asyncio.run(_tell(of, report, style, config))


async def _tell(of: Suite, report: Report, style: out.Format, config: Path) -> None:
    async with engine(of) as (store, _):
        survey = await EstateMembers(of.estate, store).survey(now())
    unplaced = [one.name or one.entity.id for one in survey.unplaced]
    warnings = [*survey.warnings, *(say("check.unplaced", ap=ap) for ap in unplaced)]
    if not of.settings.collect.anchors:
        warnings.append(say("check.anchors"))
    if style is out.Format.JSON:
        out.print_json({"found": dict(report.found), "warnings": warnings, "unplaced": unplaced})
        return
    print(say("check.fine", file=config))
    rows = [{"kind": say(f"found.{kind}"), "number": number} for kind, number in report.found.items()]
    out.emit(rows, ("kind", "number"), style)
    for what in warnings:
        print(say("check.warning", what=what))


async def _connect(of: Suite) -> list[PollResult]:
    profiles = profile.load()
    return await asyncio.gather(*(_ask(of, device.id, profiles) for device in of.estate.devices))


async def _ask(of: Suite, device_id: str, profiles: Profiles) -> PollResult:
    return await poll_once(device_id, open_session(target_of(of, of.estate.device(device_id))), profiles, now())


def _row(of: Suite, result: PollResult) -> dict[str, object]:
    device = of.estate.device(result.device_id)
    told = f"{result.problem.kind}: {result.problem.detail}" if result.problem else say("check.answers")
    return {
        "device": device.id,
        "address": f"{device.address}:{device.port}",
        "profile": " ".join((result.profile, result.variant)).strip(),
        "result": told,
    }
