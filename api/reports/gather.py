"""Which numbers stand in a report, and what must be told beside them?"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.backend import Backend
from api.places import Places
from api.records import Telling, record
from api.reports.content import Report
from api.reports.lines import Line
from api.reports.words import Language, Words
from api.reports.write import Told, report
from campus.indicators.definition import load_all
from campus.indicators.measures import Measure, Measures, concerning
from campus.indicators.published import published
from campus.model import Period, Scope, Tally
from campus.store.contracts import RecordStore

_PARTS = {"campus": {"area", "building"}, "area": {"building"}}
_LEAST = {"floor"}


@dataclass(frozen=True, slots=True)
class Source:
    """Where the numbers come from."""

    backend: Backend
    records: RecordStore
    measures: Measures


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about: a period, a place with the places in it, and the reader's language."""

    period: Period
    scope: Scope
    language: Language


async def gather(source: Source, asked: Asked, now: datetime) -> Report:
    """Gather the numbers of every indicator in the asked place and those in it; floors only for a building."""
    backend, calendar = source.backend, source.backend.calendar
    measures = await source.measures.all()
    places = Places(backend.estate)
    telling = Telling(places.path, lambda moment: moment.astimezone(calendar.zone), calendar, measures)
    lines = [line async for line in _lines(source, asked, telling)]
    told = Told(
        period=asked.period,
        scope=asked.scope,
        calendar=calendar,
        places=places,
        definitions=[backend.definitions[name] for name in sorted(backend.definitions)],
        awaited=list(load_all(backend.catalogue).awaited.values()),
        lines=lines,
        measures=_concerned(measures, lines),
        since=await backend.counted_since(),
        made_at=now,
    )
    return report(told, Words(asked.language))


async def _lines(source: Source, asked: Asked, telling: Telling) -> AsyncIterator[Line]:
    """A place that holds nothing of an indicator has no line; the asked place itself always has one."""
    backend, period = source.backend, asked.period
    for name in sorted(backend.definitions):
        indicator = backend.definitions[name]
        values = await backend.values(name, _scopes(backend, asked.scope), period.grain, period.start, period.end)
        for told in await published(source.records, values):
            if told.value.scope == asked.scope or told.value.tally != Tally():
                yield Line(told, record(told, indicator, telling), indicator)


def _scopes(backend: Backend, top: Scope) -> list[Scope]:
    wanted = _PARTS.get(top.type, _LEAST)
    below = [scope for scope, path in backend.estate.paths.items() if top in path and scope.type in wanted]
    return [top, *(scope for scope in below if scope != top)]


def _concerned(measures: Sequence[Measure], lines: Sequence[Line]) -> list[Measure]:
    ids = {one.id for line in lines for one in concerning(measures, line.told.value)}
    return [one for one in measures if one.id in ids]
