"""What does the embedded store say, and keep, when the disk under it fails?"""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campus.errors import ServiceError
from campus.model import Batch, Entity, Measurement, SeriesQuery
from campus.store.records import SqliteRecords
from campus.store.sqlite import SqliteStore

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
QUERY = SeriesQuery(("ap.stations", "ap.up"), T0, T0 + 24 * HOUR)


def batch(number: int, aps: int = 5) -> Batch:
    at = T0 + number * MINUTE
    told = (Measurement(Entity("ap", f"A{ap}"), at, {"ap.up": 1.0, "ap.stations": float(number)}) for ap in range(aps))
    return Batch("ac1", MINUTE, tuple(told))


async def filled_store(folder: Path, words) -> None:
    async with SqliteStore(folder, words, writer=True) as store:
        for number in range(200):
            await store.write(batch(number))


@pytest.fixture
def folder(tmp_path, words) -> Path:
    """A store that has kept 200 batches, closed."""
    asyncio.run(filled_store(tmp_path, words))
    return tmp_path


def damage(file: Path) -> None:
    """Overwrite the pages in the middle; the header stays."""
    pages = bytearray(file.read_bytes())
    pages[4096 : len(pages)] = b"\xa5" * (len(pages) - 4096)
    file.write_bytes(pages)


async def test_a_file_overwritten_with_something_else_is_named_with_advice(folder, words):
    (folder / "rollup.db").write_bytes(b"something else " * 1000)
    async with SqliteStore(folder, words) as reader:
        with pytest.raises(ServiceError, match=r"rollup\.db: it is no store file, or damaged"):
            await reader.latest("ap")
        health = await reader.health()
        assert (health.ok, health.newest) == (False, None)
        assert "restore a backup" in health.detail
    with pytest.raises(ServiceError, match="restore a backup"):
        await SqliteStore(folder, words, writer=True).__aenter__()


async def test_a_damaged_day_is_named_and_the_states_are_still_told(folder, words):
    damage(folder / "raw-20260302.db")
    async with SqliteStore(folder, words) as reader:
        with pytest.raises(ServiceError, match=r"raw-20260302\.db: it is damaged; put it aside"):
            await reader.range(QUERY)
        assert len(await reader.range(SeriesQuery(("ap.up",), QUERY.start, QUERY.end))) == 5


async def test_after_the_damaged_day_is_put_aside_writing_goes_on(folder, words):
    (folder / "raw-20260302.db").rename(folder / "aside")
    async with SqliteStore(folder, words, writer=True) as store:
        await store.write(batch(200))
        found = await store.range(QUERY)
    told = {series.metric: series.spans for series in found if series.entity.id == "A0"}
    assert [span.value for span in told["ap.stations"]] == [200]
    assert [(span.start, span.end) for span in told["ap.up"]] == [(T0, T0 + 201 * MINUTE)]


async def test_a_store_of_a_newer_release_is_refused_by_reader_and_writer(folder, words):
    with closing(sqlite3.connect(folder / "rollup.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    async with SqliteStore(folder, words) as reader:
        with pytest.raises(ServiceError, match=r"rollup\.db: a newer release wrote it \(schema 99"):
            await reader.latest("ap")
    with pytest.raises(ServiceError, match="upgrade first"):
        await SqliteStore(folder, words, writer=True).__aenter__()


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path, words):
    (tmp_path / "file").touch()
    with pytest.raises(ServiceError, match=r"file/store: Not a directory"):
        await SqliteStore(tmp_path / "file" / "store", words, writer=True).__aenter__()
    with pytest.raises(ServiceError, match="Not a directory"):
        await SqliteRecords(tmp_path / "file" / "store").__aenter__()


SMALL_DISK = """
import asyncio, json, subprocess, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from campus import catalogue
from campus.errors import ServiceError
from campus.model import Batch, Entity, Measurement, SeriesQuery
from campus.store.contracts import Record
from campus.store.records import SqliteRecords
from campus.store.sqlite import SqliteStore

DISK = Path(sys.argv[1])
T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

def batch(number):
    return Batch("ac1", MINUTE, tuple(
        Measurement(Entity("ap", f"A{ap}"), T0 + number * MINUTE, {"ap.up": 1.0, "ap.stations": float(number)})
        for ap in range(200)))

async def shown(store):
    found = await store.range(SeriesQuery(("ap.stations", "ap.up"), T0, T0 + 24 * 60 * MINUTE))
    minutes = {
        (one.metric, one.entity.id, (span.start - T0) // MINUTE + more)
        for one in found for span in one.spans for more in range((span.end - span.start) // MINUTE)
    }
    return sorted({(metric, minute) for metric, _, minute in minutes}), len(minutes)

async def main():
    (DISK / "ballast").write_bytes(bytes(3 << 20))
    report = {}
    folder = DISK / "store"
    async with SqliteRecords(folder) as records, SqliteStore(folder, catalogue.load(), writer=True) as store:
        kept = 0
        try:
            while True:
                await store.write(batch(kept))
                kept += 1
        except ServiceError as error:
            report["refusal"] = str(error)
        report["kept"] = kept
        report["full"] = await shown(store)
        health = await store.health()
        report["health"] = [health.ok, health.detail]
        try:
            for number in range(1000):
                await records.append(Record("run", str(number), T0, "duty", {"log": "x" * 4000}))
        except ServiceError as error:
            report["records_refusal"] = str(error)
        report["records"] = [number, len(await records.list("run"))]
        (DISK / "ballast").unlink()
        for number in range(kept, kept + 3):
            await store.write(batch(number))
        report["freed"] = await shown(store)
        report["well"] = (await store.health()).ok
        await records.append(Record("run", "after", T0, "duty", {}))
    subprocess.run(["mount", "-o", "remount,ro", str(DISK)], check=True)
    try:
        async with SqliteStore(DISK / "store", catalogue.load(), writer=True):
            pass
    except ServiceError as error:
        report["read_only"] = str(error)
    print(json.dumps(report))

asyncio.run(main())
"""


def on_a_small_disk(script: str, folder: Path, unshare: str) -> dict:
    """Run ``script`` with a file system of 8 MB of its own."""
    mount = f'mount -t tmpfs -o size=8m none {folder} && exec {sys.executable} -c "$0" {folder}'
    command = [unshare, "--map-root-user", "--mount", "sh", "-c", mount, script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode and "unshare" in done.stderr:
        pytest.skip(f"this machine lets no one mount a small disk: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_full_disk_refuses_whole_batches_and_loses_none(tmp_path, need: Callable[[str, str], str]):
    report = on_a_small_disk(SMALL_DISK, tmp_path, need("unshare", "util-linux"))
    kept = report["kept"]
    assert kept > 10
    assert "the disk is full" in report["refusal"]
    assert report["health"] == [False, report["refusal"]]
    both = [[metric, minute] for metric in ("ap.stations", "ap.up") for minute in range(kept)]
    assert report["full"] == [both, 2 * 200 * kept]
    both = [[metric, minute] for metric in ("ap.stations", "ap.up") for minute in range(kept + 3)]
    assert report["freed"] == [both, 2 * 200 * (kept + 3)]
    assert report["well"] is True
    assert "the disk is full" in report["records_refusal"]
    acknowledged, listed = report["records"]
    assert acknowledged == listed
    assert "read-only" in report["read_only"].lower()
