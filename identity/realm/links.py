"""How are things of a realm joined to each other: roles in roles and groups, mappers, scopes?

Each join reads what is there now and mends the difference, so that it may be repeated.
"""

from collections.abc import Iterable, Mapping

from campus.errors import NotFound
from campus.strict_yaml import Plain
from identity.keycloak import Keycloak, Object, quoted
from identity.realm.live import role_names
from identity.realm.things import Key

LINKS = frozenset(
    {
        "composites",
        "default",
        "default_client_scopes",
        "mappers",
        "optional_client_scopes",
        "roles",
        "service_account_roles",
    }
)
"""Fields that name other things."""


class Links:
    """Joins things; ``uuids`` grows while things are made."""

    def __init__(self, keycloak: Keycloak, uuids: Mapping[Key, str]) -> None:
        self._keycloak = keycloak
        self._uuids = uuids

    async def join(self, key: Key, path: str, wanted: Mapping[str, Plain]) -> None:
        """Bring the fields ``wanted`` of the thing at ``path`` about."""
        for name, value in wanted.items():
            if name == "mappers":
                await self._mappers(key, path, value if isinstance(value, dict) else {})
            elif name == "composites":
                await self._composites(path, _texts(value))
            elif name == "roles":
                await self._mappings(f"{path}/role-mappings", _texts(value))
            elif name == "service_account_roles":
                account = await self._keycloak.read(f"{path}/service-account-user")
                await self._mappings(f"users/{account['id']}/role-mappings", _texts(value))
            elif name == "default":
                await self._default(self._uuids[key], str(value))
        scopes = {name: _texts(value) for name, value in wanted.items() if name.endswith("_client_scopes")}
        await self._scopes(path, {name.replace("_", "-"): names for name, names in scopes.items()})

    # ── roles ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _role(self, name: str) -> tuple[str, Object]:
        """Find a role by its name; gives the uuid of its client, empty for a role of the realm."""
        cuts = (at for at, letter in enumerate(name) if letter == ":" and Key("client", name[:at]) in self._uuids)
        cut = next(cuts, 0)
        uuid, role = (self._uuids[Key("client", name[:cut])], name[cut + 1 :]) if cut else ("", name)
        path = f"clients/{uuid}/roles/{quoted(role)}" if uuid else f"roles/{quoted(name)}"
        try:
            return uuid, await self._keycloak.read(path)
        except NotFound:
            raise NotFound(f"no role is called {name!r}") from None

    async def _composites(self, path: str, wanted: set[str]) -> None:
        clients = {uuid: key.id for key, uuid in self._uuids.items() if key.type == "client"}
        there = {
            f"{clients[str(row['containerId'])]}:{row['name']}" if row.get("clientRole") else str(row["name"]): row
            for row in await self._keycloak.rows(f"{path}/composites")
        }
        spare: list[Plain] = [row for name, row in there.items() if name not in wanted]
        missing: list[Plain] = [(await self._role(name))[1] for name in sorted(wanted - set(there))]
        if spare:
            await self._keycloak.delete(f"{path}/composites", spare)
        if missing:
            await self._keycloak.create(f"{path}/composites", missing)

    async def _mappings(self, path: str, wanted: set[str]) -> None:
        """Give a group or a service account the roles ``wanted`` and no others, but for the role that everybody has."""
        told = await self._keycloak.read(path)
        of_realm = [name for name in _column(told.get("realmMappings")) if not name.startswith("default-roles-")]
        clients = told.get("clientMappings")
        of_clients: Plain = {
            name: list(_column(entry.get("mappings")))
            for name, entry in (clients.items() if isinstance(clients, dict) else ())
            if isinstance(entry, dict)
        }
        there = _texts(role_names(list(of_realm), of_clients))
        for name in sorted(there - wanted):
            client, role = await self._role(name)
            await self._keycloak.delete(f"{path}/clients/{client}" if client else f"{path}/realm", [role])
        for name in sorted(wanted - there):
            client, role = await self._role(name)
            await self._keycloak.create(f"{path}/clients/{client}" if client else f"{path}/realm", [role])

    # ── mappers and scopes ───────────────────────────────────────────────────────────────────────────────────

    async def _mappers(self, key: Key, path: str, wanted: dict[str, Plain]) -> None:
        foreign = key.type == "identity_provider"
        folder = f"{path}/mappers" if foreign else f"{path}/protocol-mappers/models"
        there = {str(row["name"]): row for row in await self._keycloak.rows(folder)}
        holder = {} if foreign else await self._keycloak.read(path)
        same: Object = {"identityProviderAlias": key.id} if foreign else {"protocol": holder.get("protocol")}
        kind = "identityProviderMapper" if foreign else "protocolMapper"
        for name in there.keys() - wanted.keys():
            await self._keycloak.delete(f"{folder}/{there[name]['id']}")
        for name, said in wanted.items():
            mapper = said if isinstance(said, dict) else {}
            body: Object = {"name": name, **same, kind: mapper.get("type"), "config": mapper.get("config")}
            if name not in there:
                await self._keycloak.create(folder, body)
            elif {**there[name], **body} != there[name]:
                await self._keycloak.replace(f"{folder}/{there[name]['id']}", {**there[name], **body})

    async def _scopes(self, path: str, wanted: Mapping[str, set[str]]) -> None:
        """Give a client its scopes; one that moves from one list to the other must leave the first before."""
        there = {
            folder: {str(row["name"]): str(row["id"]) for row in await self._keycloak.rows(f"{path}/{folder}")}
            for folder in wanted
        }
        for folder, names in wanted.items():
            for name in there[folder].keys() - names - {"service_account"}:
                await self._keycloak.delete(f"{path}/{folder}/{there[folder][name]}")
        for folder, names in wanted.items():
            for name in sorted(names - there[folder].keys()):
                uuid = self._uuids.get(Key("client_scope", name))
                if uuid is None:
                    raise NotFound(f"no client scope is called {name!r}")
                await self._keycloak.replace(f"{path}/{folder}/{uuid}")

    async def _default(self, uuid: str, wanted: str) -> None:
        for kind in ("default", "optional"):
            await self._keycloak.delete(f"default-{kind}-client-scopes/{uuid}")
        if wanted != "none":
            await self._keycloak.replace(f"default-{wanted}-client-scopes/{uuid}")


def _texts(value: Plain) -> set[str]:
    return {str(item) for item in value} if isinstance(value, list) else set()


def _column(rows: Plain) -> Iterable[str]:
    return (str(row["name"]) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
