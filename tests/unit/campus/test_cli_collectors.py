"""What do collectors know of the time before they were started?"""

from datetime import UTC, datetime, timedelta

from campus.cli.collectors import seen_up
from campus.model import Entity, Series, Span

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def told(ap, source, *values):
    spans = [
        Span(NOON + timedelta(minutes=number), NOON + timedelta(minutes=number + 1), float(value))
        for number, value in enumerate(values)
    ]
    return Series(Entity("ap", ap), source, "ap.up", tuple(spans))


def test_only_aps_that_were_ever_up_are_missed_after_a_restart():
    series = [told("lost", "ac-1", 1, 0), told("never", "ac-1", 0), told("lost", "ac-2", 0), told("fine", "ac-2", 0, 1)]
    assert seen_up(series) == {"ac-1": ["lost"], "ac-2": ["fine"]}
