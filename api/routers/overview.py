"""What does the first page show? Everything in one batched read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter

from api.conditional import ConditionalRoute
from api.front import (
    MOST_PROBLEMS,
    ApsTile,
    AreaRows,
    AvailabilityTile,
    ControllersTile,
    Heat,
    Overview,
    PlaceRow,
    StationsTile,
    Window,
)
from api.places import Places
from api.rows import census, fresh, stale_at
from api.services import Behind, Services
from api.shapes import (
    Counts,
    Freshness,
    percent,
    percent_or_none,
    text,
)
from api.troubles import problems
from campus.indicators.live import newest
from campus.model import CAMPUS, Condition, IndicatorValue, Latest, Scope, Service, Tally

AVAILABILITY = "W01"
STRIP = timedelta(hours=24)

router = APIRouter(prefix="/overview", tags=["overview"], route_class=ConditionalRoute)


@router.get("")
async def overview(services: Behind) -> Overview:
    """Give the first page; all who look within a few seconds get the same one."""
    return await services.overviews.get("overview", services.now(), lambda: _overview(services))


async def _overview(services: Services) -> Overview:
    backend, now = services.backend, services.now()
    aps, acs = await backend.conditions("ap", now), await backend.conditions("ac", now)
    latest = await backend.latest("ap")
    board = await _board(services, aps, latest)
    found = await problems(services)
    ap_fresh = fresh(latest, services)
    return Overview(
        aps=ApsTile(
            counts=board.counts(CAMPUS),
            unplaced=sum(one.member.service is Service.UNPLACED for one in aps),
            fresh=ap_fresh,
        ),
        stations=StationsTile(count=board.stations.get(CAMPUS), reporting_aps=len(_told(latest, now)), fresh=ap_fresh),
        controllers=ControllersTile(
            counts=Counts.of(census(acs).get(CAMPUS, Tally())), fresh=fresh(await backend.latest("ac"), services)
        ),
        availability=_availability(services, board, ap_fresh),
        areas=board.areas(),
        problems=found[:MOST_PROBLEMS],
        problems_total=len(found),
        witnesses=fresh(await backend.latest("reach"), services),
        synthetic=await _synthetic(services),
    )


@dataclass(frozen=True, slots=True)
class _Board:
    """The numbers of all places, each kept by scope."""

    places: Places
    census: Mapping[Scope, Tally]
    stations: Mapping[Scope, int]
    today: Mapping[Scope, Sequence[Heat]]
    hours: Mapping[Scope, Sequence[Heat]]

    def counts(self, scope: Scope) -> Counts:
        return Counts.of(self.census.get(scope, Tally()))

    def areas(self) -> list[AreaRows]:
        buildings = self.places.of_type("building")
        return [
            AreaRows(
                area=self._row(area),
                buildings=[self._row(one) for one in buildings if self.places.parent(one) == area],
            )
            for area in self.places.of_type("area")
        ]

    def _row(self, scope: Scope) -> PlaceRow:
        return PlaceRow(
            scope=str(scope),
            id=scope.id,
            name=self.places.name(scope),
            aps=self.counts(scope),
            stations=self.stations.get(scope),
            today=next(reversed(self.today.get(scope, ())), None),
            hours=list(self.hours.get(scope, ())),
        )


async def _board(services: Services, aps: Sequence[Condition], latest: Sequence[Latest]) -> _Board:
    places = Places(services.backend.estate)
    scopes = [CAMPUS, *places.of_type("area"), *places.of_type("building")]
    now = services.now()
    return _Board(
        places=places,
        census=census(aps),
        stations=_stations(aps, _told(latest, now)),
        today=await _heat(services, scopes, "day", (now, now + timedelta(seconds=1))),
        hours=await _heat(services, scopes, "hour", (now - STRIP, now)),
    )


async def _heat(
    services: Services, scopes: Sequence[Scope], grain: str, window: tuple[datetime, datetime]
) -> dict[Scope, list[Heat]]:
    found: dict[Scope, list[Heat]] = {}
    for value in await services.backend.values(AVAILABILITY, scopes, grain, *window):
        found.setdefault(value.scope, []).append(_cell(value, services))
    return found


def _cell(value: IndicatorValue, services: Services) -> Heat:
    return Heat(
        start=services.local(value.period.start),
        actual=percent_or_none(value.value),
        grade=value.grade,
        completeness=None if value.completeness is None else round(value.completeness, 4),
    )


def _told(latest: Sequence[Latest], now: datetime) -> dict[str, int]:
    """The stations of every AP that told a number lately."""
    rows = newest(latest).items()
    return {
        ap_id: int(row.values["ap.stations"])
        for ap_id, row in rows
        if "ap.stations" in row.values and stale_at(row) > now
    }


def _stations(aps: Sequence[Condition], told: Mapping[str, int]) -> dict[Scope, int]:
    sums: dict[Scope, int] = {}
    for one in aps:
        if one.member.entity.id in told:
            for scope in one.member.scopes:
                sums[scope] = sums.get(scope, 0) + told[one.member.entity.id]
    return sums


async def _synthetic(services: Services) -> Window | None:
    """The past that a lab made up, where it reaches into the strips."""
    windows = [
        Window(start=services.local(_instant(one.body["start"])), end=services.local(_instant(one.body["end"])))
        for one in await services.records.list("synthetic")
    ]
    return max((one for one in windows if one.end > services.now() - STRIP), key=lambda one: one.end, default=None)


def _instant(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


def _availability(services: Services, board: _Board, ap_fresh: Freshness) -> AvailabilityTile:
    indicator = services.backend.definitions[AVAILABILITY]
    return AvailabilityTile(
        indicator=indicator.id,
        name=text(indicator.label),
        target=percent(indicator.lines_on(services.local(services.now()).date()).target),
        today=next(reversed(board.today.get(CAMPUS, ())), None),
        hours=list(board.hours.get(CAMPUS, ())),
        fresh=ap_fresh,
    )
