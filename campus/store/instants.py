"""How do stores count time? In whole microseconds since 1970, UTC: exact, small and easy to compare."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR = timedelta(hours=1) // MICROSECOND
DAY = timedelta(days=1) // MICROSECOND


def micros(instant: datetime) -> int:
    """Give ``instant`` (aware) in microseconds since 1970."""
    return (instant - EPOCH) // MICROSECOND


def moment(micros: int) -> datetime:
    """Give the UTC datetime of ``micros`` microseconds since 1970."""
    return EPOCH + timedelta(0, 0, micros)
