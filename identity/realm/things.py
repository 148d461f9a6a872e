"""Which things is a realm made of, and how are their fields compared?

A thing's fields are plain data in the spelling of the realm file, whether they were read there or in Keycloak.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from campus.settings import Secret
from campus.strict_yaml import Plain

Fields = Mapping[str, Plain]

MARK = "campus.managed"
"""The attribute that says who created a thing; only its creator removes it."""

BY_FILE = "realm"
BY_VERB = "app"
BY_KEYCLOAK = "keycloak"

ANOTHER_SECRET = "(another)"  # noqa: S105 - what is shown instead of a secret

_WHOLE = frozenset({"mappers", "password_policy", "validations"})
"""Maps that are whole where they are given; of other maps only the keys given count (Keycloak adds its own)."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Names one thing: ``type`` as in plans (``client``), ``id`` as people call it (``campus-api``, ``/staff/it``)."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that exists: what it says, who created it (the value of `MARK`), and Keycloak's own id of it.

    ``fingerprint`` tells whether the secret of an identity provider is still the same; Keycloak tells no one more.
    """

    fields: Fields
    owner: str = ""
    uuid: str = ""
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Desired:
    """What should be. Of the types in ``types`` the file is the whole truth; ``secrets`` belong to the things named.

    The roles of a client are a type by themselves: ``client_role/<client>``.
    """

    realm: str
    things: Mapping[Key, Fields]
    types: frozenset[str]
    secrets: Mapping[Key, Secret] = field(default_factory=dict)

    def covers(self, key: Key) -> bool:
        """Whether a thing that the file does not name should not be there."""
        kind = f"client_role/{key.id.rpartition('/')[0]}" if key.type == "client_role" else key.type
        return kind in self.types and key not in self.things


@dataclass(frozen=True, slots=True)
class Live:
    """What is. ``things`` is empty where the realm does not exist."""

    realm: str
    things: Mapping[Key, Thing]


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs; ``None`` stands for nothing."""

    field: str
    old: Plain
    new: Plain


def differences(old: Plain, new: Plain, where: str = "", *, whole: bool = False) -> Iterator[Change]:
    """Find the fields in which ``old`` is not what ``new`` asks for."""
    if isinstance(new, dict) and isinstance(old, dict | None):
        before = old or {}
        names = [*new, *(name for name in before if name not in new)] if whole else list(new)
        for name in names:
            inner = f"{where}.{name}" if where else name
            yield from differences(before.get(name), new.get(name), inner, whole=whole or name in _WHOLE)
    elif not _same(old, new):
        yield Change(where, old, new)


def _same(old: Plain, new: Plain) -> bool:
    """Whether two values mean the same: Keycloak leaves out what is empty."""
    return old == new or (old in (None, "", [], {}) and new in (None, "", [], {}))


def merged(old: Plain, new: Plain) -> Plain:
    """Lay ``new`` over ``old``: maps are joined key by key unless they are whole, everything else is replaced."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    return {
        **old,
        **{name: value if name in _WHOLE else merged(old.get(name), value) for name, value in new.items()},
    }
