"""How is a realm that exists written as a realm file, so that a plan made from it is empty?

Every field is written, also those with Keycloak's own value: what a file leaves out is untouched, so a change by
hand to it would not show. Secrets are left out. What Keycloak brings along itself is left out unless asked for.
"""

from campus import strict_yaml
from campus.strict_yaml import Plain
from identity.realm.file import SECTIONS
from identity.realm.things import BY_KEYCLOAK, Fields, Key, Live


def as_text(live: Live, *, everything: bool = False) -> str:
    """Write the realm as YAML; with ``everything``, Keycloak's own clients, roles and scopes too."""
    return strict_yaml.write(as_data(live, everything=everything))


def as_data(live: Live, *, everything: bool = False) -> dict[str, Plain]:
    """Give the realm in the shape of the realm file."""
    shown = {
        key: {name: value for name, value in thing.fields.items() if name != "secret"}
        for key, thing in sorted(live.things.items())
        if everything or thing.owner != BY_KEYCLOAK or key.type in {"realm", "user_profile", "required_action"}
    }
    people: dict[str, Plain] = {**shown.get(Key("user_profile", "people"), {})}
    people["attributes"] = _of_type(shown, "user_attribute")
    sections = {section: _of_type(shown, kind) for section, kind in SECTIONS.items()}
    for key, fields in shown.items():
        if key.type == "client_role":
            _place_role(sections["clients"], key, fields)
    realm: Plain = dict(shown.get(Key("realm", live.realm), {}))
    return {"realm": realm, "user_profile": people, **sections}


def _of_type(shown: dict[Key, dict[str, Plain]], kind: str) -> dict[str, Plain]:
    return {key.id: dict(fields) for key, fields in shown.items() if key.type == kind}


def _place_role(clients: dict[str, Plain], key: Key, fields: Fields) -> None:
    name, _, role = key.id.rpartition("/")
    client = clients.get(name)
    if isinstance(client, dict):
        roles = client.setdefault("roles", {})
        if isinstance(roles, dict):
            roles[role] = dict(fields)
