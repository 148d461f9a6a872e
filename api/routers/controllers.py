"""Which wireless controllers are there, and do they answer?"""

from fastapi import APIRouter

from api.conditional import ConditionalRoute
from api.device_pages import DevicePage, device_page, one_device
from api.paging import Cursor, Limit
from api.rows import DeviceOut
from api.services import Behind

router = APIRouter(prefix="/controllers", tags=["controllers"], route_class=ConditionalRoute)


@router.get("")
async def list_controllers(services: Behind, limit: Limit = 100, cursor: Cursor = None) -> DevicePage:
    """Give the controllers by id."""
    return await device_page(services, "ac", limit, cursor)


@router.get("/{device_id}")
async def get_controller(services: Behind, device_id: str) -> DeviceOut:
    """Give one controller."""
    return await one_device(services, "ac", device_id)
