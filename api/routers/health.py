"""Does this process live, and can it answer? The only routes without a principal."""

from fastapi import APIRouter

from api.problems import Refusal
from api.services import Behind
from api.shapes import Out

router = APIRouter(prefix="/health", tags=["health"])


class Health(Out):
    """``detail`` says what a person needs to know."""

    status: str
    detail: str


@router.get("/live")
async def live() -> Health:
    """Say that the process answers."""
    return Health(status="ok", detail="")


@router.get("/ready")
async def ready(services: Behind) -> Health:
    """Say whether the store answers; 503 if not."""
    health = await services.backend.health()
    if not health.ok:
        raise Refusal("unavailable", health.detail)
    return Health(status="ok", detail=health.detail)
