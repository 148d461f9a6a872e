"""Where do the pages come from? Static files; they hold no data and ask the API for all of it."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from dashboards import STATIC

PAGES = {"/": "overview.html", "/aps": "aps.html", "/sign-in": "sign-in.html"}


def install(app: FastAPI) -> None:
    """Serve the pages at their addresses and everything that they load under ``/static``."""
    for path, name in PAGES.items():
        app.add_api_route(path, _page(name), include_in_schema=False, methods=["GET", "HEAD"])
    app.mount("/static", StaticFiles(directory=STATIC))


def _page(name: str) -> Callable[[], Awaitable[FileResponse]]:
    async def page() -> FileResponse:
        return FileResponse(STATIC / name, headers={"Cache-Control": "no-cache"})

    return page
