"""Does a store keep records as `campus.store.contracts.RecordStore` says?"""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from campus.store.contracts import Record
from campus.store.records import SqliteRecords

T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def record(name: str, minute: float = 0, kind: str = "alert", **body: object) -> Record:
    return Record(kind, name, T0 + minute * MINUTE, "duty", body)


async def test_records_come_oldest_first_with_all_that_was_said(open_records):
    kept = record("r2", 0, text="核心机房", nested={"list": [1, None, True, 0.5]}), record("r1", 1)
    async with open_records() as records:
        for one in reversed(kept):
            await records.append(one)
        assert await records.list("alert") == list(kept)
        assert await records.list("run") == []


async def test_only_the_newest_version_of_a_record_is_listed(open_records):
    async with open_records() as records:
        await records.append(record("r1", 0, state="open"))
        await records.append(record("r2", 1))
        await records.append(record("r1", 2, state="closed"))
        assert await records.list("alert") == [record("r2", 1), record("r1", 2, state="closed")]
        assert await records.list("alert", end=T0 + MINUTE) == [], "the newest version of r1 is later"


async def test_newest_is_what_was_appended_last_even_with_an_older_instant(open_records):
    async with open_records() as records:
        await records.append(record("r1", 5, state="open"))
        await records.append(record("r1", 0, state="corrected"))
        assert await records.list("alert") == [record("r1", 0, state="corrected")]


async def test_the_window_is_half_open(open_records):
    async with open_records() as records:
        for minute in range(4):
            await records.append(record(f"r{minute}", minute))
        found = await records.list("alert", T0 + MINUTE, T0 + 3 * MINUTE)
        assert [one.id for one in found] == ["r1", "r2"]


async def test_one_id_may_be_used_in_two_kinds(open_records):
    async with open_records() as records:
        await records.append(record("r1", kind="alert"))
        await records.append(record("r1", kind="run"))
        assert await records.list("alert") == [record("r1", kind="alert")]


async def test_a_body_that_is_no_plain_data_is_refused(open_records):
    async with open_records() as records:
        with pytest.raises(TypeError):
            await records.append(record("r1", when=T0))
        with pytest.raises(ValueError, match="JSON"):
            await records.append(record("r1", value=float("nan")))
        assert await records.list("alert") == []


async def test_records_are_there_after_reopening(open_records):
    async with open_records() as records:
        await records.append(record("r1"))
    async with open_records() as records:
        assert await records.list("alert") == [record("r1")]


async def test_two_openings_see_each_other(open_records):
    async with open_records() as one, open_records() as other:
        await asyncio.gather(*(which.append(record(f"r{number}", number)) for number, which in enumerate((one, other))))
        assert [found.id for found in await one.list("alert")] == ["r0", "r1"]
        assert await other.list("alert") == await one.list("alert")


APPENDER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from campus.store.contracts import Record
from campus.store.records import SqliteRecords

async def main(folder, name):
    async with SqliteRecords(Path(folder)) as records:
        for number in range(20):
            await records.append(Record("audit", f"{name}-{number}", datetime.now(UTC), name, {}))
            await records.append(Record("audit", "shared", datetime.now(UTC), name, {}))

asyncio.run(main(*sys.argv[1:]))
"""


async def ids(folder: Path) -> set[str]:
    async with SqliteRecords(folder) as records:
        return {one.id for one in await records.list("audit")}


def test_several_processes_append_at_once_even_to_a_new_file(tmp_path):
    writers = [
        subprocess.Popen([sys.executable, "-c", APPENDER, str(tmp_path / "store"), name], stderr=subprocess.PIPE)
        for name in ("collect", "serve", "runs")
    ]
    errors = [writer.communicate()[1].decode() for writer in writers]
    assert errors == ["", "", ""]
    found = asyncio.run(ids(tmp_path / "store"))
    assert found == {"shared"} | {f"{name}-{number}" for name in ("collect", "serve", "runs") for number in range(20)}
