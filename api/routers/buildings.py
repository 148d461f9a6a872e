"""Which buildings has the campus, and how are the APs in each?"""

from typing import Annotated

from fastapi import APIRouter, Query

from api.conditional import ConditionalRoute
from api.paging import Cursor, Limit
from api.place_pages import PlaceOut, PlacePage, one_place, place_page
from api.services import Behind

router = APIRouter(prefix="/buildings", tags=["places"], route_class=ConditionalRoute)
Within = Annotated[str | None, Query(description="Only those of this area", examples=["area:A1"])]


@router.get("")
async def list_buildings(
    services: Behind, scope: Within = None, limit: Limit = 100, cursor: Cursor = None
) -> PlacePage:
    """Give the buildings by id."""
    return await place_page(services, "building", scope, limit, cursor)


@router.get("/{building_id}")
async def get_building(services: Behind, building_id: str) -> PlaceOut:
    """Give one building."""
    return await one_place(services, "building", building_id)
