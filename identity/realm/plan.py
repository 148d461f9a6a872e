"""What must be done so that the realm is as the file says? Pure: desired and live state in, a sealed plan out."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from campus.strict_yaml import Plain
from identity.realm.things import BY_FILE, Change, Desired, Key, Live, differences

Op = Literal["create", "update", "delete"]

ORDER = (
    "realm",
    "user_profile",
    "user_attribute",
    "required_action",
    "role",
    "client_scope",
    "client",
    "client_role",
    "group",
    "identity_provider",
)
"""What is made before what; removing goes the other way round."""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that is made, changed or removed, and every field of it that differs."""

    op: Op
    key: Key
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that apply would do. ``unmanaged`` are things that neither the file nor we brought: left alone."""

    realm: str
    actions: tuple[Action, ...]
    unmanaged: tuple[Key, ...] = ()

    @property
    def hash(self) -> str:
        """The seal: it changes with every operation, every value before and every value after."""
        text = json.dumps([self.realm, actions_as_data(self)], sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def compare(desired: Desired, live: Live) -> Plan:
    """Plan the way from ``live`` to ``desired``."""
    made = [*_made_or_changed(desired, live)]
    removed = [
        Action("delete", key) for key, thing in live.things.items() if desired.covers(key) and thing.owner == BY_FILE
    ]
    made.sort(key=lambda action: (ORDER.index(action.key.type), action.key))
    removed.sort(key=lambda action: (ORDER.index(action.key.type), action.key), reverse=True)
    strays = [key for key, thing in live.things.items() if desired.covers(key) and not thing.owner]
    return Plan(desired.realm, (*made, *removed), tuple(sorted(strays)))


def _made_or_changed(desired: Desired, live: Live) -> Iterator[Action]:
    for key, fields in desired.things.items():
        thing = live.things.get(key)
        changes = tuple(differences(dict(thing.fields) if thing else None, dict(fields)))
        if thing is None:
            yield Action("create", key, changes)
        elif changes:
            yield Action("update", key, changes)


def actions_as_data(plan: Plan) -> Plain:
    """Give the actions as the command line and programs read them."""
    return [
        {
            "op": action.op,
            "type": action.key.type,
            "id": action.key.id,
            "diff": {change.field: [change.old, change.new] for change in action.changes},
        }
        for action in plan.actions
    ]


def as_data(plan: Plan) -> dict[str, Plain]:
    """Give a plan as one JSON document."""
    unmanaged: Plain = [{"type": key.type, "id": key.id} for key in plan.unmanaged]
    return {"hash": plan.hash, "actions": actions_as_data(plan), "unmanaged": unmanaged}
