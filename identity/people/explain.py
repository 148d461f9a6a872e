"""Why is a person in the plan, or not in it? What each source says of them, and what follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from campus.settings import People
from identity.people.belief import weigh
from identity.people.change import Action, action_for
from identity.people.match import Match
from identity.people.person import Person
from identity.people.source import Feed
from identity.people.stand import Standing, standings


@dataclass(frozen=True, slots=True)
class Explanation:
    """How the sources stand, the account if there is one, what would be done, and why nothing can be told."""

    person: Person | None
    told: tuple[Standing, ...] = ()
    action: Action | None = None
    muddle: str = ""


def explain(
    feeds: Sequence[Feed], people: Sequence[Person], policy: People, today: date, person_id: str
) -> Explanation | None:
    """Explain one person by number or sign-in name; ``None`` where nobody is known by it."""
    weighed = weigh(feeds, people, policy, today)
    muddle = next((muddle.code for muddle in weighed.muddles if person_id in muddle.person_ids), "")
    for one in weighed.found.matches:
        if person_id.lower() in _names(one):
            told = standings(one, weighed.feeds, today)
            return Explanation(one.person, told, action_for(one, told, policy, today), muddle)
    person = next((person for person in people if person_id.lower() in _names(Match((), person))), None)
    return Explanation(person, muddle=muddle) if person or muddle else None


def _names(one: Match) -> set[str]:
    own = {one.person.person_id, one.person.username} if one.person else set()
    return {name.lower() for name in own | {row.person_id for row in one.rows}}
