"""Which parts of the kernel answer the API? The `Backend` over a store, the judges and the estate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from api.memo import Memo
from campus.catalogue import Catalogue
from campus.indicators.calendar import Calendar
from campus.indicators.definition import Indicator
from campus.indicators.ledger import Ledger
from campus.indicators.live import WATCHED, Live, Trouble, grouped
from campus.model import Condition, IndicatorValue, Latest, Scope
from campus.store.contracts import SeriesStore, StoreHealth
from inventory.estate import Estate


@dataclass(frozen=True, slots=True)
class Engine:
    """Hands each question to the part that knows; methods as `Backend` tells."""

    estate: Estate
    catalogue: Catalogue
    series: SeriesStore
    live: Live
    ledger: Ledger
    _conditions: Memo[Sequence[Condition]] = field(default_factory=Memo, init=False)

    @property
    def definitions(self) -> Mapping[str, Indicator]:
        """All indicators by id."""
        return self.ledger.indicators

    @property
    def calendar(self) -> Calendar:
        """Campus time and terms."""
        return self.ledger.calendar

    async def conditions(self, kind: str, at: datetime) -> Sequence[Condition]:
        """How every entity of a kind is; an answer of the last seconds serves again."""
        return await self._conditions.get(kind, at, lambda: self._judged(kind, at))

    async def _judged(self, kind: str, at: datetime) -> Sequence[Condition]:
        return await self.live.conditions(kind, at)

    async def latest(self, kind: str) -> Sequence[Latest]:
        """The newest readings of a kind."""
        return await self.series.latest(kind)

    async def values(
        self, indicator: str, scopes: Sequence[Scope], grain: str, start: datetime, end: datetime
    ) -> Sequence[IndicatorValue]:
        """An indicator's values by scope and period."""
        return await self.ledger.values(indicator, scopes, grain, (start, end))

    async def counted_since(self) -> datetime | None:
        """The first hour that was ever counted."""
        return await self.ledger.counted_since()

    async def problems(self, at: datetime) -> Sequence[Trouble]:
        """What is wrong, by cause."""
        return grouped([condition for kind in WATCHED for condition in await self.conditions(kind, at)])

    async def health(self) -> StoreHealth:
        """Whether the store works."""
        return await self.series.health()
