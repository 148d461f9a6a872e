"""Has something changed? Server-sent events, so that pages need not ask."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from api.services import Behind, Services

LOOK_EVERY_S = 3.0
HEARTBEAT_EVERY = 5

router = APIRouter(prefix="/events", tags=["events"])


@router.get("", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def events(request: Request, services: Behind) -> StreamingResponse:
    """Send ``changed`` with the instant of the newest reading whenever there is a newer one; a comment every 15 s."""
    return StreamingResponse(
        _changes(request, services),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _changes(request: Request, services: Services) -> AsyncIterator[str]:
    yield "retry: 5000\n\n"
    told, looks = request.headers.get("last-event-id", ""), 0
    while not (services.closing.is_set() or await request.is_disconnected()):
        newest = (await services.backend.health()).newest
        instant = "" if newest is None else services.local(newest).isoformat()
        if instant != told:
            told = instant
            yield f"id: {instant}\nevent: changed\ndata: {instant}\n\n"
        elif looks % HEARTBEAT_EVERY == 0:
            yield ": still here\n\n"
        looks += 1
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(services.closing.wait(), LOOK_EVERY_S)
