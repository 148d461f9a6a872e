"""Who is who? Rows of all sources and the accounts that exist are joined by number and by ID hash, never by name.

A join that contradicts itself is nobody's: all its people are left alone until a person has looked.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from campus.settings import People
from identity.people.person import NUMBERS, Person
from identity.people.source import Feed, Row

NAME_TAKEN = "name_taken"
"""The one muddle that says nothing against a file: the account that is in the way may be anybody's."""


@dataclass(frozen=True, slots=True)
class Match:
    """One human being: what sources say (the one that speaks first stands first), and the account, if there is one."""

    rows: tuple[Row, ...]
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Muddle:
    """Rows and accounts that cannot all be one human being, with the code of the reason.

    ``sources`` are those of the rows, one for each row.
    """

    code: str
    person_ids: tuple[str, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Matched:
    """Everyone whom we look after or a source names; what could not be told; and accounts of others."""

    matches: tuple[Match, ...]
    muddles: tuple[Muddle, ...]
    strangers: tuple[Person, ...]


def match(feeds: Sequence[Feed], people: Sequence[Person], policy: People, today: date) -> Matched:
    """Join rows and accounts (pure)."""
    rows = [row for feed in feeds for row in feed.rows]
    known = [person for person in people if person.ours]
    numbers = {row.person_id.lower() for row in rows}
    others = [person for person in people if not person.ours]
    adopted = [person for person in others if policy.adopt and person.username in numbers]
    matches: list[Match] = []
    muddles: list[Muddle] = []
    for members in _joined([*rows, *known, *adopted]):
        try:
            matches.append(_one_human(members, today))
        except _ContradictionError as error:
            sources = tuple(member.source for member in members if isinstance(member, Row))
            muddles.append(Muddle(str(error), tuple(sorted({member.person_id for member in members})), sources))
    free, taken = _with_a_free_name(matches, people)
    strangers = tuple(person for person in others if person not in adopted)
    return Matched(free, (*muddles, *taken), strangers)


class _ContradictionError(ValueError):
    """These cannot all be one human being."""


Member = Row | Person


def _keys(member: Member) -> Iterator[Hashable]:
    if isinstance(member, Row):
        yield "number", member.person_type, member.person_id.lower()
        hashes: Iterable[str] = (member.id_hash,)
    else:
        for person_type, attribute in NUMBERS.items():
            numbers = member.all(attribute) if member.ours else (member.username,)
            yield from (("number", person_type, number.lower()) for number in numbers)
        hashes = member.all("id_hash")
    yield from (("id", text) for text in hashes if text)


def _joined(members: Sequence[Member]) -> Iterator[list[Member]]:
    """Put together what shares a key, directly or through others, in the order in which it was told."""
    parent = list(range(len(members)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    first: dict[Hashable, int] = {}
    for number, member in enumerate(members):
        for key in _keys(member):
            a, b = sorted((root(first.setdefault(key, number)), root(number)))
            parent[b] = a
    found: dict[int, list[Member]] = defaultdict(list)
    for number, member in enumerate(members):
        found[root(number)].append(member)
    yield from found.values()


def _one_human(members: Sequence[Member], today: date) -> Match:
    persons = [member for member in members if isinstance(member, Person)]
    if len(persons) > 1:
        raise _ContradictionError("two_accounts")
    person = persons[0] if persons else None
    by_source: dict[str, list[Row]] = defaultdict(list)
    for member in members:
        if isinstance(member, Row):
            by_source[member.source].append(member)
    rows = tuple(_one_row(of_source, person, today) for of_source in by_source.values())
    _hold_together(rows, person)
    return Match(rows, person)


def _one_row(rows: Sequence[Row], person: Person | None, today: date) -> Row:
    """Of one human being who stands in one source under several numbers, take the number that holds now."""
    staying = [row for row in rows if row.stays(today)]
    if len(staying) > 1:
        raise _ContradictionError("two_numbers")
    if staying:
        return staying[0]
    return next((row for row in rows if person and row.person_id in person.all(NUMBERS[row.person_type])), rows[0])


def _hold_together(rows: Sequence[Row], person: Person | None) -> None:
    """See that ID hashes agree. Another hash beside the same name is a corrected ID; beside another name it is not."""
    hashes = {row.id_hash for row in rows} - {""}
    if len(hashes) > 1:
        raise _ContradictionError("two_ids")
    kept = person.one("id_hash") if person else ""
    others = [row for row in rows if row.id_hash not in {"", kept}]
    if person and kept and any(row.name != person.name for row in others):
        raise _ContradictionError("number_given_again")


def _with_a_free_name(
    matches: Sequence[Match], people: Sequence[Person]
) -> tuple[tuple[Match, ...], tuple[Muddle, ...]]:
    """Leave out newcomers whose sign-in name is another's."""
    taken = {person.username for person in people}
    wanted: dict[str, list[Match]] = defaultdict(list)
    for one in matches:
        if not one.person:
            wanted[one.rows[0].person_id.lower()].append(one)
    muddles = {
        name: Muddle(NAME_TAKEN, (newcomers[0].rows[0].person_id,))
        for name, newcomers in wanted.items()
        if name in taken or len(newcomers) > 1
    }
    free = tuple(one for one in matches if one.person or one.rows[0].person_id.lower() not in muddles)
    return free, tuple(muddles.values())
