"""Who is in the realm now? All accounts, and the members of the groups that our sources may fill."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from campus.errors import ServiceError
from campus.settings import PeopleSource
from campus.strict_yaml import Plain
from identity.keycloak import Keycloak, Object
from identity.people.person import ATTRIBUTES, Person, may_name

ANY_ATTRIBUTE = frozenset({"ENABLED", "ADMIN_EDIT"})


@dataclass(frozen=True, slots=True)
class Realm:
    """Everyone who is there, and Keycloak's ids of all groups on the way to ours, by path."""

    people: tuple[Person, ...]
    group_ids: Mapping[str, str] = field(default_factory=dict)


async def read(keycloak: Keycloak, sources: Sequence[PeopleSource]) -> Realm:
    """Read the realm; memberships are read group by group, which is one call for many people.

    Raises:
        ServiceError: people came or went while they were read, or the realm would drop attributes of ours.
    """
    await _can_keep_ours(keycloak)
    groups = await _groups(keycloak, sources)
    users = await keycloak.all_rows("users", briefRepresentation="false")
    if len({str(user["id"]) for user in users}) != await keycloak.number("users/count"):
        raise ServiceError(f"people came or went in realm {keycloak.realm} while they were read; try again")
    member_of: dict[str, set[str]] = defaultdict(set)
    for path, group_id in groups.items():
        if any(may_name(source, path) for source in sources):
            for member in await keycloak.all_rows(f"groups/{group_id}/members", briefRepresentation="true"):
                member_of[str(member["id"])].add(path)
    people = (person_of(user, frozenset(member_of[str(user["id"])])) for user in users)
    return Realm(tuple(people), groups)


async def _can_keep_ours(keycloak: Keycloak) -> None:
    """See that the realm keeps our attributes: those that it does not know it drops without a word."""
    profile = await keycloak.read("users/profile")
    rows = profile.get("attributes")
    known = {row.get("name") for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
    missing = [name for name in ATTRIBUTES if name not in known]
    if missing and profile.get("unmanagedAttributePolicy") not in ANY_ATTRIBUTE:
        what = f"realm {keycloak.realm} would drop the attributes {', '.join(missing)}"
        raise ServiceError(f"{what}; set its unmanaged_attribute_policy to ADMIN_EDIT")


async def _groups(keycloak: Keycloak, sources: Sequence[PeopleSource]) -> Mapping[str, str]:
    """Give the ids of all groups below those that paths of sources start at."""
    roots = {path.split("/")[1] for source in sources for path in source.groups}
    found: dict[str, str] = {}
    for group in await keycloak.all_rows("groups", briefRepresentation="true", populateHierarchy="false"):
        if group["name"] in roots or any("{" in root for root in roots):
            found |= await _tree(keycloak, group, "")
    return found


async def _tree(keycloak: Keycloak, group: Object, above: str) -> Mapping[str, str]:
    path = f"{above}/{group['name']}"
    found = {path: str(group["id"])}
    if group.get("subGroupCount", 1):
        for child in await keycloak.all_rows(f"groups/{group['id']}/children", briefRepresentation="true"):
            found |= await _tree(keycloak, child, path)
    return found


def person_of(user: Object, groups: frozenset[str] = frozenset()) -> Person:
    """Read one account as Keycloak tells it."""
    attributes = user.get("attributes")
    return Person(
        uuid=str(user["id"]),
        username=str(user["username"]),
        enabled=bool(user.get("enabled")),
        name=str(user.get("firstName") or ""),
        mail=str(user.get("email") or ""),
        attributes=dict(_values(attributes if isinstance(attributes, dict) else {})),
        groups=groups,
    )


def _values(attributes: Mapping[str, Plain]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, values in attributes.items():
        if isinstance(values, list):
            yield name, tuple(str(value) for value in values)
