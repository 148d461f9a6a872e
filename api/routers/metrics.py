"""How is this process itself doing? OpenMetrics for Prometheus and its kin."""

from fastapi import APIRouter, Response

from api.meter import MEDIA_TYPE
from api.services import Behind

router = APIRouter(tags=["metrics"])


@router.get("/metrics", response_class=Response, responses={200: {"content": {MEDIA_TYPE: {}}}})
async def metrics(services: Behind) -> Response:
    """Give requests, time spent, store state and data age."""
    health = await services.backend.health()
    return Response(services.meter.text(health, services.now()), media_type=MEDIA_TYPE)
