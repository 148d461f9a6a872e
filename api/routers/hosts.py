"""Which hosts are there, do they answer and how loaded are they?"""

from fastapi import APIRouter

from api.conditional import ConditionalRoute
from api.device_pages import DevicePage, device_page, one_device
from api.paging import Cursor, Limit
from api.rows import DeviceOut
from api.services import Behind

router = APIRouter(prefix="/hosts", tags=["hosts"], route_class=ConditionalRoute)


@router.get("")
async def list_hosts(services: Behind, limit: Limit = 100, cursor: Cursor = None) -> DevicePage:
    """Give the hosts by id."""
    return await device_page(services, "host", limit, cursor)


@router.get("/{device_id}")
async def get_host(services: Behind, device_id: str) -> DeviceOut:
    """Give one host."""
    return await one_device(services, "host", device_id)
