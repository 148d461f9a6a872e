"""Which APs are there, where, and how is each?"""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from api.conditional import ConditionalRoute
from api.paging import Cursor, Limit, page
from api.places import Places, known_place
from api.rows import EntityOut, condition, fresh, placed, stale_at, values
from api.services import Behind, Services
from api.shapes import NOT_TOLD, Count, Freshness, Out, StationsOrNone, Value
from campus.errors import NotFound
from campus.indicators.live import newest
from campus.model import Condition, Latest, Scope, State

router = APIRouter(prefix="/aps", tags=["aps"], route_class=ConditionalRoute)


class ApOut(EntityOut):
    """One AP as its controllers tell of it."""

    controller: str | None = Field(description="The controller that it is connected to; null = not told")
    stations: StationsOrNone
    model: str | None = Field(description=NOT_TOLD)
    software: str | None = Field(description=NOT_TOLD)
    serial: str | None = Field(description=NOT_TOLD)
    mac: str | None = Field(description=NOT_TOLD)
    ip: str | None = Field(description=NOT_TOLD)
    reported_state: str | None = Field(description="run, standby, joining, upgrading, down, …; null = not told")


class ApDetail(ApOut):
    """One AP with its newest values."""

    values: list[Value]


class ApPage(Out):
    """One page of APs; ``total`` counts all that match; ``next_cursor`` is null on the last page."""

    items: list[ApOut]
    total: Count
    next_cursor: str | None
    fresh: Freshness


Sort = Literal["name", "-name", "state", "-state", "place", "-place", "stations", "-stations", "since", "-since"]
_STATE_ORDER = {
    state: str(rank)
    for rank, state in enumerate((State.BAD, State.UNKNOWN, State.MAINTENANCE, State.GOOD, State.EXCLUDED))
}


@router.get("")
async def list_aps(
    services: Behind,
    scope: Annotated[str | None, Query(description="Only in this place", examples=["building:B-A3"])] = None,
    state: Annotated[State | None, Query(description="Only in this state")] = None,
    q: Annotated[str, Query(max_length=100, description="Part of a name, serial, MAC or IP address")] = "",
    sort: Sort = "state",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ApPage:
    """Give the APs that match, worst state first unless told otherwise."""
    backend = services.backend
    conditions = await backend.conditions("ap", services.now())
    latest = await backend.latest("ap")
    place = None if scope is None else known_place(backend.estate, scope)
    wanted = [one for one in conditions if _matches(one, place, state)]
    rows = [row for row in _rows(services, wanted, newest(latest)) if _found(row, q)]
    shown, following = page(
        rows, lambda row: (_sort_key(row, sort.lstrip("-")), row.id), cursor, limit, descending=sort.startswith("-")
    )
    return ApPage(items=shown, total=len(rows), next_cursor=following, fresh=fresh(latest, services))


@router.get("/{ap_id}")
async def get_ap(services: Behind, ap_id: str) -> ApDetail:
    """Give one AP with its newest values."""
    backend = services.backend
    conditions = await backend.conditions("ap", services.now())
    wanted = [one for one in conditions if one.member.entity.id == ap_id]
    if not wanted:
        raise NotFound(f"no ap {ap_id}")
    latest = newest(await backend.latest("ap"))
    (row,) = _rows(services, wanted, latest)
    return ApDetail(**dict(row), values=values(latest.get(ap_id), backend.catalogue))


def _matches(one: Condition, place: Scope | None, state: State | None) -> bool:
    return place in {None, *one.member.scopes} and state in {None, one.state}


def _rows(services: Services, wanted: Sequence[Condition], latest: Mapping[str, Latest]) -> list[ApOut]:
    places = Places(services.backend.estate)
    return [_row(one, latest.get(one.member.entity.id), places, services) for one in wanted]


def _row(one: Condition, row: Latest | None, places: Places, services: Services) -> ApOut:
    facts = row.facts if row else {}
    member = one.member
    stations = row.values.get("ap.stations") if row and stale_at(row) > services.now() else None
    return ApOut(
        id=member.entity.id,
        name=member.name or facts.get("name") or member.entity.id,
        service=member.service,
        condition=condition(one, places, services),
        **placed(one, places),
        controller=places.device(row.source) if row else None,
        stations=None if stations is None else int(stations),
        model=facts.get("model"),
        software=facts.get("software"),
        serial=facts.get("serial"),
        mac=facts.get("mac"),
        ip=facts.get("ip"),
        reported_state=facts.get("state"),
    )


def _found(row: ApOut, wanted: str) -> bool:
    needle = wanted.strip().casefold()
    texts = (row.name, row.id, row.serial, row.mac, row.ip)
    plain = re.sub(r"[-:.\s]", "", needle)
    return any(needle in text.casefold() for text in texts if text) or bool(
        row.mac and len(plain) >= 4 and plain in row.mac.replace(":", "").casefold()
    )


def _sort_key(row: ApOut, sort: str) -> str:
    name = _natural(row.name)
    place = row.floor or row.building or row.area
    keys = {
        "name": "",
        "state": _STATE_ORDER[row.condition.state],
        "place": place.scope if place else "",
        "stations": f"{-1 if row.stations is None else row.stations:06d}",
        "since": f"{row.condition.since.timestamp():015.0f}",
    }
    return f"{keys[sort]}\t{name}"


def _natural(name: str) -> str:
    """A name by which AP-2 stands before AP-10."""
    return re.sub(r"\d+", lambda digits: digits[0].zfill(9), name)
