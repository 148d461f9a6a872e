"""What does every route need, and how does it get it?"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, cast
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from api.backend import Backend
from api.front import Overview
from api.keys import Keyring
from api.memo import Memo
from api.meter import Meter
from api.throttle import Throttle
from campus.indicators.measures import Measures
from campus.store.contracts import RecordStore
from identity.tokens import Verifier


@dataclass(frozen=True, slots=True)
class Services:
    """Everything behind the routes of one app; ``zone`` is campus time, ``now`` gives aware UTC.

    ``closing`` is set when the server is about to stop. ``writing`` is held by whoever keeps something that a repeat
    must not keep twice. ``tokens`` checks Keycloak's access tokens, where the college has a Keycloak."""

    backend: Backend
    records: RecordStore
    keyring: Keyring
    zone: ZoneInfo
    now: Callable[[], datetime]
    throttle: Throttle
    meter: Meter
    overviews: Memo[Overview]
    closing: asyncio.Event
    measures: Measures
    tokens: Verifier | None = None
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def local(self, instant: datetime) -> datetime:
        """The instant in campus time, as it is shown to people."""
        return instant.astimezone(self.zone)

    def local_or_none(self, instant: datetime | None) -> datetime | None:
        """As `local`, for an instant that may be unknown."""
        return None if instant is None else self.local(instant)


def services_of(request: Request) -> Services:
    """Give the services of the app that the request came to."""
    return cast("Services", request.app.state.services)


Behind = Annotated[Services, Depends(services_of)]
