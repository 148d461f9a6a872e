"""Which areas has the campus, and how are the APs in each?"""

from fastapi import APIRouter

from api.conditional import ConditionalRoute
from api.paging import Cursor, Limit
from api.place_pages import PlaceOut, PlacePage, one_place, place_page
from api.services import Behind

router = APIRouter(prefix="/areas", tags=["places"], route_class=ConditionalRoute)


@router.get("")
async def list_areas(services: Behind, limit: Limit = 100, cursor: Cursor = None) -> PlacePage:
    """Give the areas by id."""
    return await place_page(services, "area", None, limit, cursor)


@router.get("/{area_id}")
async def get_area(services: Behind, area_id: str) -> PlaceOut:
    """Give one area."""
    return await one_place(services, "area", area_id)
