"""How is a plan carried out? Only if nothing moved since it was made; what will be done is written down first.

Each step may be done again: a run that was cut off at any instant is finished by applying the same plan again. The
groups of a person are changed before the account is, so that what is left is always a part of the plan.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from campus.errors import Conflict, Forbidden, NotFound, ServiceError
from campus.settings import People
from campus.strict_yaml import Plain
from identity.keycloak import AT_ONCE, Keycloak, Object, quoted
from identity.people import live
from identity.people.change import GROUP, Action, Value, value_of
from identity.people.journal import Journal, Run
from identity.people.live import Realm, person_of
from identity.people.person import BY_PEOPLE, MARK
from identity.people.plan import Plan, make, step_seals
from identity.people.source import Feed

_PLAIN = {"enabled": "enabled", "name": "firstName", "mail": "email"}
"""Fields that are Keycloak's own, by our names."""


@dataclass(frozen=True, slots=True)
class Office:
    """What planning and applying need: the realm, the policy, the key that seals and hashes, the journal."""

    keycloak: Keycloak
    policy: People
    key: bytes
    journal: Journal


@dataclass(frozen=True, slots=True)
class Order:
    """Who asks at which instant to carry out which plan; ``today`` is the day on campus."""

    seal: str
    principal: str
    at: datetime
    today: date


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: the plan that would follow it, and who could not be changed, with the reason."""

    left: Plan
    failed: tuple[tuple[str, str], ...] = ()


async def plan(office: Office, feeds: Sequence[Feed], today: date) -> Plan:
    """Compare the files with the realm."""
    return _plan(office, feeds, await live.read(office.keycloak, office.policy.sources), today)


def _plan(office: Office, feeds: Sequence[Feed], realm: Realm, today: date) -> Plan:
    return make(feeds, realm.people, office.policy, office.key, today)


async def apply(office: Office, feeds: Sequence[Feed], order: Order) -> Outcome:
    """Carry out the plan that ``order.seal`` is the hash of, or finish it where it was cut off.

    Raises:
        Conflict: files or realm are no longer what the plan was made on; nothing was done.
        Forbidden: a file is not believed, or a budget is broken and nobody else signed; nothing was done.
        ServiceError: Keycloak went away in the middle; apply the same plan again.
    """
    realm = await live.read(office.keycloak, office.policy.sources)
    todo = _plan(office, feeds, realm, order.today)
    run = await _resumed(office, order, todo, realm)
    await _allowed(office, order, todo, resumed=run is not None)
    if run is None and not todo.actions:
        return Outcome(todo)
    run = run or await office.journal.begin(todo, step_seals(todo, office.key), order.principal, order.at)
    failed = await _Hands(office.keycloak, realm).do(todo.actions)
    await office.journal.end(replace(run, state="done"), order.principal, order.at, failed)
    return Outcome(await plan(office, feeds, order.today), failed)


async def _resumed(office: Office, order: Order, todo: Plan, realm: Realm) -> Run | None:
    """Give the run that was cut off in this plan, if there is one, and end the sessions that any such run left open."""
    cut_off = await office.journal.cut_off()
    run = next((run for run in cut_off if run.hash == order.seal), None)
    same = run is not None and step_seals(todo, office.key) <= run.steps
    if todo.hash != order.seal and not same:
        raise Conflict(f"the files or the realm changed since plan {order.seal}; make a new plan")
    disabled = {person.uuid for person in realm.people if not person.enabled}
    for other in cut_off:
        for uuid in disabled.intersection(other.out):
            await _end_sessions(office.keycloak, uuid)
        if other.hash != order.seal:
            await office.journal.end(replace(other, state="superseded"), order.principal, order.at)
    return run


async def _allowed(office: Office, order: Order, todo: Plan, *, resumed: bool) -> None:
    feeds = [f"{breach.source} ({breach.what})" for breach in todo.breaches if breach.reason == "feed"]
    if feeds:
        raise Forbidden(f"not believed, and nobody can sign for it: {', '.join(feeds)}")
    if todo.breaches and not resumed:
        await office.journal.approved(order.seal, order.principal, order.at)


class _Hands:
    """Does what actions say. ``group_ids`` grows as groups are made."""

    def __init__(self, keycloak: Keycloak, realm: Realm) -> None:
        self._keycloak = keycloak
        self._group_ids = dict(realm.group_ids)

    async def do(self, actions: Sequence[Action]) -> tuple[tuple[str, str], ...]:
        """Carry out all; gives who could not be changed. One person's failure stops nobody else's."""
        await self._make_groups(actions)
        failed: list[tuple[str, str]] = []
        for start in range(0, len(actions), AT_ONCE):
            some = actions[start : start + AT_ONCE]
            outcomes = await asyncio.gather(*(self._one(action) for action in some), return_exceptions=True)
            for action, outcome in zip(some, outcomes, strict=True):
                if isinstance(outcome, BaseException):
                    raise outcome
                failed += [(action.person_id, outcome)] if outcome else []
        return tuple(failed)

    async def _one(self, action: Action) -> str:
        """Change one person; gives why that was not possible, empty where it was."""
        try:
            await (self._create(action) if action.kind == "create" else self._change(action))
        except (Conflict, NotFound) as error:
            return str(error)
        except ServiceError as error:
            await self._keycloak.read("")  # raises where Keycloak is away; else it is this person's data
            return str(error)
        return ""

    async def _create(self, action: Action) -> None:
        groups: list[Plain] = [path for path, wanted in _memberships(action) if wanted]
        await self._keycloak.create("users", _with({"username": action.person_id, "groups": groups}, action))

    async def _change(self, action: Action) -> None:
        for path, wanted in _memberships(action):
            way = f"users/{action.uuid}/groups/{self._group_ids[path]}"
            await (self._keycloak.replace(way) if wanted else self._keycloak.delete(way))
        fields = [name for name in action.changes if not name.startswith(GROUP)]
        if fields:
            user = await self._keycloak.read(f"users/{action.uuid}")
            _unmoved(action, fields, user)
            await self._keycloak.replace(f"users/{action.uuid}", _with(user, action))
        if action.kind == "suspend":
            await _end_sessions(self._keycloak, action.uuid)

    async def _make_groups(self, actions: Sequence[Action]) -> None:
        wanted = {path for action in actions for path, member in _memberships(action) if member}
        for path in sorted(wanted):
            parts = path.split("/")[1:]
            for depth in range(1, len(parts) + 1):
                await self._make_group("/".join(["", *parts[:depth]]))

    async def _make_group(self, path: str) -> None:
        if path in self._group_ids:
            return
        above, _, name = path.rpartition("/")
        body: Plain = {"name": name, "attributes": {MARK: [BY_PEOPLE]}}
        way = f"groups/{self._group_ids[above]}/children" if above else "groups"
        self._group_ids[path] = await self._keycloak.create(way, body)


async def _end_sessions(keycloak: Keycloak, uuid: str) -> None:
    """Sign a person out everywhere. Offline tokens outlive a sign-out, and would be good again after a return."""
    await keycloak.call(f"users/{uuid}/logout")
    for grant in await keycloak.rows(f"users/{uuid}/consents"):
        if grant.get("additionalGrants"):
            await keycloak.delete(f"users/{uuid}/consents/{quoted(str(grant['clientId']))}")


def _memberships(action: Action) -> list[tuple[str, bool]]:
    pairs = action.changes.items()
    return [(name.removeprefix(GROUP), bool(new)) for name, (_, new) in pairs if name.startswith(GROUP)]


def _unmoved(action: Action, fields: Sequence[str], user: Object) -> None:
    """See that nobody changed the account since the plan was made."""
    person = person_of(user)
    moved = [name for name in fields if value_of(person, name) != action.changes[name][0]]
    if moved:
        raise Conflict(f"changed meanwhile: {', '.join(moved)}")


def _with(user: Object, action: Action) -> Object:
    """Lay the new values over an account; Keycloak replaces its attributes as a whole."""
    told = user.get("attributes")
    attributes: dict[str, Plain] = dict(told) if isinstance(told, dict) else {}
    plain: Object = {}
    for name, (_, new) in action.changes.items():
        if name in _PLAIN:
            plain[_PLAIN[name]] = _text(new)
        elif not name.startswith(GROUP):
            attributes[name] = list(new) if isinstance(new, tuple) else []
    return {**user, **plain, "attributes": {name: values for name, values in attributes.items() if values}}


def _text(value: Value) -> bool | str:
    return value if isinstance(value, bool | str) else ""
