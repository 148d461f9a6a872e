"""Which switches are there, and do they answer?"""

from fastapi import APIRouter

from api.conditional import ConditionalRoute
from api.device_pages import DevicePage, device_page, one_device
from api.paging import Cursor, Limit
from api.rows import DeviceOut
from api.services import Behind

router = APIRouter(prefix="/switches", tags=["switches"], route_class=ConditionalRoute)


@router.get("")
async def list_switches(services: Behind, limit: Limit = 100, cursor: Cursor = None) -> DevicePage:
    """Give the switches by id."""
    return await device_page(services, "switch", limit, cursor)


@router.get("/{device_id}")
async def get_switch(services: Behind, device_id: str) -> DeviceOut:
    """Give one switch."""
    return await one_device(services, "switch", device_id)
