"""Where do periods begin and end? In campus time, half-open; weeks begin on Monday."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from campus.model import Period

GRAINS = ("hour", "day", "week", "month", "custom")


def floor(instant: datetime, grain: str, zone: tzinfo) -> datetime:
    """The start of the period of ``grain`` in which ``instant`` lies, as UTC.

    Raises:
        ValueError: an unknown grain.
    """
    local = instant.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    if grain == "hour":
        return local.astimezone(UTC)
    day = local.replace(hour=0)
    if grain == "day":
        return day.astimezone(UTC)
    if grain == "week":
        return (day - timedelta(days=day.weekday())).astimezone(UTC)
    if grain == "month":
        return day.replace(day=1).astimezone(UTC)
    raise ValueError(f"{grain!r} is no grain; known: {', '.join(GRAINS)}")


def after(start: datetime, grain: str, zone: tzinfo) -> datetime:
    """The end of the period of ``grain`` that begins at ``start``."""
    days = {"hour": 0, "day": 1, "week": 7, "month": 32}[grain]
    if not days:
        return start + timedelta(hours=1)
    local = start.astimezone(zone).replace(tzinfo=None) + timedelta(days=days, hours=2)
    return floor(local.replace(tzinfo=zone), grain, zone)


def before(start: datetime, grain: str, zone: tzinfo) -> datetime:
    """The start of the period before the one that begins at ``start``."""
    return floor(start - timedelta(seconds=1), grain, zone)


def periods(grain: str, start: datetime, end: datetime, zone: tzinfo) -> Iterator[Period]:
    """All periods of ``grain`` that overlap ``[start, end)``; ``custom`` is the window itself, in whole hours."""
    if grain == "custom":
        yield Period(grain, floor(start, "hour", zone), end)
        return
    here = floor(start, grain, zone)
    while here < end:
        following = after(here, grain, zone)
        yield Period(grain, here, following)
        here = following
