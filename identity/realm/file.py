"""What does the realm file ask for? Read strictly: unknown keys, secrets in clear and bad values all have a line."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, RootModel

from campus import strict_yaml
from campus.errors import ConfigError, Fault
from campus.settings import Secret
from campus.settings.secret import Source
from campus.strict_yaml import Document, Plain
from identity.realm import shapes
from identity.realm.shapes import Part
from identity.realm.things import Desired, Fields, Key

POLICIES_FILE = Path(__file__).with_name("policies.yaml")

Path_ = Annotated[str, Field(pattern=r"^(/[^/]+)+$")]


class People(shapes.UserProfile):
    """What may be said of people."""

    attributes: dict[str, shapes.UserAttribute] | None = None


class Application(shapes.Client):
    """A client with its own roles."""

    roles: dict[str, shapes.Role] | None = None


class RealmFile(Part):
    """One realm. A section that is left out is untouched; an empty one removes all that we created of its kind."""

    policy: str | None = None
    realm: shapes.Realm | None = None
    user_profile: People | None = None
    required_actions: dict[str, shapes.RequiredAction] | None = None
    roles: dict[str, shapes.Role] | None = None
    groups: dict[Path_, shapes.Group] | None = None
    client_scopes: dict[str, shapes.ClientScope] | None = None
    clients: dict[str, Application] | None = None
    identity_providers: dict[str, shapes.IdentityProvider] | None = None


SECTIONS = {
    "roles": "role",
    "groups": "group",
    "client_scopes": "client_scope",
    "clients": "client",
    "identity_providers": "identity_provider",
    "required_actions": "required_action",
}
"""The type of the things in each section that is a map of them."""


class _Policies(RootModel[dict[str, shapes.Realm]]):
    pass


@cache
def policies() -> Mapping[str, shapes.Realm]:
    """The named bundles of realm settings for passwords, attempts, sessions and events."""
    return strict_yaml.read(POLICIES_FILE).fill(_Policies).root


def load(path: Path, realm: str, environ: Mapping[str, str] = os.environ) -> Desired:
    """Read what the realm called ``realm`` should be.

    Raises:
        ConfigError: with every mistake of the file, each with its line.
    """
    return desired(strict_yaml.read(path), realm, path.parent, environ)


def desired(document: Document, realm: str, base: Path, environ: Mapping[str, str]) -> Desired:
    """Give what a document asks for; secrets in files are looked for from ``base`` on."""
    file = document.fill(RealmFile)
    if file.policy is not None and file.policy not in policies():
        known = f"known: {', '.join(policies())}"
        raise ConfigError([document.fault(("policy",), f"no policy is called {file.policy!r}", known)])
    things: dict[Key, Fields] = {Key("realm", realm): _realm(file)}
    said = file.fields()
    types = {"realm"}
    for section, kind in SECTIONS.items():
        if section in said:
            types.add(kind)
            things |= {Key(kind, name): fields for name, fields in _map(said[section]).items()}
    things |= _parents(things)
    things |= _people(said, types)
    things |= _client_roles(things, types)
    return Desired(realm, things, frozenset(types), _secrets(document, things, base, environ))


def _realm(file: RealmFile) -> Fields:
    policy = policies()[file.policy].fields() if file.policy else {}
    return {**policy, **(file.realm.fields() if file.realm else {})}


def _map(value: Plain) -> dict[str, dict[str, Plain]]:
    """Give a section as a map of things."""
    items = value.items() if isinstance(value, dict) else ()
    return {name: item for name, item in items if isinstance(item, dict)}


def _parents(things: Mapping[Key, Fields]) -> dict[Key, Fields]:
    """A group stands in its parents, so they are asked for too."""
    paths = {key.id for key in things if key.type == "group"}
    above = {path.rsplit("/", depth)[0] for path in paths for depth in range(1, path.count("/"))}
    return {Key("group", path): {} for path in above - paths}


def _people(said: Fields, types: set[str]) -> dict[Key, Fields]:
    profile = said.get("user_profile")
    if not isinstance(profile, dict):
        return {}
    settings = {name: value for name, value in profile.items() if name != "attributes"}
    things: dict[Key, Fields] = {Key("user_profile", "people"): settings} if settings else {}
    if "attributes" in profile:
        types.add("user_attribute")
        things |= {Key("user_attribute", name): fields for name, fields in _map(profile["attributes"]).items()}
    return things


def _client_roles(things: dict[Key, Fields], types: set[str]) -> dict[Key, Fields]:
    """Take the roles out of the clients; each is a thing of its own, ``client/role``."""
    found: dict[Key, Fields] = {}
    for key in [key for key in things if key.type == "client" and "roles" in things[key]]:
        types.add(f"client_role/{key.id}")
        found |= {Key("client_role", f"{key.id}/{name}"): role for name, role in _map(things[key]["roles"]).items()}
        things[key] = {name: value for name, value in things[key].items() if name != "roles"}
    return found


def _secrets(
    document: Document, things: Mapping[Key, Fields], base: Path, environ: Mapping[str, str]
) -> dict[Key, Secret]:
    references = {key: str(fields["secret"]) for key, fields in things.items() if "secret" in fields}
    plural = {"client": "clients", "identity_provider": "identity_providers"}
    spots: dict[str, Fault] = {
        text: document.fault((plural[key.type], key.id, "secret"), "") for key, text in references.items()
    }
    source = Source(document, base, environ, spots)
    return {key: Secret(text, source) for key, text in references.items()}
