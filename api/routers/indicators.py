"""Which indicators are there, and what were they?"""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.conditional import ConditionalRoute
from api.paging import Cursor, Limit, page
from api.places import Places
from api.problems import Mistake, Refusal
from api.records import IndicatorRecord, Telling, record
from api.services import Behind, Services
from api.shapes import Out, Percent, Text, percent, text
from campus.errors import NotFound
from campus.indicators.definition import Indicator
from campus.indicators.published import closed, published
from campus.model import CAMPUS, Period, Scope

MOST_SERIES = 50
MOST_PERIODS = 10_000

router = APIRouter(prefix="/indicators", tags=["indicators"], route_class=ConditionalRoute)

Grain = Literal["hour", "day", "week", "month", "term", "custom"]
_DAYS = {"day": 1, "week": 7, "month": 28, "term": 28, "custom": 36500}
_STEP = {grain: timedelta(days=days) for grain, days in _DAYS.items()}
_STEP["hour"] = timedelta(hours=1)
_PLACES = frozenset({"campus", "area", "building", "floor"})
_SCOPE = r"^(campus|area|building|floor|ap|ac|host|switch):.+$"
ScopeText = Annotated[str, Field(pattern=_SCOPE, examples=["building:B-A3"])]


class IndicatorOut(Out):
    """What one indicator promises; the lines are those in force today."""

    id: str
    name: Text
    cells: str = Field(description="The kind of entity whose minutes are counted")
    unit: str
    direction: str = Field(description="up = larger is better")
    calendar: str
    method_class: str = Field(description="A measured, B sampled or proxy, C from another source")
    source: Text
    target: Percent
    standard: Percent
    warning: Percent
    minimum_completeness: Percent
    rules_version: str


class IndicatorPage(Out):
    """All indicators; there are few."""

    items: list[IndicatorOut]


class ValuePage(Out):
    """One page of values, oldest first within each scope; ``next_cursor`` is null on the last one."""

    items: list[IndicatorRecord]
    next_cursor: str | None


class Evidence(Out):
    """A closed number as it is kept. ``hash`` is the SHA-256 of ``content`` as JSON with sorted keys, without spaces.

    Ratios are texts with six decimals, cut and never rounded up; counts are cell-minutes.
    """

    content: dict[str, object]
    hash: str


class SeriesWish(BaseModel):
    """One series: an indicator over a scope for the periods of a grain that overlap ``[from, to)``."""

    model_config = ConfigDict(extra="forbid")

    indicator: str
    scope: ScopeText = str(CAMPUS)
    grain: Grain = "day"
    start: Annotated[AwareDatetime, Field(alias="from")]
    end: Annotated[AwareDatetime, Field(alias="to")]


class SeriesWishes(BaseModel):
    """Up to 50 series in one request."""

    model_config = ConfigDict(extra="forbid")

    series: Annotated[list[SeriesWish], Field(min_length=1, max_length=MOST_SERIES)]


class SeriesOut(Out):
    """The values of one wish, in the order of time."""

    values: list[IndicatorRecord]


class SeriesAnswers(Out):
    """One entry for each wish, in the order of the wishes."""

    series: list[SeriesOut]


@router.get("")
async def list_indicators(services: Behind) -> IndicatorPage:
    """Give all indicators by id."""
    found = services.backend.definitions
    return IndicatorPage(items=[_out(found[name], services.now()) for name in sorted(found)])


@router.get("/{indicator_id}")
async def get_indicator(services: Behind, indicator_id: str) -> IndicatorOut:
    """Give one indicator."""
    return _out(known_indicator(services, indicator_id), services.now())


@router.get("/{indicator_id}/values")
async def list_values(
    services: Behind,
    indicator_id: str,
    start: Annotated[AwareDatetime, Query(alias="from")],
    end: Annotated[AwareDatetime, Query(alias="to")],
    scope: Annotated[list[ScopeText], Query(max_length=MOST_SERIES)] = [str(CAMPUS)],  # noqa: B006 - never changed
    grain: Grain = "day",
    limit: Limit = 100,
    cursor: Cursor = None,
) -> ValuePage:
    """Give the values of the periods that overlap ``[from, to)``; both need an offset or ``Z``."""
    wishes = [SeriesWish.model_validate(_wish(indicator_id, one, grain, start, end)) for one in scope]
    telling = await telling_of(services)
    records = [one for wish in wishes for one in await _values(services, wish, telling)]
    shown, following = page(records, _place, cursor, limit)
    return ValuePage(items=shown, next_cursor=following)


@router.get("/{indicator_id}/evidence")
async def get_evidence(
    services: Behind,
    indicator_id: str,
    period: Annotated[str, Query(examples=["2026-11", "2026-W47", "2026-11-23", "term:2026-2027-1"])],
    scope: ScopeText = str(CAMPUS),
) -> Evidence:
    """Give the kept content of a closed number: enough to find its hash, value and grade again."""
    indicator, wanted = known_indicator(services, indicator_id), period_of(services, period)
    kept = await closed(services.records, indicator.id, wanted.grain, Scope.parse(scope))
    for told in kept:
        if told.value.period == wanted and told.content is not None:
            return Evidence(content=dict(told.content), hash=told.digest)
    raise NotFound(f"{period} is not closed for {indicator.id} in {scope}")


@router.post("/query")
async def query(services: Behind, body: SeriesWishes) -> SeriesAnswers:
    """Give many series at once."""
    telling = await telling_of(services)
    return SeriesAnswers(series=[SeriesOut(values=await _values(services, wish, telling)) for wish in body.series])


def _wish(indicator: str, scope: str, grain: str, start: datetime, end: datetime) -> dict[str, object]:
    return {"indicator": indicator, "scope": scope, "grain": grain, "from": start, "to": end}


def _place(one: IndicatorRecord) -> tuple[str, str]:
    return f"{one.scope.type}:{one.scope.id}", f"{one.period.start.timestamp():015.0f}"


async def _values(services: Services, wish: SeriesWish, telling: Telling) -> list[IndicatorRecord]:
    indicator = known_indicator(services, wish.indicator)
    if wish.end <= wish.start:
        raise Refusal("invalid", "The window is empty.", (Mistake(pointer="to", detail="must be later than from"),))
    if (wish.end - wish.start) / _STEP[wish.grain] > MOST_PERIODS:
        raise Refusal(
            "invalid", f"More than {MOST_PERIODS} periods.", (Mistake(pointer="grain", detail="take a coarser one"),)
        )
    scope = known_scope(services, wish.scope)
    values = await services.backend.values(indicator.id, [scope], wish.grain, wish.start, wish.end)
    return [record(told, indicator, telling) for told in await published(services.records, values)]


async def telling_of(services: Services) -> Telling:
    """How this college tells its numbers, with all its measures."""
    path = Places(services.backend.estate).path
    return Telling(path, services.local, services.backend.calendar, await services.measures.all())


def period_of(services: Services, name: str) -> Period:
    """Give the period that a reader named.

    Raises:
        Refusal: no period is called so.
    """
    try:
        return services.backend.calendar.named(name)
    except ValueError as error:
        raise Refusal("invalid", str(error), (Mistake(pointer="period", detail="no period is called so"),)) from None


def known_scope(services: Services, text: str) -> Scope:
    """Give the scope that a reader named.

    Raises:
        NotFound: no place is called so.
    """
    scope = Scope.parse(text)
    if scope.type in _PLACES and scope not in services.backend.estate.paths:
        raise NotFound(f"no {scope.type} {scope.id}")
    return scope


def known_indicator(services: Services, indicator_id: str) -> Indicator:
    """Give one indicator.

    Raises:
        NotFound: there is no such indicator.
    """
    indicator = services.backend.definitions.get(indicator_id)
    if indicator is None:
        raise NotFound(f"no indicator {indicator_id}")
    return indicator


def _out(indicator: Indicator, now: datetime) -> IndicatorOut:
    lines = indicator.lines_on(now.date())
    return IndicatorOut(
        id=indicator.id,
        name=text(indicator.label),
        cells=indicator.cells,
        unit="%",
        direction="up",
        calendar=indicator.calendar,
        method_class=indicator.method_class,
        source=text(indicator.source),
        target=percent(lines.target),
        standard=percent(lines.standard),
        warning=percent(lines.warning),
        minimum_completeness=percent(indicator.minimum_completeness),
        rules_version=lines.version,
    )
