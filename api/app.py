"""How do the parts become one application? Routes, sign-in, problem documents, pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, FastAPI

from api import pages, problems
from api.auth import allow
from api.backend import Backend
from api.edge import Edge
from api.keys import INVENTORY, READ, Keyring
from api.meter import Meter
from api.routers import (
    aps,
    areas,
    buildings,
    controllers,
    events,
    floors,
    health,
    hosts,
    indicators,
    metrics,
    overview,
    session,
    switches,
)
from api.routers import problems as troubles
from api.services import Services
from api.throttle import Throttle
from campus.store.contracts import RecordStore

ABOUT = (
    "Reads of one campus. Times carry an offset, windows are half-open, `null` means that there is no data and the "
    "schema says why; numbers carry their unit as `x-unit`. Errors are problem documents (RFC 9457)."
)
_NUMBERS = (overview, indicators, troubles, events)
_THINGS = (areas, buildings, floors, controllers, aps, hosts, switches)


def utc_now() -> datetime:
    """The clock of a running server."""
    return datetime.now(UTC)


def create_app(
    backend: Backend, records: RecordStore, zone: ZoneInfo, now: Callable[[], datetime] = utc_now
) -> FastAPI:
    """Make the application; ``backend`` and ``records`` must be open while it serves, ``zone`` is campus time."""
    app = FastAPI(title="campusops", version="1", description=ABOUT, docs_url=None, redoc_url=None, openapi_url=None)
    meter = Meter()
    app.state.services = Services(backend, Keyring(records), zone, now, Throttle(), meter)
    app.add_middleware(Edge, meter=meter)
    problems.install(app)
    app.include_router(health.router)
    app.include_router(metrics.router, dependencies=[Depends(allow(READ))])
    app.include_router(_version_1(), prefix="/api/v1")
    pages.install(app)
    return app


def _version_1() -> APIRouter:
    router = APIRouter()
    router.include_router(session.router)
    for module in _NUMBERS:
        router.include_router(module.router, dependencies=[Depends(allow(READ))])
    for module in _THINGS:
        router.include_router(module.router, dependencies=[Depends(allow(INVENTORY))])
    return router
