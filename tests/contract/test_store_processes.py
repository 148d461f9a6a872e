"""Does the embedded store hold when processes read it, compete for it, and die in the middle of writing it?"""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campus.errors import ServiceError
from campus.model import Batch, Entity, Measurement, SeriesQuery
from campus.store.sqlite import SqliteStore

ROOT = Path(__file__).parents[2]
T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
APS = 40

CHILD = """
import asyncio, os, signal, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from campus import catalogue
from campus.model import Batch, Entity, Measurement
from campus.store.rawdays import RawDays
from campus.store.sqlite import SqliteStore

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

def batch(number, aps=40):
    return Batch("ac1", MINUTE, tuple(
        Measurement(Entity("ap", f"A{ap}"), T0 + number * MINUTE, {"ap.up": 1.0, "ap.stations": float(number)})
        for ap in range(aps)))

def store(folder):
    return SqliteStore(Path(folder), catalogue.load(), writer=True)

async def count(folder):
    async with store(folder) as writer:
        print("open", flush=True)
        for number in range(10**6):
            await writer.write(batch(number))

async def die_between_the_commits(folder):
    commit = RawDays.commit
    async with store(folder) as writer:
        await writer.write(batch(0))
        def last_commit(self):
            commit(self)
            os.kill(os.getpid(), signal.SIGKILL)
        RawDays.commit = last_commit
        await writer.write(batch(1))

asyncio.run(globals()[sys.argv[1]](sys.argv[2]))
"""


@contextmanager
def child(work: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", CHILD, work, str(folder)], stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def batch(number: int, aps: int = APS) -> Batch:
    at = T0 + number * MINUTE
    told = (Measurement(Entity("ap", f"A{ap}"), at, {"ap.up": 1.0, "ap.stations": float(number)}) for ap in range(aps))
    return Batch("ac1", MINUTE, tuple(told))


async def numbers(store: SqliteStore) -> set[float]:
    """Which batches show in the gauges? Each must show for all APs or none."""
    found = await store.range(SeriesQuery(("ap.stations",), T0, T0 + 9 * HOUR))
    told = [{span.value for span in series.spans} for series in found]
    assert all(one == told[0] for one in told)
    return told[0] if told else set()


async def test_a_reader_in_another_process_sees_whole_batches_as_they_come(tmp_path, words):
    with child("count", tmp_path / "store") as writer:
        assert writer.stdout is not None
        async with SqliteStore(tmp_path / "store", words) as store:
            seen: set[float] = set()
            while len(seen) < 30:
                before = seen
                seen = await numbers(store)
                assert before <= seen == set(range(len(seen)))
                latest = await store.latest("ap")
                assert len({one.at for one in latest}) <= 1
                assert len(latest) in {0, APS}


async def test_a_second_writer_is_refused_by_the_name_of_the_first(tmp_path, words):
    with child("count", tmp_path / "store") as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        with pytest.raises(ServiceError, match=f"process {writer.pid} already writes this store"):
            async with SqliteStore(tmp_path / "store", words, writer=True):
                pass
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        async with SqliteStore(tmp_path / "store", words, writer=True) as store:
            await store.write(batch(10**6))


async def test_the_lock_is_free_again_after_closing(tmp_path, words):
    for _ in range(2):
        async with SqliteStore(tmp_path, words, writer=True) as store:
            assert (tmp_path / "writer.lock").read_text() == f"{os.getpid()}\n"
            assert (await store.health()).ok


async def test_a_batch_whose_writer_died_between_the_two_commits_never_shows(tmp_path, words):
    with child("die_between_the_commits", tmp_path) as writer:
        assert writer.wait() == -signal.SIGKILL
    async with SqliteStore(tmp_path, words) as reader:
        assert await numbers(reader) == {0}
        async with SqliteStore(tmp_path, words, writer=True) as store:
            await store.write(batch(2))
            await store.write(batch(3))
            assert await numbers(reader) == {0, 2, 3}
            await store.write(batch(1))
            assert await numbers(reader) == {0, 1, 2, 3}
            (series, *_) = await reader.range(SeriesQuery(("ap.up",), T0, T0 + HOUR))
            assert [(span.start, span.end) for span in series.spans] == [(T0, T0 + 4 * MINUTE)]


async def test_a_reader_needs_no_writer_and_no_folder(tmp_path, words):
    async with SqliteStore(tmp_path / "later", words) as reader:
        assert await reader.latest("ap") == []
        assert (await reader.health()).newest is None
        assert not (tmp_path / "later").exists()
        async with SqliteStore(tmp_path / "later", words, writer=True) as writer:
            await writer.write(batch(0))
        assert len(await reader.latest("ap")) == APS
        assert await numbers(reader) == {0}


async def test_a_reader_may_not_write(tmp_path, words):
    async with SqliteStore(tmp_path, words) as reader:
        with pytest.raises(RuntimeError, match="not open for writing"):
            await reader.write(batch(0))


def test_a_writer_killed_at_any_moment_loses_and_invents_nothing():
    drill = [sys.executable, ROOT / "benchmarks" / "drills" / "store_kill.py", "--rounds", "15", "--seed", "20260302"]
    done = subprocess.run(
        drill, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["faults"] == []
    assert json.loads(done.stdout)["batches"] > 15


def test_writes_of_many_devices_at_once_are_all_kept(tmp_path, words):
    async def together() -> set[float]:
        async with SqliteStore(tmp_path, words, writer=True) as store:
            await asyncio.gather(*(store.write(batch(number, 2)) for number in range(30)))
            return await numbers(store)

    assert asyncio.run(together()) == set(range(30))
