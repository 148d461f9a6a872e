"""Which period does a name mean, and what is a period called?

``2026-11-23`` is a day, ``2026-W47`` a week (ISO 8601), ``2026-11`` a month, ``term:2026-2027-1`` a term. Days, weeks
and months follow from campus time; terms are set by the college, and time may pass between two of them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from campus.indicators import periods
from campus.model import Period

TERM = "term"
_SHAPES = {"day": r"\d{4}-\d\d-\d\d", "week": r"\d{4}-W\d\d", "month": r"\d{4}-\d\d"}
_FIRST_DAY = {"day": "{}", "week": "{}-1", "month": "{}-01"}


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the college during ``[start, end)``, UTC."""

    id: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Calendar:
    """Campus time and the terms, in order; terms do not overlap."""

    zone: tzinfo
    terms: tuple[Term, ...] = ()

    def named(self, name: str) -> Period:
        """Give the period that ``name`` means.

        Raises:
            ValueError: no period is called so.
        """
        kind, _, term_id = name.partition(":")
        if kind == TERM:
            return self._term_named(term_id)
        grain = next((grain for grain, shape in _SHAPES.items() if re.fullmatch(shape, name, re.ASCII)), None)
        if grain is None:
            raise ValueError(f"{name!r} is no period; write 2026-11-23, 2026-W47, 2026-11 or term:2026-2027-1")
        first = datetime.fromisoformat(_FIRST_DAY[grain].format(name)).replace(tzinfo=self.zone).astimezone(UTC)
        return Period(grain, first, periods.after(first, grain, self.zone))

    def name(self, period: Period) -> str:
        """What a day, week, month or term is called; any other period by its first instant."""
        local = period.start.astimezone(self.zone)
        if period.grain == TERM:
            return f"{TERM}:{self.term(period.start)}"
        if period.grain == "week":
            year, week, _ = local.isocalendar()
            return f"{year}-W{week:02d}"
        return {"day": f"{local:%Y-%m-%d}", "month": f"{local:%Y-%m}"}.get(period.grain, local.isoformat())

    def term(self, instant: datetime) -> str | None:
        """The id of the term in which ``instant`` lies; ``None`` between terms."""
        return next((term.id for term in self.terms if term.start <= instant < term.end), None)

    def periods(self, grain: str, start: datetime, end: datetime) -> Iterator[Period]:
        """All periods of ``grain`` that overlap ``[start, end)``.

        Raises:
            ValueError: an unknown grain.
        """
        if grain != TERM:
            yield from periods.periods(grain, start, end, self.zone)
            return
        for term in self.terms:
            if term.start < end and start < term.end:
                yield Period(TERM, term.start, term.end)

    def before(self, period: Period) -> Period:
        """The period of the same grain before ``period``; an empty one where there is none."""
        if period.grain == TERM:
            earlier = [term for term in self.terms if term.end <= period.start]
            return Period(TERM, earlier[-1].start, earlier[-1].end) if earlier else _empty(period)
        if period.grain == "custom":
            return _empty(period)
        return Period(period.grain, periods.before(period.start, period.grain, self.zone), period.start)

    def _term_named(self, term_id: str) -> Period:
        for term in self.terms:
            if term.id == term_id:
                return Period(TERM, term.start, term.end)
        known = ", ".join(term.id for term in self.terms) or "none is set"
        raise ValueError(f"no term is called {term_id!r}; known: {known}")


def _empty(period: Period) -> Period:
    return Period(period.grain, period.start, period.start)
