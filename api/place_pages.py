"""How are places of one type listed with the APs in them?"""

from pydantic import Field

from api.paging import page
from api.places import Places, known_place
from api.rows import census
from api.services import Services
from api.shapes import Counts, Out, Place
from campus.errors import NotFound
from campus.model import Tally


class PlaceOut(Place):
    """One place, the place that it lies in, and its APs by state."""

    parent: str = Field(description="A scope", examples=["area:A1"])
    aps: Counts


class PlacePage(Out):
    """One page of places; ``next_cursor`` is null on the last one."""

    items: list[PlaceOut]
    next_cursor: str | None


async def place_page(services: Services, kind: str, within: str | None, limit: int, cursor: str | None) -> PlacePage:
    """Give one page of the places of a type, by id; only those that lie in ``within`` if it is given.

    Raises:
        NotFound: no place is called ``within``.
    """
    if within is not None:
        known_place(services.backend.estate, within)
    rows = [row for row in await _rows(services, kind) if within in {None, row.parent}]
    shown, following = page(rows, lambda row: ("", row.id), cursor, limit)
    return PlacePage(items=shown, next_cursor=following)


async def one_place(services: Services, kind: str, place_id: str) -> PlaceOut:
    """Give one place.

    Raises:
        NotFound: there is none of this type and id.
    """
    found = next((row for row in await _rows(services, kind) if row.id == place_id), None)
    if found is None:
        raise NotFound(f"no {kind} {place_id}")
    return found


async def _rows(services: Services, kind: str) -> list[PlaceOut]:
    places = Places(services.backend.estate)
    counts = census(await services.backend.conditions("ap", services.now()))
    return [
        PlaceOut(
            scope=str(scope),
            id=scope.id,
            name=places.name(scope),
            parent=str(places.parent(scope)),
            aps=Counts.of(counts.get(scope, Tally())),
        )
        for scope in places.of_type(kind)
    ]
