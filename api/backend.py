"""What must stand behind the API? One door; `campus.cli` hands in the real engine."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from campus.catalogue import Catalogue
from campus.indicators.calendar import Calendar
from campus.indicators.definition import Indicator
from campus.indicators.live import Trouble
from campus.model import Condition, IndicatorValue, Latest, Scope
from campus.store.contracts import StoreHealth
from inventory.estate import Estate


class Backend(Protocol):
    """Everything that the API reads; instants are aware UTC, windows half-open."""

    @property
    def estate(self) -> Estate:
        """What exists."""
        ...

    @property
    def catalogue(self) -> Catalogue:
        """The shared vocabulary."""
        ...

    @property
    def definitions(self) -> Mapping[str, Indicator]:
        """All indicators by id."""
        ...

    @property
    def calendar(self) -> Calendar:
        """Campus time and terms: where periods begin, and what they are called."""
        ...

    async def conditions(self, kind: str, at: datetime) -> Sequence[Condition]:
        """Give how every entity of ``kind`` (ap, ac, host, switch) is at ``at``."""
        ...

    async def latest(self, kind: str) -> Sequence[Latest]:
        """Give the newest values and facts of ``kind``, one row for each source."""
        ...

    async def values(
        self, indicator: str, scopes: Sequence[Scope], grain: str, start: datetime, end: datetime
    ) -> Sequence[IndicatorValue]:
        """Give an indicator's values for the periods of ``grain`` that overlap ``[start, end)``, by scope."""
        ...

    async def counted_since(self) -> datetime | None:
        """Give the first hour that was ever counted; ``None`` = none yet."""
        ...

    async def problems(self, at: datetime) -> Sequence[Trouble]:
        """Give what is wrong at ``at``, grouped by cause, worst first."""
        ...

    async def health(self) -> StoreHealth:
        """Say whether the store works and how new its newest reading is."""
        ...
