"""What would be done with people, and is it too much at once? Pure: files and accounts in, a sealed plan out."""

import hashlib
import hmac
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from campus.settings import Budget, People
from campus.strict_yaml import Plain
from identity.people.belief import weigh
from identity.people.change import Action, Kind, action_for
from identity.people.match import Match, Muddle
from identity.people.person import PERSONAL, SOURCES, Person
from identity.people.source import Doubt, Feed
from identity.people.stand import standings

KINDS: tuple[Kind, ...] = get_args(Kind)
HIDDEN = "•••"
"""What is shown instead of a personal value."""


@dataclass(frozen=True, slots=True)
class Breach:
    """Why a plan must not be carried out.

    ``feed``: source ``source`` is not believed, by the codes in ``what``. ``budget``: ``count`` people of ``of`` would
    be touched by the action ``what``, more than ``limit`` allows.
    """

    reason: Literal["feed", "budget"]
    source: str
    what: str
    person_type: str = ""
    count: int = 0
    of: int = 0
    limit: Budget | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is seen and left alone: a code, whom it is about, and about what."""

    code: str
    person_id: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that apply would do; with ``breaches`` it is not applicable as it is."""

    hash: str
    actions: tuple[Action, ...]
    breaches: tuple[Breach, ...]
    notes: tuple[Note, ...]
    doubts: tuple[tuple[str, Doubt], ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many people each kind of action touches."""
        found = Counter(action.kind for action in self.actions)
        return {kind: found[kind] for kind in KINDS}


def make(feeds: Sequence[Feed], people: Sequence[Person], policy: People, key: bytes, today: date) -> Plan:
    """Plan the way from the accounts that are to those that the files tell of; ``key`` seals the plan."""
    weighed = weigh(feeds, people, policy, today)
    used, found = weighed.feeds, weighed.found
    made = (action_for(one, standings(one, used, today), policy, today) for one in found.matches)
    actions = [action for action in made if action]
    actions.sort(key=lambda action: (KINDS.index(action.kind), action.person_id, action.uuid))
    notes = [*_muddled(weighed.muddles), *_drift(found.matches, found.strangers, frozenset(used))]
    return Plan(
        _seal(actions, key),
        tuple(actions),
        (*_unbelieved(used), *_over_budget(actions, used, people, policy)),
        tuple(sorted(notes, key=lambda note: (note.code, note.person_id, note.about))),
        tuple((feed.source.id, doubt) for feed in used.values() for doubt in feed.doubts),
    )


def step_seals(plan: Plan, key: bytes) -> frozenset[str]:
    """Seal each change by itself, so that a plan that was cut off is known again by what is left of it."""
    return frozenset(_step_seal(action, name, key) for action in plan.actions for name in action.changes)


def _step_seal(action: Action, name: str, key: bytes) -> str:
    old, new = action.changes[name]
    return _keyed([action.person_id, action.uuid, name, _plain(old), _plain(new)], key)


def _seal(actions: Sequence[Action], key: bytes) -> str:
    """Seal a plan by everything that it would do. Keyed: names could be guessed from a plain hash of them."""
    told: list[Plain] = [
        [action.kind, *(_step_seal(action, name, key) for name in action.changes)] for action in actions
    ]
    return _keyed(told, key)


def _keyed(data: Plain, key: bytes) -> str:
    text = json.dumps(data, ensure_ascii=False, sort_keys=True)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:16]


# ── too much at once ─────────────────────────────────────────────────────────────────────────────────────────


def _unbelieved(feeds: Mapping[str, Feed]) -> list[Breach]:
    refused = [feed for feed in feeds.values() if feed.refused]
    return [
        Breach("feed", feed.source.id, " ".join(doubt.code for doubt in feed.refused), feed.source.person_type)
        for feed in refused
    ]


def _over_budget(
    actions: Sequence[Action], feeds: Mapping[str, Feed], people: Sequence[Person], policy: People
) -> list[Breach]:
    known = Counter(source for person in people if person.ours for source in person.all(SOURCES))
    spent = Counter((action.source, action.person_type, action.kind) for action in actions)
    renamed = Counter(
        (action.source, action.person_type, "rename")
        for action in actions
        if "name" in action.changes and action.kind != "create"
    )
    breaches = []
    for (source, person_type, what), count in sorted([*spent.items(), *renamed.items()]):
        limit: Budget = getattr(policy.budgets_of(source), what)
        of = len(feeds[source].rows) if what == "create" else known[source]
        if count > limit.count or count > limit.ratio * of:
            breaches.append(Breach("budget", source, what, person_type, count, of, limit))
    return breaches


# ── what is left alone ───────────────────────────────────────────────────────────────────────────────────────


def _muddled(muddles: Sequence[Muddle]) -> list[Note]:
    return [
        Note(muddle.code, person_id, " ".join(other for other in muddle.person_ids if other != person_id))
        for muddle in muddles
        for person_id in muddle.person_ids
    ]


def _drift(matches: Sequence[Match], strangers: Sequence[Person], sources: frozenset[str]) -> list[Note]:
    """Name accounts that nobody looks after, with those of our groups that they are in; and what is odd about ours."""
    notes = [Note("not_ours", person.person_id, " ".join(sorted(person.groups))) for person in strangers]
    for person in (one.person for one in matches if one.person):
        known = set(person.all(SOURCES))
        if not person.enabled and person.suspended_on is None:
            notes.append(Note("disabled_by_hand", person.person_id))
        if not known and person.ours:
            notes.append(Note("no_source", person.person_id))
        notes += [Note("source_away", person.person_id, source) for source in known - sources]
    return notes


# ── as data ──────────────────────────────────────────────────────────────────────────────────────────────────


def as_data(plan: Plan) -> dict[str, Plain]:
    """Give a plan as one JSON document; personal values are hidden in it."""
    return {
        "hash": plan.hash,
        "stopped": _stopped(plan.breaches),
        "counts": dict(plan.counts),
        "actions": [action_as_data(action) for action in plan.actions],
        "drift": [{"code": note.code, "person_id": note.person_id, "about": note.about} for note in plan.notes],
        "doubts": [
            {"source": source, "code": doubt.code, "line": doubt.line, "column": doubt.column}
            for source, doubt in plan.doubts
        ],
    }


def _stopped(breaches: Sequence[Breach]) -> Plain:
    if not breaches:
        return None
    return {"reason": breaches[0].reason, "budget": [_breach_as_data(breach) for breach in breaches]}


def _breach_as_data(breach: Breach) -> Plain:
    told: dict[str, Plain] = {"reason": breach.reason, "source": breach.source, "what": breach.what}
    if breach.limit is None:
        return told
    limit: Plain = {"count": breach.limit.count, "ratio": breach.limit.ratio}
    return {**told, "person_type": breach.person_type, "count": breach.count, "of": breach.of, "limit": limit}


def action_as_data(action: Action) -> Plain:
    """Give one action as JSON; personal values are hidden in it."""
    changes: dict[str, Plain] = {
        name: [shown(name, old), shown(name, new)] for name, (old, new) in action.changes.items()
    }
    return {"kind": action.kind, "person_id": action.person_id, "changes": changes}


def shown(name: str, value: object) -> Plain:
    """Write a value of the field ``name`` as JSON; a personal one is hidden."""
    plain = _plain(value)
    return HIDDEN if name in PERSONAL and plain is not None else plain


def _plain(value: object) -> Plain:
    """Write a value of a change as JSON: nothing is null, one text is a text, several are a list."""
    if isinstance(value, bool) or not value:
        return value if isinstance(value, bool) else None
    if isinstance(value, tuple):
        return str(value[0]) if len(value) == 1 else [str(part) for part in value]
    return str(value)
