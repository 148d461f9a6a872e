"""A small college behind the real application, asked without a socket."""

from datetime import UTC, datetime

import httpx
import pytest

from tests.small_campus import small_campus

START = datetime(2026, 11, 2, 1, tzinfo=UTC)


@pytest.fixture
async def college(tmp_path):
    async with small_campus(tmp_path, START) as campus:
        yield campus


@pytest.fixture
async def stranger(college):
    """A client without a key."""
    transport = httpx.ASGITransport(college.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://campus.test") as client:
        yield client


@pytest.fixture
async def client(college, stranger):
    """A client with a key for everything."""
    stranger.headers["Authorization"] = f"Bearer {await college.key()}"
    return stranger
