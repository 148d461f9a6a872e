"""What is a person in the realm, and which of it is ours?

Ours are the attributes named here, the memberships of groups that a source's paths can name, and whether a person may
sign in, as far as it was us who suspended them. Everything else is other people's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from campus.settings import PeopleSource

MARK, BY_PEOPLE = "campus.managed", "people"
SOURCES = "campus.sources"
"""Which sources know the person."""
ABSENT = "campus.absent"
"""Since when a source no longer names the person: ``hr=2026-11-23``."""
SUSPENDED = "campus.suspended"
"""The day on which we suspended the person."""
ARCHIVED = "campus.archived"

NUMBERS: Mapping[str, str] = {"staff": "staff_no", "student": "student_no", "external": "external_no"}
"""Where a person's number is kept, by the type of person."""

ATTRIBUTES = (
    *(MARK, SOURCES, ABSENT, SUSPENDED, ARCHIVED, *NUMBERS.values()),
    *("person_type", "dept_code", "class_code", "id_hash", "phone"),
)
"""All attributes that are ours; ``name`` and ``mail`` stand in Keycloak's own fields."""

PERSONAL = frozenset({"name", "mail", "phone", "id_hash"})
"""What no plan, record or table shows."""

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One account as it is. ``username`` is as Keycloak keeps it, in lower case; ``groups`` are paths."""

    uuid: str
    username: str
    enabled: bool = True
    name: str = field(default="", repr=False)
    mail: str = field(default="", repr=False)
    attributes: Mapping[str, Values] = field(default_factory=dict, repr=False)
    groups: frozenset[str] = frozenset()

    def all(self, attribute: str) -> Values:
        """Give the values of an attribute, none where it is absent."""
        return self.attributes.get(attribute, ())

    def one(self, attribute: str) -> str:
        """Give the value of an attribute, empty where it is absent."""
        return next(iter(self.all(attribute)), "")

    @property
    def person_id(self) -> str:
        """The number that people know the person by, as its source writes it."""
        numbers = (self.one(attribute) for attribute in NUMBERS.values())
        return next((number for number in numbers if number.lower() == self.username), self.username)

    @property
    def ours(self) -> bool:
        """Whether we look after this account."""
        return self.one(MARK) == BY_PEOPLE

    @property
    def suspended_on(self) -> date | None:
        """The day on which we suspended the person; ``None`` where we did not, or nobody can tell any more."""
        return _day(self.one(SUSPENDED))

    @property
    def absent_since(self) -> Mapping[str, date]:
        """Since when each source no longer names the person."""
        pairs = (value.partition("=") for value in self.all(ABSENT))
        return {source: day for source, _, text in pairs if (day := _day(text))}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def group_paths(source: PeopleSource, department: str, class_: str) -> frozenset[str]:
    """Give the groups of one row; a path that needs what the row does not tell is left out."""
    told = {name: text for name, text in (("department", department), ("class", class_)) if text}
    return frozenset(path.format(**told) for path in source.groups if all(name in told for name in _needs(path)))


def may_name(source: PeopleSource, group: str) -> bool:
    """Whether a row of this source could put somebody into the group: then its members are ours to keep."""
    return any(_pattern(path).fullmatch(group) for path in source.groups)


@cache
def _needs(path: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\{(\w+)\}", path))


@cache
def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"(\{\w+\})", path)
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in parts))
