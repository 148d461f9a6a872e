"""Do questions in a row find the members once, and new ones soon?"""

from datetime import UTC, datetime, timedelta

from campus.indicators.recent import LIFE_S, RecentMembers
from campus.model import CAMPUS, Entity, Membership

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = timedelta(days=1)


class Growing:
    """One more AP each time it is asked."""

    def __init__(self):
        self.asked = 0

    async def memberships(self, kind, start, end):
        self.asked += 1
        return [Membership(Entity(kind, str(one)), (CAMPUS,), since=NOON + one * DAY) for one in range(self.asked)]


async def test_members_are_found_once_and_again_after_a_while():
    moment = [100.0]
    growing = Growing()
    recent = RecentMembers(growing, lambda: moment[0])
    assert len(await recent.memberships("ap", NOON, NOON + 9 * DAY)) == 1
    moment[0] += LIFE_S - 1
    assert len(await recent.memberships("ap", NOON, NOON + 9 * DAY)) == 1
    await recent.memberships("ac", NOON, NOON + DAY)
    assert growing.asked == 2
    moment[0] += 1
    assert len(await recent.memberships("ap", NOON, NOON + 9 * DAY)) == 3


async def test_only_members_of_the_window_are_given():
    recent = RecentMembers(Growing(), lambda: 0.0)
    assert await recent.memberships("ap", NOON - DAY, NOON) == []
    assert len(await recent.memberships("ap", NOON, NOON + DAY)) == 1
