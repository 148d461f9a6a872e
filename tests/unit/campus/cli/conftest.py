"""A small college on disk whose first of November is over: what the command line finds there."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from typer.testing import CliRunner

from campus.cli.app import app
from campus.model import Batch, Entity, Measurement
from tests.small_campus import AP_NAMES, CALENDAR, CAMPUS_YAML, COLLECTOR, DEVICES, serial, small_campus

HOUR = timedelta(hours=1)
DAY = CALENDAR.named("2026-11-01")
TERMS = "indicators: {terms: [{id: 2026-2027-1, from: 2026-08-31, to: 2027-01-18}]}\n"


async def _tell(campus, start, hours, down=()):
    reach = [Measurement(Entity("reach", "anchor:gate/icmp"), start, {"reach.up": 1.0})]
    reach += [
        Measurement(Entity("reach", f"{device}/{witness}"), start, {"reach.up": 1.0})
        for device in DEVICES
        for witness in ("snmp", "icmp")
    ]
    aps = [
        Measurement(Entity("ap", serial(name)), start, {"ap.up": float(name not in down)}, {"name": name})
        for name in AP_NAMES
    ]
    for source, told in ((COLLECTOR, reach), ("ac-1", aps[:5]), ("ac-3", aps[5:])):
        await campus.store.write(Batch(source, hours * HOUR, tuple(told)))


async def _first_of_november(folder):
    """An AP of building B1 is down for six of 24 hours."""
    async with small_campus(folder, datetime(2026, 11, 2, 1, tzinfo=UTC)) as campus:
        await _tell(campus, DAY.start, 18)
        await _tell(campus, DAY.start + 18 * HOUR, 6, down=["B1-1F-1"])
        await _tell(campus, DAY.end, 12)
        await campus.engine.ledger.catch_up(DAY.end + 12 * HOUR)


@pytest.fixture
def folder(tmp_path):
    asyncio.run(_first_of_november(tmp_path))
    (tmp_path / "campus.yaml").write_text(CAMPUS_YAML + TERMS + "store: {path: store}\n", encoding="utf-8")
    return tmp_path


@pytest.fixture
def campus(folder, monkeypatch):
    """Give ``campus(*words)``: what the command line does with them, in English."""
    monkeypatch.setenv("CAMPUS_CONFIG", str(folder / "campus.yaml"))
    return lambda *words: CliRunner().invoke(app, list(words), env={"LANG": "en", "LC_ALL": "en", "COLUMNS": "200"})
