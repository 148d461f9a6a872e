"""Who hangs where, for those who only ask? What was found a moment ago serves many questions in a row."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from campus.model import Members, Membership

LIFE_S = 10.0
EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class RecentMembers:
    """The `campus.model.Members` of ``members``, of all times, kept for `LIFE_S`. Counting asks the true ones."""

    def __init__(self, members: Members, clock: Callable[[], float] = time.monotonic) -> None:
        self._members = members
        self._clock = clock
        self._kept: dict[str, tuple[float, Sequence[Membership]]] = {}

    async def memberships(self, kind: str, start: datetime, end: datetime) -> Sequence[Membership]:
        """Give the memberships of ``kind`` that overlap ``[start, end)``, as they were at most `LIFE_S` ago."""
        now = self._clock()
        kept = self._kept.get(kind)
        if kept is None or now - kept[0] >= LIFE_S:
            kept = self._kept[kind] = now, await self._members.memberships(kind, *EVER)
        return [one for one in kept[1] if _overlaps(one, start, end)]


def _overlaps(member: Membership, start: datetime, end: datetime) -> bool:
    return (member.since is None or member.since < end) and (member.until is None or start < member.until)
