"""What was decided to bring an indicator back (改进措施), and is it proved that it worked?

A measure answers one number: an indicator in a scope that fell short in a closed or open period. It may be closed only
when that indicator has been at its standard or above in the newest closed periods, running, that follow.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from campus.errors import Conflict, NotFound
from campus.indicators.calendar import Calendar
from campus.indicators.published import GRAINS, closed
from campus.model import IndicatorValue, Period, Scope
from campus.store.contracts import Record, RecordStore

KIND = "measure"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is decided: ``text`` says what is done, ``owner`` by whom, ``due`` until when."""

    indicator: str
    scope: Scope
    period: Period
    owner: str
    due: date
    text: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A wish with its number, and how it ended: ``proof`` names the values (ratios 0…1) that allowed it to close."""

    id: str
    wish: Wish
    opened_at: datetime
    closed_at: datetime | None = None
    proof: tuple[float, ...] = ()

    def late(self, today: date) -> bool:
        """Whether it is still open after the day it was due."""
        return self.closed_at is None and today > self.wish.due


class Measures:
    """The measures of one college; one closes after ``needed`` closed periods running at the standard."""

    def __init__(self, records: RecordStore, calendar: Calendar, needed: int) -> None:
        self._records = records
        self._calendar = calendar
        self._needed = needed

    async def all(self) -> list[Measure]:
        """Give all measures, oldest first."""
        return sorted(map(_read, await self._records.list(KIND)), key=lambda one: (one.opened_at, one.id))

    async def add(self, wish: Wish, now: datetime, principal: str) -> Measure:
        """Keep a new measure; its number counts the measures of the year.

        Raises:
            Conflict: it answers a period of a grain that is never closed, so nothing could prove it.
        """
        if wish.period.grain not in GRAINS:
            raise Conflict(f"a {wish.period.grain} never closes; name a day, week, month or term")
        year = now.astimezone(UTC).year
        count = sum(one.id.startswith(f"MEAS-{year}-") for one in await self.all())
        measure = Measure(f"MEAS-{year}-{count + 1:03d}", wish, now)
        await self._records.append(_record(measure, now, principal))
        return measure

    async def close(self, measure_id: str, now: datetime, principal: str, evidence: str) -> Measure:
        """Close a measure whose indicator has come back.

        Raises:
            NotFound: there is no such measure.
            Conflict: it is closed already, or the closed periods do not prove it; the text says which.
        """
        measure = next((one for one in await self.all() if one.id == measure_id), None)
        if measure is None:
            raise NotFound(f"no measure {measure_id}")
        if measure.closed_at:
            raise Conflict(f"{measure_id} is closed already")
        proof = await self._proof(measure)
        ended = replace(measure, wish=_with_evidence(measure.wish, evidence), closed_at=now, proof=proof)
        await self._records.append(_record(ended, measure.opened_at, principal))
        return ended

    async def _proof(self, measure: Measure) -> tuple[float, ...]:
        """The values of the newest closed periods, if all of them are at the standard."""
        wish = measure.wish
        told = await closed(self._records, wish.indicator, wish.period.grain, wish.scope)
        newest = [one for one in told if one.value.period.start >= wish.period.end][-self._needed :]
        if len(newest) < self._needed:
            raise Conflict(f"{measure.id} needs {self._needed} closed periods after its own; there are {len(newest)}")
        short = [self._told(one.value) for one in newest if not _holds(one.value)]
        if short:
            raise Conflict(f"{measure.id} is not proved: {', '.join(short)}")
        return tuple(one.value.value for one in newest if one.value.value is not None)

    def _told(self, value: IndicatorValue) -> str:
        number = "no value" if value.value is None else f"{int(value.value * 10_000) / 100} %"
        return f"{self._calendar.name(value.period)}: {number}, standard {value.lines.standard * 100:g} %"


def concerning(measures: Iterable[Measure], value: IndicatorValue) -> list[Measure]:
    """Those of ``measures`` that were in force for ``value``: from the period they answer until they closed."""
    return [
        one
        for one in measures
        if (one.wish.indicator, one.wish.scope) == (value.indicator, value.scope)
        and one.wish.period.start < value.period.end
        and (one.closed_at is None or value.period.start < one.closed_at)
    ]


def _holds(value: IndicatorValue) -> bool:
    """Unknown is never good."""
    return value.value is not None and value.value >= value.lines.standard


def _with_evidence(wish: Wish, evidence: str) -> Wish:
    return replace(wish, evidence="\n".join(part for part in (wish.evidence, evidence) if part))


def _record(measure: Measure, at: datetime, principal: str) -> Record:
    wish = measure.wish
    body = {
        "indicator": wish.indicator,
        "scope": str(wish.scope),
        "grain": wish.period.grain,
        "start": wish.period.start.astimezone(UTC).isoformat(),
        "end": wish.period.end.astimezone(UTC).isoformat(),
        "owner": wish.owner,
        "due": wish.due.isoformat(),
        "text": wish.text,
        "evidence": wish.evidence,
        "opened_at": measure.opened_at.astimezone(UTC).isoformat(),
        "closed_at": measure.closed_at.astimezone(UTC).isoformat() if measure.closed_at else None,
        "proof": list(measure.proof),
    }
    return Record(KIND, measure.id, at, principal, body)


def _read(record: Record) -> Measure:
    told: Mapping[str, str] = {key: str(value) for key, value in record.body.items() if value is not None}
    proof = record.body["proof"]
    return Measure(
        id=record.id,
        wish=Wish(
            indicator=told["indicator"],
            scope=Scope.parse(told["scope"]),
            period=Period(told["grain"], _instant(told["start"]), _instant(told["end"])),
            owner=told["owner"],
            due=date.fromisoformat(told["due"]),
            text=told["text"],
            evidence=told["evidence"],
        ),
        opened_at=_instant(told["opened_at"]),
        closed_at=_instant(told["closed_at"]) if "closed_at" in told else None,
        proof=_floats(proof),
    )


def _floats(numbers: object) -> tuple[float, ...]:
    return tuple(float(one) for one in numbers) if isinstance(numbers, Sequence) else ()


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)
