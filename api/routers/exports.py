"""Which file does a reader take home? The report of one period, made when asked for."""

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from api.reports.content import Report
from api.reports.gather import Asked, Source, gather
from api.reports.page import as_html
from api.reports.tables import as_csv, as_json
from api.reports.workbook import as_xlsx
from api.routers.indicators import ScopeText, known_scope, period_of
from api.services import Behind
from campus.model import CAMPUS

router = APIRouter(prefix="/exports", tags=["exports"])

Kind = Literal["xlsx", "html", "csv", "json"]
_WRITERS: Mapping[Kind, tuple[str, Callable[[Report], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "html": ("text/html; charset=utf-8", as_html),
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
}


@router.get(
    "/report",
    response_class=Response,
    responses={200: {"content": {media.partition(";")[0]: {} for media, _ in _WRITERS.values()}}},
)
async def get_report(
    services: Behind,
    period: Annotated[str, Query(examples=["2026-11", "2026-W47", "2026-11-23", "term:2026-2027-1"])],
    kind: Annotated[Kind, Query(alias="format")] = "xlsx",
    scope: ScopeText = str(CAMPUS),
    lang: Literal["zh", "en"] = "zh",
) -> Response:
    """Give the report of a period over a place and the places in it, as a file."""
    asked = Asked(period_of(services, period), known_scope(services, scope), lang)
    source = Source(services.backend, services.records, services.measures)
    media, write = _WRITERS[kind]
    name = f"report-{period.replace(':', '-')}.{kind}"
    octets = write(await gather(source, asked, services.now()))
    return Response(octets, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
