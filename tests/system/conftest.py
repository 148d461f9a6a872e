"""A real browser, and the small college behind a real server on loopback."""

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest_asyncio
import uvicorn
from playwright.async_api import Page, async_playwright

from api.app import close
from tests.small_campus import SmallCampus, small_campus

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(need):
    """Chromium, once for all tests; modules that use it run their tests on the session's loop."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=need("chromium", "chromium"), args=FLAGS)
        yield opened
        await opened.close()


@pytest_asyncio.fixture(loop_scope="session")
async def college(tmp_path):
    """The small college; its clock stands at the real instant of the start."""
    async with small_campus(tmp_path, datetime.now(UTC)) as campus:
        yield campus


@asynccontextmanager
async def serving(app):
    """Serve ``app`` on a free port of loopback; gives its address and the server."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve([listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn tells of its start by this flag alone
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", server
    finally:
        close(app)
        server.should_exit = True
        await running
        listener.close()


@dataclass
class Site:
    """A served college, and a page in the browser that looks at it; ``complaints`` are what the browser reported.

    ``expected`` is the part of a complaint that the test itself brings about.
    """

    college: SmallCampus
    address: str
    server: uvicorn.Server
    page: Page
    complaints: list[str] = field(default_factory=list)
    expected: str | None = None

    async def open(self, path: str = "/?lang=zh") -> Page:
        """Sign in by the key in the address and wait for ``path`` to be drawn."""
        key = await self.college.key()
        onward = path.replace("?", "%3F").replace("&", "%26").replace("=", "%3D")
        await self.page.goto(f"{self.address}/sign-in?next={onward}#key={key}")
        await self.page.wait_for_selector("main [data-panel]")
        return self.page

    async def texts(self, selector: str) -> list[str]:
        return [" ".join(text.split()) for text in await self.page.locator(selector).all_inner_texts()]


@pytest_asyncio.fixture(loop_scope="session")
async def site(college, browser):
    """The college, served, with a page of 1920 × 1080 that has complained of nothing at the end."""
    context = await browser.new_context(
        viewport={"width": 1920, "height": 1080}, locale="zh-CN", reduced_motion="reduce"
    )
    page = await context.new_page()
    async with serving(college.app()) as (address, server):
        opened = Site(college, address, server, page)
        page.on("console", lambda told: opened.complaints.append(told.text) if told.type == "error" else None)
        page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        yield opened
        await context.close()
    assert [told for told in opened.complaints if opened.expected is None or opened.expected not in told] == []
