"""What is being done about indicators that fell short, and is it proved?"""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api.auth import Asker, allow
from api.conditional import ConditionalRoute
from api.idempotency import IdempotencyKey, name_of, once
from api.keys import MEASURES
from api.paging import Cursor, Limit, page
from api.routers.indicators import ScopeText, known_indicator, known_scope, period_of
from api.services import Behind, Services
from api.shapes import Out, Percent, percent
from campus.indicators.measures import Measure, Wish

router = APIRouter(prefix="/measures", tags=["measures"], route_class=ConditionalRoute)

State = Literal["open", "late", "closed"]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Evidence = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class MeasureOut(Out):
    """One measure; ``late`` = open after the day it was due."""

    id: str = Field(examples=["MEAS-2026-031"])
    indicator: str
    scope: str
    period: str = Field(description="The period whose number it answers", examples=["2026-11"])
    owner: str
    due: date
    text: str
    evidence: str
    state: State
    opened_at: datetime
    closed_at: datetime | None = Field(description="null = not closed")
    proof: list[Percent] = Field(description="The closed periods' values that proved it, oldest first")


class MeasurePage(Out):
    """One page of measures, oldest first; ``next_cursor`` is null on the last one."""

    items: list[MeasureOut]
    next_cursor: str | None


class MeasureIn(BaseModel):
    """What is decided."""

    model_config = ConfigDict(extra="forbid")

    indicator: str
    scope: ScopeText
    period: str = Field(examples=["2026-11", "term:2026-2027-1"])
    owner: Words
    due: date
    text: Words
    evidence: Evidence = ""


class ClosingIn(BaseModel):
    """What shows that it was done."""

    model_config = ConfigDict(extra="forbid")

    evidence: Words


@router.get("")
async def list_measures(
    services: Behind,
    state: Annotated[State | None, Query()] = None,
    indicator: str | None = None,
    scope: ScopeText | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> MeasurePage:
    """Give measures, all or those of one state, indicator or scope."""
    found = [_out(services, one) for one in await services.measures.all()]
    wanted = [
        one
        for one in found
        if state in {None, one.state} and indicator in {None, one.indicator} and scope in {None, one.scope}
    ]
    shown, following = page(wanted, _place, cursor, limit)
    return MeasurePage(items=shown, next_cursor=following)


@router.post("", status_code=201, dependencies=[Depends(allow(MEASURES))])
async def add_measure(
    services: Behind, asker: Asker, body: MeasureIn, idempotency_key: IdempotencyKey = None
) -> MeasureOut:
    """Keep a new measure."""
    wish = Wish(
        indicator=known_indicator(services, body.indicator).id,
        scope=known_scope(services, body.scope),
        period=period_of(services, body.period),
        owner=body.owner,
        due=body.due,
        text=body.text,
        evidence=body.evidence,
    )

    async def make() -> MeasureOut:
        return _out(services, await services.measures.add(wish, services.now(), asker.key.name))

    return await once(services, name_of(asker, "measures", idempotency_key), body, MeasureOut, make)


@router.post("/{measure_id}/closing", dependencies=[Depends(allow(MEASURES))])
async def close_measure(
    services: Behind, asker: Asker, measure_id: str, body: ClosingIn, idempotency_key: IdempotencyKey = None
) -> MeasureOut:
    """Close a measure that closed periods prove; refused with 409 as long as they do not."""

    async def make() -> MeasureOut:
        ended = await services.measures.close(measure_id, services.now(), asker.key.name, body.evidence)
        return _out(services, ended)

    return await once(services, name_of(asker, f"measures/{measure_id}", idempotency_key), body, MeasureOut, make)


def _out(services: Services, measure: Measure) -> MeasureOut:
    wish = measure.wish
    late = measure.late(services.local(services.now()).date())
    return MeasureOut(
        id=measure.id,
        indicator=wish.indicator,
        scope=str(wish.scope),
        period=services.backend.calendar.name(wish.period),
        owner=wish.owner,
        due=wish.due,
        text=wish.text,
        evidence=wish.evidence,
        state="closed" if measure.closed_at else "late" if late else "open",
        opened_at=services.local(measure.opened_at),
        closed_at=services.local_or_none(measure.closed_at),
        proof=[percent(value) for value in measure.proof],
    )


def _place(one: MeasureOut) -> tuple[str, str]:
    return f"{one.opened_at.timestamp():018.6f}", one.id
