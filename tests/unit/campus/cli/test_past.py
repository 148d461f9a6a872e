"""Is the past of a simulated campus made to its end, whatever cuts it short?"""

from datetime import UTC, datetime, timedelta

from campus.cli.past import is_remembered, remember
from tests.small_campus import small_campus

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


async def test_a_past_that_was_killed_in_the_making_is_made_again(tmp_path):
    async with small_campus(tmp_path, NOON) as campus:
        await campus.reach()
        assert not await is_remembered(campus.records)
        await remember(campus.engine, campus.records, (NOON - timedelta(hours=1), NOON), NOON)
        assert await is_remembered(campus.records)
