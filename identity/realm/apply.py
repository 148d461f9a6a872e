"""How is a plan carried out? Only if nothing moved since it was made; each step may be repeated after a crash.

First every thing is made or changed by itself, then the things are joined to each other (roles in roles, mappers,
scopes), last what the file no longer names is removed.
"""

from campus.errors import Conflict
from campus.strict_yaml import Plain
from identity.keycloak import Keycloak, Object, quoted
from identity.realm import live
from identity.realm.links import LINKS, Links
from identity.realm.live import FINGERPRINT, fingerprint
from identity.realm.plan import Action, Plan, compare
from identity.realm.shapes import SHAPES
from identity.realm.things import BY_FILE, MARK, Desired, Fields, Key, Live, merged

_NAMED_BY = {"client": "clientId", "identity_provider": "alias"}


async def plan(keycloak: Keycloak, desired: Desired) -> Plan:
    """Compare the file with what is."""
    return compare(desired, await live.read(keycloak, desired))


async def apply(keycloak: Keycloak, desired: Desired, seal: str) -> Plan:
    """Carry out the plan that ``seal`` is the hash of; gives what is left to do afterwards, nothing if all is well.

    Raises:
        Conflict: the realm or the file is no longer what the plan was made on; nothing was done.
    """
    found = await live.read(keycloak, desired)
    todo = compare(desired, found)
    if todo.hash != seal:
        raise Conflict(f"the realm or the file changed since plan {seal}; make a new plan")
    if not found.things:
        await keycloak.create_realm({"realm": desired.realm, "enabled": True})
        found = await live.read(keycloak, desired)
        todo = compare(desired, found)
    hands = _Hands(keycloak, desired, found)
    for action in todo.actions:
        await hands.make(action)
    for action in todo.actions:
        await hands.join(action)
    for action in todo.actions:
        await hands.remove(action)
    return await plan(keycloak, desired)


class _Hands:
    """Does what an action says; knows Keycloak's ids of everything that was there or was made."""

    def __init__(self, keycloak: Keycloak, desired: Desired, found: Live) -> None:
        self._keycloak = keycloak
        self._desired = desired
        self._uuids = {key: thing.uuid for key, thing in found.things.items()}
        self._links = Links(keycloak, self._uuids)

    async def make(self, action: Action) -> None:
        """Make or change the thing itself."""
        key = action.key
        if action.op == "delete":
            return
        body = self._body(action)
        if key.type == "realm":
            await self._lay_over("", body)
        elif key.type in {"user_profile", "user_attribute"}:
            await self._profile(action)
        elif key.type == "required_action":
            await self._lay_over(self._path(key), body)
        elif action.op == "create":
            await self._create(key, body)
        elif body:
            await self._lay_over(self._path(key), body)

    async def join(self, action: Action) -> None:
        """Join the thing to others, where that differs."""
        wanted = self._desired.things.get(action.key, {})
        changed = {change.field.partition(".")[0] for change in action.changes}
        # A new thing comes with links that the file may not want: an empty list is no change to nothing.
        todo = LINKS & wanted.keys() if action.op == "create" else LINKS & changed
        if action.op != "delete" and todo:
            await self._links.join(action.key, self._path(action.key), {name: wanted[name] for name in todo})

    async def remove(self, action: Action) -> None:
        """Remove what we created and the file no longer names."""
        if action.op != "delete":
            return
        if action.key.type == "user_attribute":
            await self._profile(action)
        else:
            await self._keycloak.delete(self._path(action.key))

    def _body(self, action: Action) -> Object:
        """Give what the file says of the thing by itself, in Keycloak's spelling."""
        key = action.key
        said = self._desired.things.get(key, {})
        changed = {change.field.partition(".")[0] for change in action.changes}
        plain = {name: value for name, value in said.items() if name in changed - LINKS}
        body = SHAPES[key.type].to_keycloak(plain)
        if "secret" in body:
            revealed = self._desired.secrets[key].reveal()
            if key.type == "client":
                body["secret"] = revealed
            else:
                del body["secret"]
                kept: Object = {
                    "clientSecret": revealed,
                    FINGERPRINT: fingerprint(self._desired.realm, key.id, revealed),
                }
                body["config"] = merged(body.get("config"), kept)
        return body

    async def _lay_over(self, path: str, body: Object) -> None:
        current = await self._keycloak.read(path)
        fresh = {name: merged(current.get(name), value) for name, value in body.items()}
        await self._keycloak.replace(path, fresh if path == "" else {**current, **fresh})

    async def _create(self, key: Key, body: Object) -> None:
        name = key.id.rpartition("/")[2] if key.type in {"group", "client_role"} else key.id
        holder = "config" if key.type == "identity_provider" else "attributes"
        lists = key.type in {"role", "client_role", "group"}
        mark: Object = {holder: {MARK: [BY_FILE] if lists else BY_FILE}}
        marked = merged({_NAMED_BY.get(key.type, "name"): name, **_defaults(key.type), **body}, mark)
        if key.type == "group" and key.id.count("/") > 1:
            parent = self._uuids[Key("group", key.id.rpartition("/")[0])]
            made = await self._keycloak.call(f"groups/{parent}/children", marked)
            self._uuids[key] = str(made.get("id")) if isinstance(made, dict) else ""
            return
        uuid = await self._keycloak.create(self._folder(key), marked)
        self._uuids[key] = uuid
        if key.type in {"role", "client_role"}:
            # Keycloak tells the place of a new role by its name.
            self._uuids[key] = str((await self._keycloak.read(f"{self._folder(key)}/{quoted(name)}"))["id"])

    def _folder(self, key: Key) -> str:
        if key.type == "client_role":
            return f"clients/{self._uuids[Key('client', key.id.rpartition('/')[0])]}/roles"
        folders = {"role": "roles", "group": "groups", "client": "clients", "client_scope": "client-scopes"}
        return folders.get(key.type, "identity-provider/instances")

    def _path(self, key: Key) -> str:
        if key.type in {"role", "client_role"}:
            return f"roles-by-id/{self._uuids[key]}"
        if key.type == "identity_provider":
            return f"identity-provider/instances/{quoted(key.id)}"
        if key.type == "required_action":
            return f"authentication/required-actions/{quoted(key.id)}"
        return f"{self._folder(key)}/{self._uuids[key]}"

    async def _profile(self, action: Action) -> None:
        """Change the user profile, which Keycloak knows as one document."""
        profile = await self._keycloak.read("users/profile")
        if action.key.type == "user_profile":
            said = SHAPES["user_profile"].to_keycloak(self._desired.things[action.key])
            await self._keycloak.replace("users/profile", {**profile, **said})
            return
        rows = profile.get("attributes")
        attributes = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        others: list[Plain] = []
        place, current = len(attributes), None
        for number, row in enumerate(attributes):
            if row.get("name") == action.key.id:
                place, current = number, row
            else:
                others.append(row)
        if action.op != "delete":
            others.insert(place, self._attribute(action.key, current))
        await self._keycloak.replace("users/profile", {**profile, "attributes": others})

    def _attribute(self, key: Key, current: Object | None) -> Object:
        said = SHAPES["user_attribute"].to_keycloak(self._desired.things[key])
        new: Fields = {"annotations": {MARK: BY_FILE}} if current is None else {}
        row = merged(merged({"name": key.id, **(current or {})}, said), dict(new))
        whole = row if isinstance(row, dict) else {}
        return {name: value for name, value in whole.items() if value not in ("never", "")}


def _defaults(kind: str) -> Object:
    """What a new thing is where the file says nothing: Keycloak's own choice for a client would be a public one."""
    whole = SHAPES[kind]().model_dump(mode="json", by_alias=True)
    return {name: value for name, value in whole.items() if isinstance(value, bool) or name == "protocol"}
