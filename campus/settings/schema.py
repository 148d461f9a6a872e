"""Which keys may stand in ``campus.yaml``, with which meaning and default?

``campus.example.yaml`` explains each of them for people; a test keeps the two together.
"""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from campus.errors import Fault
from campus.settings.calendars import Calendars
from campus.settings.inventory import Inventory
from campus.settings.people import People
from campus.settings.scalars import (
    Address,
    Day,
    Duration,
    Echo,
    Id,
    Listen,
    Name,
    Section,
    WebAddress,
    Zone,
    wrong,
)
from campus.settings.secret import Secret, Source
from campus.strict_yaml import Document, Spot


class Campus(Section):
    """Whose network it is. ``timezone`` is campus time: it decides where days begin."""

    name: Name
    timezone: Zone = "Asia/Shanghai"
    language: Literal["zh", "en"] = "zh"


# ── credentials ──────────────────────────────────────────────────────────────────────────────────────────────


class Community(Section):
    """How to ask over SNMP v1 or v2c."""

    version: Annotated[Literal["1", "2c"], BeforeValidator(str, json_schema_input_type=Literal["1", "2c", 1])]
    community: Secret

    def secrets(self) -> Mapping[str, Secret]:
        """The secrets that are referred to, by key."""
        return {"community": self.community}


class User(Section):
    """How to ask over SNMP v3 (RFC 3414 user-based security)."""

    version: Annotated[Literal["3"], BeforeValidator(str, json_schema_input_type=Literal["3", 3])]
    user: str
    auth: Literal["md5", "sha1", "sha224", "sha256", "sha384", "sha512"] | None = None
    auth_secret: Secret | None = None
    priv: Literal["des", "aes128", "aes192", "aes256"] | None = None
    priv_secret: Secret | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if bool(self.auth) != bool(self.auth_secret) or bool(self.priv) != bool(self.priv_secret):
            raise wrong("a protocol stands without its secret, or a secret without its protocol")
        if self.priv and not self.auth:
            raise wrong("priv stands without auth", "SNMP v3 encrypts only what it authenticates")
        return self

    def secrets(self) -> Mapping[str, Secret]:
        """The secrets that are referred to, by key."""
        found = {"auth_secret": self.auth_secret, "priv_secret": self.priv_secret}
        return {key: secret for key, secret in found.items() if secret}


def _security(value: object) -> str | None:
    """A bare ``version: 3`` is a number in YAML."""
    version = value.get("version") if isinstance(value, dict) else getattr(value, "version", None)
    return {"1": "community-based", "2c": "community-based", "3": "user-based"}.get(str(version))


Credential = Annotated[
    Annotated[Community, Tag("community-based")] | Annotated[User, Tag("user-based")],
    Discriminator(
        _security,
        custom_error_type="version",
        custom_error_message="the SNMP version is missing or unknown",
        custom_error_context={"hint": "write version: 1, 2c or 3"},
    ),
]


# ── collecting, keeping, showing ─────────────────────────────────────────────────────────────────────────────


class Tiers(Section):
    """How often each kind of table is read."""

    state: Duration = timedelta(seconds=60)
    counters: Duration = timedelta(minutes=5)
    names: Duration = timedelta(hours=6)

    @model_validator(mode="after")
    def _ride(self) -> Self:
        for name, period in (("counters", self.counters), ("names", self.names)):
            if period % self.state:
                raise wrong(f"{name} is no whole multiple of state", "slower tiers ride on a cycle of the state tier")
        return self


class Collect(Section):
    """How devices are asked. ``anchors`` are what must answer if the collector itself is not cut off."""

    tiers: Tiers = Tiers()
    deadline: Duration = timedelta(seconds=50)
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 32
    pdu_budget: Annotated[int, Field(ge=1)] = 100
    stations: bool = False
    anchors: tuple[Address, ...] = ()
    echo: Echo = "icmp"

    @model_validator(mode="after")
    def _in_time(self) -> Self:
        if self.deadline >= self.tiers.state:
            raise wrong("the deadline is not shorter than tiers.state", "a poll must end before the next one begins")
        return self


class Store(Section):
    """Where measurements are kept, and for how many days single values of gauges and deltas are."""

    path: Path = Path("var/store")
    raw_days: Annotated[int, Field(ge=1)] = 14


class Term(Section):
    """One term: ``from`` is its first day, ``to`` the first day after it."""

    id: Id
    start: Annotated[Day, Field(alias="from")]
    end: Annotated[Day, Field(alias="to")]


class Indicators(Section):
    """How numbers are published: the college's terms and hours, when a period closes, when a measure may be closed.

    A period closes ``close_after`` its end; a measure closes after ``measure_periods`` closed periods running
    in which its indicator was at the standard or above.
    """

    terms: tuple[Term, ...] = ()
    calendars: Calendars = Calendars()
    close_after: Duration = timedelta(hours=1)
    measure_periods: Annotated[int, Field(ge=1, le=12)] = 2

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [str(day) for term in self.terms for day in (term.start, term.end)]
        if days != sorted(days) or any(str(term.start) == str(term.end) for term in self.terms):
            raise wrong("the terms overlap or are not in order", "to is the first day after the term")
        if len({term.id for term in self.terms}) < len(self.terms):
            raise wrong("two terms have one id")
        return self


class KeycloakAccess(Section):
    """Where Keycloak is, and the service account that we ask it with; the account lives in realm ``sign_in_at``."""

    url: WebAddress
    realm: Id
    client_id: str = "campus-ops"
    client_secret: Secret
    sign_in_at: Id | None = None


class Identity(Section):
    """Who may do what: the Keycloak realm, the file that says what it should be, and where its people come from."""

    keycloak: KeycloakAccess | None = None
    realm_file: Path = Path("realm.yaml")
    people: People | None = None


class Api(Section):
    """Where pages and API are served."""

    listen: Listen = "127.0.0.1:8000"


class Empty(Section):
    """A section that has no keys yet."""


class Settings(Section):
    """The whole of one ``campus.yaml``."""

    campus: Campus
    credentials: Mapping[Id, Credential] = Field(default_factory=dict)
    inventory: Inventory = Inventory()
    collect: Collect = Collect()
    store: Store = Store()
    indicators: Indicators = Indicators()
    alerts: Empty = Empty()
    identity: Identity = Identity()
    playbooks: Empty = Empty()
    api: Api = Api()
    _document: Document

    def model_post_init(self, context: Source) -> None:
        """Remember where everything stands."""
        self._document = context.document

    def fault(self, spot: Spot, what: str, hint: str = "") -> Fault:
        """Name a mistake that a room above found at ``spot``, like ``("inventory", "devices", 3, "profile")``."""
        return self._document.fault(spot, what, hint)
