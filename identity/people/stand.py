"""How does each source stand to a person: is the person there, gone, or can nothing be told?

A source that cannot be believed, and one that has only just stopped naming the person, change nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum, auto

from campus.settings import PeopleSource
from identity.people.match import Match
from identity.people.person import NUMBERS, SOURCES, Person, group_paths, may_name
from identity.people.source import Feed, Row


class Stand(Enum):
    """What one source says of one person."""

    HERE = auto()
    """It names the person as one who stays."""
    LEFT = auto()
    """It names the person as one who left."""
    MISSING = auto()
    """It does not name the person any more, but not for long enough."""
    GONE = auto()
    """It has not named the person for so long that it means something."""
    UNTOLD = auto()
    """It cannot be believed, or means nothing by it."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One source and one person.

    ``row``, the ``groups`` that it asks for and the fields that the source ``reads`` come with `Stand.HERE`. ``holds``
    are the person's groups that this source may fill and empty. ``missing_since`` is when it stopped naming the person.
    """

    source_id: str
    stand: Stand
    person_type: str = ""
    row: Row | None = None
    groups: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    holds: frozenset[str] = frozenset()
    missing_since: date | None = None

    @property
    def keeps(self) -> bool:
        """Whether all that the source once said of the person still holds."""
        return self.stand in {Stand.MISSING, Stand.UNTOLD}


def standings(one: Match, feeds: Mapping[str, Feed], today: date) -> tuple[Standing, ...]:
    """Say how each source stands that names the person or once did, in the order in which sources speak."""
    rows = {row.source: row for row in one.rows}
    once = one.person.all(SOURCES) if one.person else ()
    told = [
        _named(feed.source, rows[source_id], one.person, today) if source_id in rows else _unnamed(feed, one, today)
        for source_id, feed in feeds.items()
        if source_id in rows or source_id in once
    ]
    away = sorted(set(once) - set(feeds))
    return (*told, *(Standing(source_id, Stand.UNTOLD) for source_id in away))


def _named(source: PeopleSource, row: Row, person: Person | None, today: date) -> Standing:
    holds = _held_groups(source, person)
    if not row.stays(today):
        return Standing(source.id, Stand.LEFT, source.person_type, holds=holds)
    groups = group_paths(source, row.department, row.class_)
    reads = frozenset(source.columns.named())
    return Standing(source.id, Stand.HERE, source.person_type, row, groups, reads, holds)


def _unnamed(feed: Feed, one: Match, today: date) -> Standing:
    source, person = feed.source, one.person
    since = person.absent_since.get(source.id) if person else None
    found = Standing(source.id, Stand.UNTOLD, source.person_type, None, holds=_held_groups(source, person))
    if person is None or feed.refused or not feed.whole or _is_held(feed, person):
        return replace(found, missing_since=since)
    if source.absent == "keep" and person.suspended_on is None:
        return found
    if since and since + source.absent_after <= today:
        return replace(found, stand=Stand.GONE)
    return replace(found, stand=Stand.MISSING, missing_since=since or today)


def _held_groups(source: PeopleSource, person: Person | None) -> frozenset[str]:
    return frozenset(path for path in person.groups if may_name(source, path)) if person else frozenset()


def _is_held(feed: Feed, person: Person) -> bool:
    return not feed.held.isdisjoint({*person.all(NUMBERS[feed.source.person_type]), person.person_id})
