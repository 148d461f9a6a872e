"""What has to change about one person, given how the sources stand?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from campus.settings import People
from identity.people.match import Match
from identity.people.person import (
    ABSENT,
    ARCHIVED,
    BY_PEOPLE,
    MARK,
    NUMBERS,
    SOURCES,
    SUSPENDED,
    Person,
)
from identity.people.stand import Stand, Standing

Kind = Literal["suspend", "restore", "create", "move", "update", "archive"]
"""In the order in which a plan is carried out: who must be out goes first."""

Value = bool | str | tuple[str, ...]
Changes = Mapping[str, tuple[Value, Value]]
"""Old and new by field: an attribute, ``name``, ``mail``, ``enabled``, or ``group:<path>`` for a membership."""

Fields = dict[str, Value]

GROUP = "group:"
_PLACES = frozenset({"dept_code", "class_code"})


@dataclass(frozen=True, slots=True)
class Action:
    """What happens to one person. ``uuid`` is Keycloak's id, empty for a newcomer; ``source`` pays from its budget."""

    kind: Kind
    person_id: str
    uuid: str
    source: str
    person_type: str
    changes: Changes


def action_for(one: Match, told: Sequence[Standing], policy: People, today: date) -> Action | None:
    """Say what must be done with one person; ``None`` where all is as it should be, or nothing can be told."""
    person = one.person
    here = [standing for standing in told if standing.stand is Stand.HERE]
    if person is None:
        return _action("create", one, told, _newcomer(here)) if here else None
    if here:
        return _staying(one, told, _as_told(person, told, here))
    if not told:
        return None
    if person.suspended_on is not None:
        return _suspended(one, told, person.suspended_on + policy.grace <= today, today)
    if any(standing.keeps for standing in told):
        return _action("update", one, told, {ABSENT: _marks(told)})
    return _action("suspend", one, told, {"enabled": False, SUSPENDED: (today.isoformat(),), ABSENT: ()})


def _action(kind: Kind, one: Match, told: Sequence[Standing], wanted: Fields) -> Action | None:
    pairs = {name: (value_of(one.person, name), value) for name, value in wanted.items()}
    changes = {name: pair for name, pair in sorted(pairs.items()) if pair[0] != pair[1]}
    if not changes:
        return None
    speaker = next((standing for standing in told if standing.stand is Stand.HERE), told[0])
    person_id = one.person.person_id if one.person else speaker.row.person_id if speaker.row else ""
    uuid = one.person.uuid if one.person else ""
    return Action(kind, person_id, uuid, speaker.source_id, speaker.person_type, changes)


def value_of(person: Person | None, name: str) -> Value:
    """Give the field ``name`` of an account as it is; of one that does not exist, that nothing is there."""
    if name.startswith(GROUP):
        return person is not None and name.removeprefix(GROUP) in person.groups
    if name == "enabled":
        return person is not None and person.enabled
    if name in {"name", "mail"}:
        return str(getattr(person, name)) if person else ""
    return tuple(sorted(person.all(name))) if person else ()


# ── who stays ────────────────────────────────────────────────────────────────────────────────────────────────


def _newcomer(here: Sequence[Standing]) -> Fields:
    marks: Fields = {"enabled": True, MARK: (BY_PEOPLE,), SOURCES: _united(one.source_id for one in here)}
    return marks | _facts(here) | _memberships(here)


def _as_told(person: Person, told: Sequence[Standing], here: Sequence[Standing]) -> Fields:
    """Give all that is ours of a person who stays. What a source that keeps its word once said is left as it is."""
    wanted = _facts(here)
    kept = [standing for standing in told if standing.keeps]
    if kept:
        for name in ("name", "mail", "phone", "person_type"):
            wanted.pop(name, None)
        for name in _PLACES & wanted.keys():
            wanted[name] = _united([*person.all(name), *_texts(wanted[name])])
    emptied = _groups(standing.holds for standing in told) - _groups(standing.holds for standing in kept)
    wanted |= {GROUP + path: False for path in emptied} | _memberships(here)
    wanted |= {MARK: (BY_PEOPLE,), ABSENT: _marks(told), SUSPENDED: (), ARCHIVED: ()}
    wanted[SOURCES] = _united(standing.source_id for standing in (*here, *kept))
    if person.suspended_on is not None:
        wanted["enabled"] = True
    return wanted


def _staying(one: Match, told: Sequence[Standing], wanted: Fields) -> Action | None:
    found = _action("update", one, told, wanted)
    if found is None:
        return None
    if SUSPENDED in found.changes:
        return replace(found, kind="restore")
    moved = any(name.startswith(GROUP) or name in _PLACES for name in found.changes)
    return replace(found, kind="move") if moved else found


def _facts(here: Sequence[Standing]) -> Fields:
    """Give what the rows say together; of what only one can say, the first speaks."""
    rows = [standing.row for standing in here if standing.row]
    reads = frozenset[str]().union(*(standing.reads for standing in here))
    wanted: Fields = {"name": rows[0].name, "person_type": (rows[0].person_type,)}
    wanted |= {NUMBERS[row.person_type]: (row.person_id,) for row in reversed(rows)}
    if mail := next((row.mail for row in rows if row.mail), ""):
        wanted["mail"] = mail
    for name in ("phone", "id_hash"):
        if text := next((getattr(row, name) for row in rows if getattr(row, name)), ""):
            wanted[name] = (text,)
    if "department" in reads:
        wanted["dept_code"] = _united(row.department for row in rows)
    if "class" in reads:
        wanted["class_code"] = _united(row.class_ for row in rows)
    return wanted


def _memberships(here: Sequence[Standing]) -> Fields:
    return {GROUP + path: True for path in _groups(standing.groups for standing in here)}


# ── who does not ─────────────────────────────────────────────────────────────────────────────────────────────


def _suspended(one: Match, told: Sequence[Standing], grace_is_over: bool, today: date) -> Action | None:  # noqa: FBT001 - a fact
    """Keep a suspended person out, and archive them once the grace is over: no groups, and still not deleted."""
    if any(standing.stand is Stand.UNTOLD for standing in told):
        return None
    if one.person and one.person.enabled:
        return _action("suspend", one, told, {"enabled": False})
    if not grace_is_over or (one.person and one.person.one(ARCHIVED)):
        return None
    emptied: Fields = {GROUP + path: False for path in _groups(standing.holds for standing in told)}
    return _action("archive", one, told, {ARCHIVED: (today.isoformat(),), **emptied})


# ── small words ──────────────────────────────────────────────────────────────────────────────────────────────


def _marks(told: Sequence[Standing]) -> tuple[str, ...]:
    return _united(f"{one.source_id}={one.missing_since}" for one in told if one.keeps and one.missing_since)


def _groups(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*parts)


def _united(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({text for text in texts if text}))


def _texts(value: Value) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()
