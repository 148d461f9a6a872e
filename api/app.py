"""How do the parts become one application? Routes, sign-in, problem documents, pages."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from api import pages, problems
from api.auth import allow, principal
from api.backend import Backend
from api.edge import Edge
from api.keys import INVENTORY, READ, Keyring
from api.memo import Memo
from api.meter import Meter
from api.routers import (
    aps,
    areas,
    buildings,
    controllers,
    events,
    exports,
    floors,
    health,
    hosts,
    indicators,
    measures,
    metrics,
    overview,
    session,
    switches,
)
from api.routers import problems as troubles
from api.services import Services
from api.throttle import Throttle
from campus.indicators.measures import Measures
from campus.store.contracts import RecordStore
from identity.tokens import Verifier

ABOUT = (
    "Reads of one campus. Times carry an offset, windows are half-open, `null` means that there is no data and the "
    "schema says why; numbers carry their unit as `x-unit`. Errors are problem documents (RFC 9457)."
)
_NUMBERS = (overview, indicators, measures, exports, troubles, events)
_THINGS = (areas, buildings, floors, controllers, aps, hosts, switches)


def utc_now() -> datetime:
    """The clock of a running server."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a college decides: how many closed periods at the standard close a measure, whose tokens are accepted."""

    measure_periods: int = 2
    tokens: Verifier | None = None


USUAL = Rules()


def create_app(
    backend: Backend,
    records: RecordStore,
    zone: ZoneInfo,
    now: Callable[[], datetime] = utc_now,
    rules: Rules = USUAL,
) -> FastAPI:
    """Make the application; ``backend`` and ``records`` must be open while it serves, ``zone`` is campus time."""
    app = routes()
    meter = Meter()
    app.state.services = Services(
        backend,
        records,
        Keyring(records),
        zone,
        now,
        Throttle(),
        meter,
        Memo(),
        asyncio.Event(),
        Measures(records, backend.calendar, rules.measure_periods),
        rules.tokens,
    )
    app.add_middleware(Edge, meter=meter)
    problems.install(app)
    pages.install(app)
    return app


def close(app: FastAPI) -> None:
    """End what would go on for ever (streams of events), so that the server can stop at once."""
    cast("Services", app.state.services).closing.set()


class _Application(FastAPI):
    """Writes down the media type that refusals really have."""

    def openapi(self) -> dict[str, object]:
        """Give the contract."""
        contract = super().openapi()
        for methods in contract["paths"].values():
            for operation in methods.values():
                content = operation["responses"]["default"]["content"]
                content[problems.MEDIA_TYPE] = content.pop("application/json", content.get(problems.MEDIA_TYPE))
        return contract


def routes() -> FastAPI:
    """All routes with nothing behind them: enough to write the contract down."""
    refused = {"model": problems.ProblemDocument, "description": "Refused"}
    app = _Application(
        title="campusops",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        responses={"default": refused},
    )
    app.include_router(health.router)
    app.include_router(metrics.router, dependencies=[Depends(allow(READ))])
    app.include_router(_version_1(), prefix="/api/v1")
    return app


def _version_1() -> APIRouter:
    router = APIRouter()
    router.include_router(session.router)
    for module in _NUMBERS:
        router.include_router(module.router, dependencies=[Depends(allow(READ))])
    for module in _THINGS:
        router.include_router(module.router, dependencies=[Depends(allow(INVENTORY))])
    router.add_api_route("/openapi.json", _contract, include_in_schema=False, dependencies=[Depends(principal)])
    return router


def _contract(request: Request) -> JSONResponse:
    return JSONResponse(request.app.openapi())
