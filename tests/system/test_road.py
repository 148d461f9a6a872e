"""Does one cell of an agent reach the tile, and does every kind of silence look like what it is?

The whole suite as an operator runs it (``campus up``, in a process of its own) against the lab's agents.
"""

import asyncio
import os
import re
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from lab.faults import FaultKind
from lab.world import Lab
from lab.world import start as start_lab

pytestmark = pytest.mark.asyncio(loop_scope="session")

PERIOD_S = 12
SLACK_S = 3
CAMPUS = Path(sys.executable).with_name("campus")
QUICK = {
    "CAMPUS_COLLECT__TIERS__STATE": f"{PERIOD_S}s",
    "CAMPUS_COLLECT__TIERS__COUNTERS": f"{5 * PERIOD_S}s",
    "CAMPUS_COLLECT__TIERS__NAMES": f"{50 * PERIOD_S}s",
    "CAMPUS_COLLECT__DEADLINE": f"{PERIOD_S - 1}s",
    "LC_ALL": "C.UTF-8",
}
STATIONS_OF_AP = "1.3.6.1.4.1.25506.2.75.2.1.2.1.7"
"""H3C ``hh3cDot11CurrAPStationAssocCount``; the index is the AP's serial, length first."""


@dataclass
class Road:
    """The lab, the suite that watches it, and a client of its API."""

    lab: Lab
    api: httpx.AsyncClient
    key: str
    config: Path
    environ: dict[str, str]
    stop_lab: Callable[[], Awaitable[None]]

    async def overview(self):
        return (await self.api.get("/api/v1/overview")).raise_for_status().json()

    async def troubles(self):
        items = (await self.api.get("/api/v1/problems")).raise_for_status().json()["items"]
        return {one["id"]: {row["kind"]: row["count"] for row in one["affected"]} for one in items}

    async def until(self, what, seconds=5 * PERIOD_S):
        """Wait until ``what`` of the overview holds; give the overview."""
        for _ in range(seconds * 2):
            seen = await self.overview()
            if what(seen):
                return seen
            await asyncio.sleep(0.5)
        raise AssertionError(f"after {seconds} s still {seen['aps']}, {seen['controllers']}")

    async def campus(self, *arguments):
        process = await asyncio.create_subprocess_exec(
            CAMPUS, *arguments, env=self.environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        said, complained = await process.communicate()
        assert process.returncode == 0, complained.decode()
        return said.decode()


@asynccontextmanager
async def campus_up(config, environ, port):
    log = config.with_name("log")
    with log.open("wb") as told:
        process = await asyncio.create_subprocess_exec(CAMPUS, "up", "-c", config, env=environ, stderr=told)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            for _ in range(100):
                await asyncio.sleep(0.2)
                try:
                    await client.get("/health/live")
                    break
                except httpx.ConnectError:
                    continue
            yield client
    finally:
        process.terminate()
        assert await process.wait() == 0, log.read_text()


@pytest_asyncio.fixture(loop_scope="session")
async def road(tmp_path, free_port, monkeypatch):
    monkeypatch.setattr("lab.model.TAKEOVER", timedelta(seconds=1))  # as much shorter as the period
    async with AsyncExitStack() as stack:
        lab = await stack.enter_async_context(start_lab(tmp_path / "lab"))
        environ = {**os.environ, **QUICK, "CAMPUS_API__LISTEN": f"127.0.0.1:{free_port}"}
        async with campus_up(lab.config, environ, free_port) as client:
            opened = Road(lab, client, "", lab.config, environ, stack.aclose)
            opened.key = (await opened.campus("keys", "add", "test", "-c", str(lab.config))).strip()
            client.headers["Authorization"] = f"Bearer {opened.key}"
            await opened.until(lambda seen: seen["aps"]["counts"]["good"] == 60)
            yield opened


def counts(seen, panel="aps"):
    return {state: number for state, number in seen[panel]["counts"].items() if number and state != "excluded"}


async def test_one_cell_of_an_agent_from_the_varbind_to_the_tile(road, browser, need):
    ap = road.lab.plan.mounted()[0]
    index = ".".join(map(str, (len(ap.serial), *ap.serial.encode())))
    cell = f"{STATIONS_OF_AP}.{index}"
    road.lab.override("ac-1a", cell, 4321)

    host, port = road.lab.address("ac-1a")
    snmpget = await asyncio.create_subprocess_exec(
        need("snmpget", "snmp"), "-v2c", "-clab", "-Oqvn", f"{host}:{port}", cell, stdout=asyncio.subprocess.PIPE
    )
    assert (await snmpget.communicate())[0].strip() == b"4321"
    polled = await road.campus("poll", f"{host}:{port}", "--community", "lab", "--format", "line")
    assert re.search(rf"^ap,device=\S+,id={ap.serial} \S*\bstations=4321\b", polled, re.MULTILINE)
    seen = await road.until(lambda seen: (seen["stations"]["count"] or 0) > 4321)
    kept = (await road.api.get("/api/v1/aps", params={"q": ap.serial})).json()["items"]
    assert [row["stations"] for row in kept] == [4321]

    page = await browser.new_page(locale="en-GB")
    await page.goto(f"{road.api.base_url}/sign-in?next=/#key={road.key}")
    tile = page.locator("[data-panel=stations] .big")
    await tile.wait_for()
    shown = int(re.sub(r"\D", "", await tile.inner_text()))
    assert shown >= 4321
    assert abs(shown - seen["stations"]["count"]) < 300  # the other 59 APs come and go
    await page.close()


async def test_every_silence_looks_like_what_it_is(road, browser):
    page = await browser.new_page(locale="en-GB")
    await page.goto(f"{road.api.base_url}/sign-in?next=/#key={road.key}")

    await road.lab.fault(FaultKind.AC_SILENT, "ac-1a")
    await road.until(lambda seen: counts(seen, "controllers") == {"in_service": 3, "good": 2, "bad": 1})
    assert counts(await road.overview()) == {"in_service": 60, "good": 60}
    assert await road.troubles() == {"device:ac-1a/bad": {"ac": 1}}

    await road.lab.fault(FaultKind.AC_SILENT, "ac-1b")
    await road.until(lambda seen: counts(seen) == {"in_service": 60, "good": 24, "bad": 36})
    assert await road.troubles() == {"controller:pair-1/bad": {"ap": 36, "ac": 2}}

    await road.lab.clear()
    await road.until(lambda seen: counts(seen) == {"in_service": 60, "good": 60})
    for unit in ("ac-1a", "ac-1b"):
        await road.lab.fault(FaultKind.AC_SILENT, unit, snmp_only=True)
    await road.until(lambda seen: counts(seen) == {"in_service": 60, "good": 24, "unknown": 36})
    assert all(name.startswith("snmp:ac-1") for name in await road.troubles())

    await road.lab.clear()
    await road.until(lambda seen: counts(seen) == {"in_service": 60, "good": 60})
    await page.locator("[data-panel=aps]:not(.stale)").wait_for()
    await road.stop_lab()
    await page.locator(".tile.stale").nth(4).wait_for(timeout=(2 * PERIOD_S + SLACK_S) * 1000)
    assert await page.locator(".tile:not(.stale)").count() == 0
    await page.close()


@pytest.fixture
def free_port(unused_tcp_port):
    return unused_tcp_port
