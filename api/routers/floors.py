"""Which floors has the campus, and how are the APs in each?"""

from typing import Annotated

from fastapi import APIRouter, Query

from api.conditional import ConditionalRoute
from api.paging import Cursor, Limit
from api.place_pages import PlaceOut, PlacePage, one_place, place_page
from api.services import Behind

router = APIRouter(prefix="/floors", tags=["places"], route_class=ConditionalRoute)
Within = Annotated[str | None, Query(description="Only those of this building", examples=["building:B-A3"])]


@router.get("")
async def list_floors(services: Behind, scope: Within = None, limit: Limit = 100, cursor: Cursor = None) -> PlacePage:
    """Give the floors by id."""
    return await place_page(services, "floor", scope, limit, cursor)


@router.get("/{floor_id}")
async def get_floor(services: Behind, floor_id: str) -> PlaceOut:
    """Give one floor."""
    return await one_place(services, "floor", floor_id)
