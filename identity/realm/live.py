"""What is the realm now? One export of Keycloak and its user profile, told in the spelling of the realm file."""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace

from campus.errors import NotFound
from campus.strict_yaml import Plain
from identity.keycloak import Keycloak, Object
from identity.realm.shapes import SHAPES
from identity.realm.things import ANOTHER_SECRET, BY_KEYCLOAK, MARK, Desired, Fields, Key, Live, Thing

EXPORT = "partial-export?exportClients=true&exportGroupsAndRoles=true"
FINGERPRINT = "campus.secret"
"""Where the fingerprint of an identity provider's secret is kept: Keycloak tells no one the secret itself."""


_OWN_CLIENTS = frozenset(
    {"account", "account-console", "admin-cli", "broker", "realm-management", "security-admin-console"}
)
_OWN_ROLES = frozenset({"offline_access", "uma_authorization"})
_OWN_ATTRIBUTES = frozenset({"username", "email", "firstName", "lastName"})
_OWN_SCOPES = frozenset(
    {"acr", "address", "basic", "email", "microprofile-jwt", "offline_access", "organization", "phone", "profile"}
    | {"role_list", "roles", "saml_organization", "service_account", "web-origins", "AuthnContextClassRef"}
)


async def read(keycloak: Keycloak, desired: Desired | None = None) -> Live:
    """Read the realm; of secrets only whether they are those that ``desired`` refers to."""
    try:
        # Page by page first: a Keycloak that was just started reads 500 clients in 2 s so, and in 20 s at one go.
        clients = await keycloak.all_rows("clients", 50)
        told = await keycloak.call(EXPORT)
        profile = await keycloak.read("users/profile")
    except NotFound:
        return Live(keycloak.realm, {})
    things = dict(_things(told if isinstance(told, dict) else {}, profile))
    secrets = {str(row["id"]): str(row.get("secret", "")) for row in clients}
    for key, secret in (desired.secrets if desired else {}).items():
        if key in things:
            thing, wanted = things[key], secret.reveal()
            foreign = key.type == "identity_provider"
            kept = thing.fingerprint if foreign else secrets.get(thing.uuid, "")
            given = fingerprint(keycloak.realm, key.id, wanted) if foreign else wanted
            same = hmac.compare_digest(kept.encode(), given.encode())
            shown: Fields = {"secret": secret.reference if same else ANOTHER_SECRET}
            things[key] = replace(thing, fields={**thing.fields, **shown})
    return Live(keycloak.realm, {key: _keycloaks_own(key, thing) for key, thing in things.items()})


def fingerprint(realm: str, alias: str, secret: str) -> str:
    """A text that tells whether a secret is the same, and not which: scrypt, salted by realm and alias."""
    return hashlib.scrypt(secret.encode(), salt=f"{realm}/{alias}".encode(), n=2**14, r=8, p=1, dklen=16).hex()


def _things(told: Object, profile: Object) -> Iterator[tuple[Key, Thing]]:
    realm = str(told.get("realm"))
    yield Key("realm", realm), Thing(_fields("realm", told), uuid=str(told.get("id")))
    settings: Object = {"unmanagedAttributePolicy": profile.get("unmanagedAttributePolicy") or "DISABLED"}
    yield Key("user_profile", "people"), Thing(_fields("user_profile", settings))
    for attribute in _rows(profile, "attributes"):
        yield Key("user_attribute", str(attribute["name"])), _thing("user_attribute", attribute, "annotations")
    for action in _rows(told, "requiredActions"):
        yield Key("required_action", str(action["alias"])), _thing("required_action", action)
    yield from _roles(told)
    for group in _rows(told, "groups"):
        yield from _groups(group)
    yield from _client_scopes(told)
    yield from _clients(told)
    yield from _identity_providers(told)


def _keycloaks_own(key: Key, thing: Thing) -> Thing:
    """Say so where Keycloak itself brought a thing along."""
    own = (
        key.type in {"realm", "user_profile", "required_action"}
        or (key.type == "client" and key.id in _OWN_CLIENTS)
        or (key.type == "client_role" and key.id.rpartition("/")[0] in _OWN_CLIENTS)
        or (key.type == "role" and (key.id in _OWN_ROLES or key.id.startswith("default-roles-")))
        or (key.type == "client_scope" and key.id in _OWN_SCOPES)
        or (key.type == "user_attribute" and key.id in _OWN_ATTRIBUTES)
    )
    return replace(thing, owner=thing.owner or BY_KEYCLOAK) if own else thing


def _fields(kind: str, told: Object) -> Fields:
    return SHAPES[kind].from_keycloak(told)


def _thing(kind: str, told: Object, marked: str = "attributes") -> Thing:
    return Thing(_fields(kind, told), owner(told.get(marked)), str(told.get("id", "")))


def owner(attributes: Plain) -> str:
    """Who created a thing, by the mark on it; some kinds of things have lists for values."""
    mark = attributes.get(MARK) if isinstance(attributes, dict) else None
    return str(mark[0] if isinstance(mark, list) and mark else mark or "")


def _rows(told: Plain, name: str) -> list[Object]:
    rows = told.get(name) if isinstance(told, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _names(value: Plain) -> list[Plain]:
    return list(value) if isinstance(value, list) else []


def _roles(told: Object) -> Iterator[tuple[Key, Thing]]:
    roles = told.get("roles")
    for role in _rows(roles, "realm"):
        yield Key("role", str(role["name"])), _role(role, "role")
    clients = roles.get("client") if isinstance(roles, dict) else None
    for client, of_client in clients.items() if isinstance(clients, dict) else ():
        for role in _rows({"roles": of_client}, "roles"):
            yield Key("client_role", f"{client}/{role['name']}"), _role(role, "client_role")


def _role(role: Object, kind: str) -> Thing:
    parts = role.get("composites")
    inner = parts if isinstance(parts, dict) else {}
    return _thing(kind, {**role, "composites": role_names(inner.get("realm"), inner.get("client"))})


def role_names(of_realm: Plain, of_clients: Plain) -> Plain:
    """Give roles as the file names them: ``role``, ``client:role``."""
    clients = of_clients if isinstance(of_clients, dict) else {}
    return [*_names(of_realm), *(f"{client}:{role}" for client, roles in clients.items() for role in _names(roles))]


def _groups(group: Object) -> Iterator[tuple[Key, Thing]]:
    roles = role_names(group.get("realmRoles"), group.get("clientRoles"))
    yield Key("group", str(group["path"])), _thing("group", {**group, "roles": roles})
    for inner in _rows(group, "subGroups"):
        yield from _groups(inner)


def _mappers(rows: list[Object], kind: str) -> Plain:
    return {str(row["name"]): {"type": row[kind], "config": row.get("config")} for row in rows}


def _client_scopes(told: Object) -> Iterator[tuple[Key, Thing]]:
    by_default = _names(told.get("defaultDefaultClientScopes"))
    optional = _names(told.get("defaultOptionalClientScopes"))
    for scope in _rows(told, "clientScopes"):
        name = scope["name"]
        default = "default" if name in by_default else "optional" if name in optional else "none"
        mappers = _mappers(_rows(scope, "protocolMappers"), "protocolMapper")
        yield Key("client_scope", str(name)), _thing("client_scope", {**scope, "default": default, "mappers": mappers})


def _clients(told: Object) -> Iterator[tuple[Key, Thing]]:
    accounts = {user.get("serviceAccountClientId"): user for user in _rows(told, "users")}
    default_role = told.get("defaultRole")
    everyone = default_role.get("name") if isinstance(default_role, dict) else None
    for client in _rows(told, "clients"):
        account = accounts.get(client["clientId"], {})
        roles = [role for role in _names(account.get("realmRoles")) if role != everyone]
        more: Object = {
            "mappers": _mappers(_rows(client, "protocolMappers"), "protocolMapper"),
            "serviceAccountRoles": role_names(roles, account.get("clientRoles")),
            # Keycloak itself gives every service account this scope.
            "defaultClientScopes": [s for s in _names(client.get("defaultClientScopes")) if s != "service_account"],
        }
        told_so = {name: value for name, value in client.items() if name != "secret"}  # stars, no reference
        yield Key("client", str(client["clientId"])), _thing("client", {**told_so, **more})


def _identity_providers(told: Object) -> Iterator[tuple[Key, Thing]]:
    rows = _rows(told, "identityProviderMappers")
    for provider in _rows(told, "identityProviders"):
        mine = [row for row in rows if row.get("identityProviderAlias") == provider["alias"]]
        config = provider.get("config")
        shown = {k: v for k, v in config.items() if k != "clientSecret"} if isinstance(config, dict) else {}
        kept = str(shown.pop(FINGERPRINT, ""))
        mappers = _mappers(mine, "identityProviderMapper")
        thing = _thing("identity_provider", {**provider, "config": shown, "mappers": mappers}, "config")
        yield Key("identity_provider", str(provider["alias"])), replace(thing, fingerprint=kept)
