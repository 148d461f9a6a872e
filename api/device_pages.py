"""How are devices of one kind listed, and one of them given?"""

from api.paging import page
from api.rows import DeviceOut, devices
from api.services import Services
from api.shapes import Out
from campus.errors import NotFound


class DevicePage(Out):
    """One page of devices; ``next_cursor`` is null on the last one."""

    items: list[DeviceOut]
    next_cursor: str | None


async def device_page(services: Services, kind: str, limit: int, cursor: str | None) -> DevicePage:
    """Give one page of the devices of ``kind`` by id."""
    shown, following = page(await devices(services, kind), lambda row: ("", row.id), cursor, limit)
    return DevicePage(items=shown, next_cursor=following)


async def one_device(services: Services, kind: str, device_id: str) -> DeviceOut:
    """Give one device.

    Raises:
        NotFound: there is none of this kind and id.
    """
    found = next((row for row in await devices(services, kind) if row.id == device_id), None)
    if found is None:
        raise NotFound(f"no {kind} {device_id}")
    return found
