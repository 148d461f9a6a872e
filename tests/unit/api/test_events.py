"""Does the stream of events tell of news, stay alive without any, and end when the server stops?"""

import asyncio

import pytest

from api.routers import events
from api.routers.events import _changes


class Reader:
    """A reader that knows ``last`` and stays."""

    def __init__(self, last=""):
        self.headers = {"last-event-id": last}

    async def is_disconnected(self):
        return False


@pytest.fixture
def services(college, monkeypatch):
    monkeypatch.setattr(events, "LOOK_EVERY_S", 0.001)
    return college.app().state.services


async def take(stream, count):
    return [await anext(stream) for _ in range(count)]


async def test_each_newer_reading_is_told_once_with_its_instant(services, college):
    await college.all_well()
    stream = _changes(Reader(), services)
    first, told = await take(stream, 2)
    assert first.startswith("retry:")
    assert told == "id: 2026-11-02T09:00:00+08:00\nevent: changed\ndata: 2026-11-02T09:00:00+08:00\n\n"
    await college.lose("B2-1F-1")
    news = [line for line in await take(stream, 2) if not line.startswith(":")]
    assert "09:01:00" in news[0]


async def test_a_reader_that_comes_back_is_not_told_again_but_hears_a_heartbeat(services, college):
    await college.all_well()
    stream = _changes(Reader("2026-11-02T09:00:00+08:00"), services)
    assert (await take(stream, 2))[1].startswith(":")


async def test_the_stream_ends_when_the_server_stops(services):
    stream = _changes(Reader(), services)
    await take(stream, 2)
    services.closing.set()
    async with asyncio.timeout(5):
        assert [line async for line in stream] == []
