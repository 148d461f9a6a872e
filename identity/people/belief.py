"""How far is each file believed, beside the accounts that there are and the other files?

A file may be well formed and still wrong as a whole: rows are missing, or a column slipped by a row. Then it is not
used at all, so that its newcomers do not carry the mistake into new accounts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from campus.settings import People
from identity.people.match import NAME_TAKEN, Matched, Muddle, match
from identity.people.person import SOURCES, Person
from identity.people.source import Doubt, Feed


@dataclass(frozen=True, slots=True)
class Weighed:
    """The sources as far as they are believed, who is who by them, and every contradiction that was found."""

    feeds: Mapping[str, Feed]
    found: Matched
    muddles: tuple[Muddle, ...]


def weigh(feeds: Sequence[Feed], people: Sequence[Person], policy: People, today: date) -> Weighed:
    """Join rows and accounts by the sources that are believed (pure)."""
    used = {feed.source.id: _refused(feed, "shrunk") if _shrunk(feed, people) else feed for feed in feeds}
    found = match([*used.values()], people, policy, today)
    muddled = Counter(source for muddle in found.muddles if muddle.code != NAME_TAKEN for source in muddle.sources)
    slipped = {name for name, feed in used.items() if muddled[name] > feed.source.fault_ratio * len(feed.rows)}
    if not slipped:
        return Weighed(used, found, found.muddles)
    used = {name: _refused(feed, "contradictions") if name in slipped else feed for name, feed in used.items()}
    return Weighed(used, match([*used.values()], people, policy, today), found.muddles)


def _refused(feed: Feed, code: str) -> Feed:
    return replace(feed, rows=(), refused=(Doubt(code),))


def _shrunk(feed: Feed, people: Sequence[Person]) -> bool:
    """Whether a file lost too many of the people whom it is known to name."""
    known = sum(1 for person in people if person.ours and person.enabled and feed.source.id in person.all(SOURCES))
    return not feed.refused and len(feed.rows) + len(feed.held) < (1 - feed.source.shrink_ratio) * known
