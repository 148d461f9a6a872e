"""``campus demo``: a simulated campus with everything that watches it, in one process."""

import asyncio
import os
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from api.keys import SCOPES, Keyring
from campus import log
from campus.cli.build import Suite, engine, now, suite
from campus.cli.lab import DEMO
from campus.cli.past import Past, instants, is_remembered, remember
from campus.cli.processes import collect, records, serve, until_stopped
from campus.cli.texts import say
from campus.cli.up import address
from campus.store.contracts import RecordStore
from lab.history import History, past_week
from lab.plan import GATEWAY, plan
from lab.world import start as start_lab

SEED = 1
KEY_LIFE = timedelta(days=7)


def demo(
    listen: Annotated[str, typer.Option(help=say("demo.listen"))] = "127.0.0.1:8000",
    days: Annotated[int, typer.Option("--history", help=say("demo.history"), min=0, max=7)] = 7,
    fresh: Annotated[bool, typer.Option("--fresh", help=say("demo.fresh"))] = False,
    folder: Annotated[Path, typer.Option("--dir", help=say("lab.dir"))] = DEMO,
) -> None:
    """Start the lab, make its past, then collect and serve until a signal comes."""
    log.to_stderr()
    if fresh:
        shutil.rmtree(folder / "var", ignore_errors=True)
    asyncio.run(_demo(folder, listen, timedelta(days=days)))


async def _demo(folder: Path, listen: str, span: timedelta) -> None:
    began = now().replace(second=0, microsecond=0)
    outages = past_week(plan(SEED), began)
    async with start_lab(folder, seed=SEED, outages=outages) as lab:
        print(say("demo.mode", mode=lab.banner), flush=True)
        of = suite(lab.config, {**os.environ, "CAMPUS_API__LISTEN": listen})
        async with engine(of, writer=True) as (store, judges), records(of) as kept:
            if not await is_remembered(kept):
                print(say("demo.building", days=span.days), flush=True)
                window = (began - span, began)
                past = Past(History(lab.plan, outages), store, of.catalogue, lab.network.address(GATEWAY))
                await past.relive(instants(*window, outages))
                await remember(judges, kept, window, began)
            await _welcome(of, kept)
            await until_stopped(collect(of, store, judges), serve(of, judges, kept))


async def _welcome(of: Suite, kept: RecordStore) -> None:
    key = await Keyring(kept).issue("demo", SCOPES, now(), KEY_LIFE)
    print(say("demo.ready", address=address(of)))
    print(say("demo.signin", key=key))
    print(say("demo.link", link=f"{address(of)}/sign-in?next=/#key={key}"))
    print(say("demo.fault"))
    print(say("demo.stop"), flush=True)
