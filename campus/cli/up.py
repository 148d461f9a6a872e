"""``campus up``, ``collect`` and ``serve``: the processes that run for ever."""

import asyncio
from pathlib import Path

from campus import log
from campus.cli.build import Suite, engine, suite
from campus.cli.options import Config
from campus.cli.processes import collect, records, serve, until_stopped
from campus.cli.texts import say

CONFIG = Path("campus.yaml")


def up(config: Config = CONFIG) -> None:
    """Collectors, API and pages in one process."""
    log.to_stderr()
    asyncio.run(run_up(suite(config)))


def collect_alone(config: Config = CONFIG) -> None:
    """The collectors alone."""
    log.to_stderr()
    asyncio.run(_collect(suite(config)))


def serve_alone(config: Config = CONFIG) -> None:
    """API and pages alone, beside a collecting process or without one."""
    log.to_stderr()
    asyncio.run(_serve(suite(config)))


async def run_up(of: Suite) -> None:
    """Collect and serve until a signal comes."""
    async with engine(of, writer=True) as (store, judges), records(of) as kept:
        print(say("up.collecting", devices=len(of.estate.devices)))
        print(say("up.at", address=address(of)), flush=True)
        await until_stopped(collect(of, store, judges), serve(of, judges, kept))


async def _collect(of: Suite) -> None:
    async with engine(of, writer=True) as (store, judges):
        print(say("up.collecting", devices=len(of.estate.devices)), flush=True)
        await until_stopped(collect(of, store, judges))


async def _serve(of: Suite) -> None:
    async with engine(of) as (_, judges), records(of) as kept:
        print(say("up.at", address=address(of)), flush=True)
        await until_stopped(serve(of, judges, kept))


def address(of: Suite) -> str:
    """Where the pages are."""
    return f"http://{of.settings.api.listen}"
