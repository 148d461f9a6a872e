"""Which hours count, by the name of their calendar? ``7x24`` needs no keys."""

import re
from datetime import date, time
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema, model_validator

from campus.settings.scalars import Section, wrong

Hours = tuple[time, time]

_HOURS = r"^([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])$"


def _hours(value: object) -> Hours:
    if isinstance(value, tuple):
        return value
    found = re.fullmatch(_HOURS, str(value))
    if not found or (found[3] == "24" and found[4] != "00"):
        raise wrong(f"{value!r} are no hours", "write them like 08:00-12:00; 24:00 is midnight")
    begin, end = time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4]))
    if begin == end and found[3] != "24":
        raise wrong(f"{value!r} are no hours", "a whole day is 00:00-24:00")
    return begin, end


def _text(value: Hours) -> str:
    return f"{value[0]:%H:%M}-{value[1]:%H:%M}".replace("-00:00", "-24:00")


def _date(value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise wrong(f"{value!r} is no day", "write it like 2026-10-01") from None


DayHours = Annotated[
    Hours,
    BeforeValidator(_hours),
    PlainSerializer(_text),
    WithJsonSchema({"type": "string", "pattern": _HOURS}),
]
OneDay = Annotated[date, BeforeValidator(_date), WithJsonSchema({"type": "string", "format": "date"})]
WeekDay = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

WORKDAYS: tuple[WeekDay, ...] = ("mon", "tue", "wed", "thu", "fri")
ALL_DAYS: tuple[WeekDay, ...] = (*WORKDAYS, "sat", "sun")


class CalendarSection(Section):
    """One calendar: its week days and hours; ``in_terms`` only days of a term; ``closed`` and ``opened`` days differ.

    ``opened`` is for days that make up for a holiday; it wins over everything else.
    """

    days: Annotated[tuple[WeekDay, ...], Field(min_length=1)] = ALL_DAYS
    hours: Annotated[tuple[DayHours, ...], Field(min_length=1)]
    in_terms: bool = True
    closed: tuple[OneDay, ...] = ()
    opened: tuple[OneDay, ...] = ()

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if both := sorted(set(self.closed) & set(self.opened)):
            raise wrong(f"{both[0]} is closed and opened")
        return self


class Calendars(Section):
    """The hours of teaching, of the evening, and of the dormitories."""

    teaching: CalendarSection = CalendarSection(days=WORKDAYS, hours=((time(8), time(12)), (time(14), time(18))))
    evening: CalendarSection = CalendarSection(hours=((time(18), time(23)),))
    dorm: CalendarSection = CalendarSection(hours=((time(6), time(0)),))

    def named(self) -> dict[str, CalendarSection]:
        """The calendars by name."""
        return {"teaching": self.teaching, "evening": self.evening, "dorm": self.dorm}
